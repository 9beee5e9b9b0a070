package tasks

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guestprep/packer-plugin-guestprep/test/standin/screen"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/state"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/wine"
)

const logonTask = `<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>x</Description></RegistrationInfo>
  <Triggers><LogonTrigger><Enabled>true</Enabled><UserId>bot</UserId><Delay>PT3S</Delay></LogonTrigger></Triggers>
  <Principals><Principal id="Author"><UserId>bot</UserId><LogonType>InteractiveToken</LogonType><RunLevel>HighestAvailable</RunLevel></Principal></Principals>
  <Settings><MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy><ExecutionTimeLimit>PT0S</ExecutionTimeLimit></Settings>
  <Actions Context="Author"><Exec><Command>C:\a b\agent.exe</Command><Arguments>10.0.2.2 9000</Arguments><WorkingDirectory>C:\a b</WorkingDirectory></Exec></Actions>
</Task>`

func TestParse(t *testing.T) {
	d, err := Parse(logonTask)
	require.NoError(t, err)
	require.Equal(t, &Definition{
		Logon: []LogonTrigger{{"bot", 3 * time.Second}}, UserID: "bot", Highest: true, OnDemand: true,
		Actions: []Exec{{`C:\a b\agent.exe`, "10.0.2.2 9000", `C:\a b`}},
	}, d)
}

func TestParseRefuses(t *testing.T) {
	tests := []struct{ name, old, new, want string }{
		{"another version", `version="1.2"`, `version="1.4"`, "out of range.\nversion:1.4"},
		{"another namespace", "mit/task", "mit/job", "unexpected node"},
		{"an unknown element", "<Settings>", "<Settings><Nosuch>1</Nosuch>", "unexpected node.\nNosuch"},
		{"an element twice", "<Settings>", "<Settings><Hidden>true</Hidden><Hidden>true</Hidden>", "unexpected node.\nHidden"},
		{"a boolean of Go", "<Settings>", "<Settings><Hidden>True</Hidden>", "out of range.\nHidden:True"},
		{"a duration that is none", "PT0S", "0", "out of range.\nExecutionTimeLimit:0"},
		{"a trigger that is not implemented", "LogonTrigger", "BootTrigger", "unexpected node.\nBootTrigger"},
		{"an action that is not implemented", "<Exec>", "<ShowMessage/><Exec>", "unexpected node.\nShowMessage"},
		{"no command", `<Command>C:\a b\agent.exe</Command>`, "", "Command is missing"},
		{"no action", `<Exec><Command>C:\a b\agent.exe</Command><Arguments>10.0.2.2 9000</Arguments><WorkingDirectory>C:\a b</WorkingDirectory></Exec>`, "", "Actions is missing"},
		{"a context that nobody has", `Context="Author"`, `Context="Other"`, "Context:Other"},
		{"a stored password", "InteractiveToken", "Password", "LogonType:Password"},
		{"not well formed", "</Task>", "", "malformed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.Contains(t, logonTask, tt.old)
			_, err := Parse(strings.ReplaceAll(logonTask, tt.old, tt.new))
			require.ErrorContains(t, err, tt.want)
		})
	}
}

func TestDecode(t *testing.T) {
	text, err := Decode(Encode(logonTask))
	require.NoError(t, err)
	require.Equal(t, logonTask, text)
	for name, file := range map[string][]byte{"UTF-8": []byte(logonTask), "no mark": Encode(logonTask)[2:], "big endian": {0xfe, 0xff, 0, '<'}, "empty": nil} {
		_, err := Decode(file)
		require.ErrorContains(t, err, "unable to switch the encoding", name)
	}
}

func TestParseDuration(t *testing.T) {
	tests := []struct {
		text string
		want time.Duration
		ok   bool
	}{
		{"PT0S", 0, true},
		{"PT72H", 72 * time.Hour, true},
		{"P1DT1H2M3S", 25*time.Hour + 2*time.Minute + 3*time.Second, true},
		{"P3D", 72 * time.Hour, true},
		{"P", 0, false},
		{"PT", 0, false},
		{"1H", 0, false},
		{"PT1.5S", 0, false},
		{"", 0, false},
	}
	for _, tt := range tests {
		got, ok := parseDuration(tt.text)
		require.Equal(t, tt.ok, ok, tt.text)
		require.Equal(t, tt.want, got, tt.text)
	}
}

// jobs collects what was run.
type jobs struct {
	mu  sync.Mutex
	ran []wine.Job
}

func (j *jobs) add(job wine.Job) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ran = append(j.ran, job)
}

func (j *jobs) all() []wine.Job {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.ran)
}

// newEngine returns an engine whose programs run for the given time.
func newEngine(t *testing.T, takes time.Duration, loggedOn string) (*Engine, *jobs) {
	t.Helper()
	s := state.New()
	s.Accounts = append(s.Accounts, state.Account{Name: "bot", Enabled: true})
	store, err := state.Create(filepath.Join(t.TempDir(), "state.json"), s)
	require.NoError(t, err)
	ran := &jobs{}
	e := &Engine{
		Store: store, Screen: screen.New(io.Discard, io.Discard, func() time.Duration { return 0 }), Folder: t.TempDir(),
		LoggedOn: func() string { return loggedOn },
		Run: func(ctx context.Context, j *wine.Job) (uint32, error) {
			ran.add(*j)
			select {
			case <-time.After(takes):
				return 3010, nil
			case <-ctx.Done():
				return 0, context.Cause(ctx)
			}
		},
	}
	e.Start(t.Context())
	return e, ran
}

