package guest

import (
	"context"
	"fmt"

	"github.com/guestprep/packer-plugin-guestprep/internal/guest/task"
)

// RegisterTask registers a scheduled task, in place of one of the same name, and reads it back: the scheduler takes some
// files that it does not understand, and leaves out what it does not know.
func (s *Session) RegisterTask(ctx context.Context, name string, t task.Task) error {
	if err := CheckTaskName(name); err != nil {
		return err
	}
	definition, err := t.Encode()
	if err != nil {
		return fmt.Errorf("register the task %q: %w", name, err)
	}
	const path = workDir + `\task.xml`
	if err := s.Put(ctx, definition, path); err != nil {
		return fmt.Errorf("register the task %q: %w", name, err)
	}
	line := fmt.Sprintf(`schtasks /Create /TN "%[1]s" /XML "%[2]s" /F >nul && del /f /q "%[2]s" && schtasks /Query /TN "%[1]s" /XML`, name, path)
	result, err := s.Run(ctx, line)
	if err != nil {
		return fmt.Errorf("register the task %q: %w", name, err)
	}
	found, err := task.Decode([]byte(result.Stdout))
	if err != nil {
		return fmt.Errorf("read the task %q back: %w", name, err)
	}
	// The scheduler writes an account as it likes: its name, with the machine's before it, or its SID.
	found.User = t.User
	if diff := t.Diff(found); diff != "" {
		return fmt.Errorf("the task %q is not as it was registered: %s", name, diff)
	}
	return nil
}
