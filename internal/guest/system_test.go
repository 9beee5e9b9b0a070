package guest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guestprep/packer-plugin-guestprep/internal/guest/guesttest"
	"github.com/guestprep/packer-plugin-guestprep/internal/guest/task"
)

const (
	jobDir   = `C:\Windows\Temp\guestprep\work\dotnet`
	jobStart = `(if exist "` + jobDir + `\exit.txt" del /f /q "` + jobDir + `\exit.txt") & ` +
		`schtasks /Create /TN "guestprep-dotnet" /XML "` + jobDir + `\task.xml" /F && schtasks /Run /TN "guestprep-dotnet"`
	jobAsk = `type "` + jobDir + `\exit.txt" >nul 2>nul && (type "` + jobDir + `\output.log" & echo. & type "` + jobDir + `\exit.txt")`
	jobEnd = `schtasks /End /TN "guestprep-dotnet" >nul & type "` + jobDir + `\output.log"`
	jobDel = `schtasks /Delete /TN "guestprep-dotnet" /F >nul 2>nul & rmdir /s /q "` + jobDir + `" 2>nul & exit 0`
)

var (
	running   = guesttest.Step{Run: jobAsk, Exit: 1}
	dropped   = guesttest.Step{Run: jobAsk, Drop: true}
	cleanedUp = guesttest.Step{Run: jobDel}
)

// script is a job's whole exchange with the guest: its files, its start, and then what steps say.
func script(steps ...guesttest.Step) []guesttest.Step {
	return append([]guesttest.Step{
		guesttest.Fetch(jobDir + `\job.cmd`), guesttest.Fetch(jobDir + `\task.xml`), {Run: jobStart},
	}, steps...)
}

func session(t *testing.T, steps []guesttest.Step) (*guesttest.Guest, *Session) {
	t.Helper()
	g := guesttest.New(t, steps...)
	s := New(g, serve(t))
	s.poll, s.patience = time.Millisecond, time.Hour
	return g, s
}

var job = Job{Name: "dotnet", Argv: []string{jobDir + `\dotNetFx40.exe`, "/q", "/msioptions", `A=100% sure`}, TimeLimit: time.Hour}

func TestRunAsSystem(t *testing.T) {
	for _, tt := range []struct {
		name string
		out  string
		want JobResult
	}{
		{"success", "\r\n0\r\n", JobResult{}},
		{"needs a reboot", "Installing\r\nDone\r\n\r\n3010\r\n", JobResult{ExitRebootRequired, "Installing\nDone"}},
		{"fails with an HRESULT", "no line end\r\n-2147024891\r\n", JobResult{0x80070005, "no line end"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g, s := session(t, script(running, running, guesttest.Step{Run: jobAsk, Stdout: tt.out}, cleanedUp))
			result, err := s.RunAsSystem(t.Context(), job)
			require.NoError(t, err)
			require.Equal(t, tt.want, result)

			requireGolden(t, "job.cmd", g.File(jobDir+`\job.cmd`))
			definition, err := task.Decode([]byte(g.File(jobDir + `\task.xml`)))
			require.NoError(t, err)
			require.Equal(t, task.Task{
				Description: "Runs dotnet for guestprep",
				User:        "S-1-5-18",
				TimeLimit:   61 * time.Minute,
				Exec:        task.Exec{Command: `C:\Windows\System32\cmd.exe`, Arguments: `/c ` + jobDir + `\job.cmd`},
			}, definition)
		})
	}
}

func TestRunAsSystemGoesOnWhenTheConnectionDrops(t *testing.T) {
	_, s := session(t, script(running, dropped, dropped, guesttest.Step{Run: jobAsk, Stdout: "\r\n0\r\n"}, cleanedUp))
	_, err := s.RunAsSystem(t.Context(), job)
	require.NoError(t, err)
}

func TestRunAsSystemGivesUpOnAGuestThatStaysSilent(t *testing.T) {
	_, s := session(t, script(dropped, guesttest.Step{Run: jobEnd, Drop: true}, guesttest.Step{Run: jobDel, Drop: true}))
	s.patience = 0
	_, err := s.RunAsSystem(t.Context(), job)
	require.ErrorIs(t, err, guesttest.ErrDropped)
	require.ErrorContains(t, err, "wait for dotnet: ")
	require.ErrorContains(t, err, "clean up in the guest: ")
}

func TestRunAsSystemEndsWhatTakesTooLong(t *testing.T) {
	hanging := job
	hanging.TimeLimit = 50 * time.Millisecond
	_, s := session(t, script(guesttest.Step{Run: jobAsk, Hang: true}, guesttest.Step{Run: jobEnd, Stdout: "Do you trust this publisher?\r\n"}, cleanedUp))
	_, err := s.RunAsSystem(t.Context(), hanging)
	var late *TimeLimitError
	require.ErrorAs(t, err, &late)
	require.Equal(t, TimeLimitError{Job: "dotnet", Limit: hanging.TimeLimit, Log: "Do you trust this publisher?"}, *late)
	require.EqualError(t, err, "dotnet did not end within its time limit of 50ms, and was ended; it wrote last:\nDo you trust this publisher?")
}

func TestRunAsSystemCleansUpWhenCancelled(t *testing.T) {
	why := errors.New("interrupted")
	ctx, cancel := context.WithCancelCause(t.Context())
	_, s := session(t, script(guesttest.Step{Run: jobAsk, Hang: true}, guesttest.Step{Run: jobEnd}, cleanedUp))
	time.AfterFunc(50*time.Millisecond, func() { cancel(why) })
	_, err := s.RunAsSystem(ctx, job)
	require.ErrorIs(t, err, why)
}

func TestRunAsSystemFailures(t *testing.T) {
	for _, tt := range []struct {
		name  string
		job   Job
		steps []guesttest.Step
		want  string
	}{
		{
			"the scheduler refuses the task", job,
			[]guesttest.Step{
				guesttest.Fetch(jobDir + `\job.cmd`), guesttest.Fetch(jobDir + `\task.xml`),
				{Run: jobStart, Stderr: "ERROR: The task XML is malformed.", Exit: 1},
				cleanedUp,
			},
			"start dotnet as SYSTEM: " + jobStart + ": exit code 1\nERROR: The task XML is malformed.",
		},
		{
			"the exit code cannot be read", job,
			script(guesttest.Step{Run: jobAsk, Stdout: "\r\n"}, guesttest.Step{Run: jobEnd}, cleanedUp),
			`wait for dotnet: exit code: strconv.ParseInt: parsing "": invalid syntax`,
		},
		{"an argument that cmd would act on", Job{Name: "dotnet", Argv: []string{`a"b`}}, nil, `prepare dotnet in the guest: "a\"b" contains a quotation mark, which cmd cannot pass on safely`},
		{"a name that is no file name", Job{Name: `..\x&`}, nil, `is not an absolute path`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, s := session(t, tt.steps)
			_, err := s.RunAsSystem(t.Context(), tt.job)
			require.ErrorContains(t, err, tt.want)
		})
	}
}