func (e *Engine) result(t *testing.T, name string) uint32 {
	t.Helper()
	s := e.Store.View()
	require.NotNil(t, s.Task(name))
	return s.Task(name).LastResult
}

func TestLogonTask(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, ran := newEngine(t, time.Minute, "bot")
		require.NoError(t, e.Create("agent", Encode(logonTask), false))
		require.FileExists(t, filepath.Join(e.Folder, "agent"))
		require.Equal(t, uint32(ResultNeverRun), e.result(t, "agent"), "creating a task does not run it")

		require.NoError(t, e.Logon("other"))
		time.Sleep(10 * time.Second)
		require.Empty(t, ran.all(), "another account's logon")

		require.NoError(t, e.Logon("bot"))
		time.Sleep(2 * time.Second)
		synctest.Wait()
		require.Empty(t, ran.all(), "within the trigger's delay")
		time.Sleep(2 * time.Second)
		synctest.Wait()
		require.Equal(t, []wine.Job{{Account: wine.Account{Name: "bot", Session: wine.Interactive}, Folder: `C:\a b`, Line: `"C:\a b\agent.exe" 10.0.2.2 9000`, Expand: true}}, ran.all())
		require.Equal(t, uint32(ResultRunning), e.result(t, "agent"))

		require.NoError(t, e.Launch("agent"))
		synctest.Wait()
		require.Len(t, ran.all(), 1, "a second instance is ignored")
		time.Sleep(time.Minute)
		synctest.Wait()
		require.Equal(t, uint32(3010), e.result(t, "agent"))
	})
}

func TestInteractiveTaskNeedsItsAccountAtTheScreen(t *testing.T) {
	for _, user := range []string{"", "other"} {
		e, ran := newEngine(t, 0, user)
		require.NoError(t, e.Create("agent", Encode(logonTask), false))
		require.ErrorContains(t, e.Launch("agent"), "not logged on")
		require.Empty(t, ran.all())
	}
}

func systemTask(limit string) []byte {
	principal := `<Principal id="Author"><UserId>`
	return Encode(strings.NewReplacer(principal+"bot", principal+"S-1-5-18", "<LogonType>InteractiveToken</LogonType>", "", "PT0S", limit).Replace(logonTask))
}

func TestTimeLimitAndEnd(t *testing.T) {
	tests := []struct {
		name, limit string
		end         bool
		after       time.Duration
		want        uint32
	}{
		{"in time", "PT2M", false, time.Minute, 3010},
		{"too late", "PT30S", false, 30 * time.Second, ResultTerminated},
		{"no limit", "PT0S", false, time.Minute, 3010},
		{"ended", "PT0S", true, 0, ResultTerminated},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e, ran := newEngine(t, time.Minute, "")
				require.NoError(t, e.Create("job", systemTask(tt.limit), false))
				require.NoError(t, e.Launch("job"))
				synctest.Wait()
				require.Len(t, ran.all(), 1)
				require.Equal(t, wine.System, ran.all()[0].Account)
				if tt.end {
					require.NoError(t, e.End("job"))
				}
				time.Sleep(tt.after)
				synctest.Wait()
				require.Equal(t, tt.want, e.result(t, "job"))
			})
		})
	}
}

func TestTaskThatDeletesItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, _ := newEngine(t, time.Minute, "")
		require.NoError(t, e.Create("job", systemTask("PT0S"), false))
		require.NoError(t, e.Launch("job"))
		synctest.Wait()
		require.NoError(t, e.Delete("job"))
		_, err := os.Stat(filepath.Join(e.Folder, "job"))
		require.ErrorIs(t, err, os.ErrNotExist)
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		require.Empty(t, e.Store.View().Tasks)
	})
}

func TestCreateRefuses(t *testing.T) {
	e, _ := newEngine(t, 0, "")
	require.NoError(t, e.Create("job", Encode(logonTask), false))
	require.ErrorIs(t, e.Create(`\JOB`, Encode(logonTask), false), ErrExists)
	require.NoError(t, e.Create("job", Encode(logonTask), true))
	require.ErrorContains(t, e.Create(`folder\job`, Encode(logonTask), false), "root folder")
	unknown := strings.Replace(logonTask, `<Principal id="Author"><UserId>bot`, `<Principal id="Author"><UserId>nobody`, 1)
	require.ErrorContains(t, e.Create("other", Encode(unknown), false), "No mapping between account names")
	require.ErrorIs(t, e.Launch("other"), ErrUnknown)
	require.ErrorIs(t, e.Delete("other"), ErrUnknown)
	require.ErrorIs(t, e.End("other"), ErrUnknown)
	disabled := strings.Replace(logonTask, "<Settings>", "<Settings><Enabled>false</Enabled>", 1)
	require.NoError(t, e.Create("off", Encode(disabled), false))
	require.ErrorContains(t, e.Launch("off"), "refused the request")
}
