package windows

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2/hcldec"
	"github.com/hashicorp/hcl/v2/hclparse"
	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"
	"github.com/stretchr/testify/require"

	"github.com/guestprep/packer-plugin-guestprep/internal/guest"
)

// prepare reads a configuration as Packer does, from HCL. DIR in it is a folder with an installer, a zip file, and a
// text file.
func prepare(t *testing.T, source string) (*Provisioner, string, error) {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"setup.exe", "my tool (x86).MSI", "update.msu", "notes.txt", "agent.exe"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("content of "+name), 0o600))
	}
	require.NoError(t, os.Mkdir(filepath.Join(dir, "folder.exe"), 0o700))
	pack(t, filepath.Join(dir, "GuestAgent.zip"), "InstallerAnalyzer1_Guest.exe", "x86/lib & more.dll")
	pack(t, filepath.Join(dir, "other.zip"), "bin/agent.exe")
	pack(t, filepath.Join(dir, "bad.zip"), "../agent.exe")

	file, diags := hclparse.NewParser().ParseHCL([]byte(strings.ReplaceAll(source, "DIR", dir)), "test.pkr.hcl")
	require.False(t, diags.HasErrors(), diags.Error())
	p := &Provisioner{}
	value, diags := hcldec.Decode(file.Body, p.ConfigSpec(), nil)
	require.False(t, diags.HasErrors(), diags.Error())
	return p, dir, p.Prepare(value)
}

func pack(t *testing.T, path string, names ...string) {
	t.Helper()
	file, err := os.Create(path)
	require.NoError(t, err)
	w := zip.NewWriter(file)
	for _, name := range names {
		content, err := w.Create(name)
		require.NoError(t, err)
		_, err = content.Write([]byte("content of " + name))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	require.NoError(t, file.Close())
}

func sha256Of(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

func TestDefaults(t *testing.T) {
	p, dir, err := prepare(t, `
		package {
			name = "dotnet-4.0"
			file = "DIR/setup.exe"
		}
		guest_agent {
			archive         = "DIR/GuestAgent.zip"
			host_controller = "203.0.113.10"
		}
		seal {}
	`)
	require.NoError(t, err)
	require.Equal(t, []Package{{
		Name: "dotnet-4.0", File: dir + "/setup.exe", SuccessExitCodes: []int{0, 3010}, TimeLimit: 30 * time.Minute,
	}}, p.config.Packages)
	require.Equal(t, &GuestAgent{
		Archive: dir + "/GuestAgent.zip", Destination: `C:\GuestAgent`, Executable: "InstallerAnalyzer1_Guest.exe",
		HostController: "203.0.113.10", Port: 9000, WorkingDirectory: `C:\GuestAgent`,
		TaskName: "Guest Agent Bootstrap", Delay: 15 * time.Second,
	}, p.config.GuestAgent)
	require.Equal(t, []string{"203.0.113.10", "9000"}, p.config.GuestAgent.arguments())
	require.Equal(t, &Seal{}, p.config.Seal)
	require.Len(t, p.archive.Files, 2)
}

func TestEverythingSet(t *testing.T) {
	digest := sha256Of("content of setup.exe")
	p, dir, err := prepare(t, `
		host_address = "192.0.2.1"
		package {
			name               = "one"
			file               = "DIR/setup.exe"
			sha256             = "`+strings.ToUpper(digest)+`"
			arguments          = ["/q", "PATH=C:\\Program Files"]
			success_exit_codes = [0, 1638, 2147942405, -2147023293]
			time_limit         = "90m"
		}
		package {
			name      = "two"
			file      = "DIR/my tool (x86).MSI"
			arguments = ["ALLUSERS=1"]
		}
		guest_agent {
			archive           = "DIR/other.zip"
			destination       = "C:\\GuestController"
			executable        = "bin/agent.exe"
			arguments         = []
			working_directory = "C:\\GuestController\\bin"
			task_name         = "The agent"
			delay             = "30s"
			user              = "analyst"
		}
		seal {
			user = "analyst"
		}
	`)
	require.NoError(t, err)
	plan, err := newPlan(&p.config, p.archive, nil)
	require.NoError(t, err)
	require.Equal(t, "192.0.2.1", plan.host)
	const work = `C:\Windows\Temp\guestprep\work`
	require.Equal(t, []installation{
		{
			name: "one", file: dir + "/setup.exe", sha256: strings.ToUpper(digest), dest: work + `\one\setup.exe`,
			job:     guest.Job{Name: "one", Argv: []string{work + `\one\setup.exe`, "/q", `PATH=C:\Program Files`}, TimeLimit: 90 * time.Minute},
			success: []guest.ExitCode{0, 1638, 0x80070005, 0x80070643},
		},
		{
			name: "two", file: dir + "/my tool (x86).MSI", dest: work + `\two\my_tool__x86_.MSI`,
			job: guest.Job{Name: "two", Argv: []string{
				"msiexec.exe", "/i", work + `\two\my_tool__x86_.MSI`, "/qn", "/norestart", "ALLUSERS=1",
			}, TimeLimit: 30 * time.Minute},
			success: []guest.ExitCode{0, 3010},
		},
	}, plan.packages)
	require.Equal(t, &guest.Seal{User: "analyst"}, plan.seal)
	require.Equal(t, "The agent", plan.agent.taskName)
	start := plan.agent.start
	require.Equal(t, `C:\GuestController\bin\agent.exe`, start.Executable)
	require.Equal(t, `C:\GuestController\bin`, start.WorkingDirectory)
	require.Empty(t, start.Arguments)
	require.Equal(t, "analyst", start.User)
	require.Equal(t, 30*time.Second, start.Delay)
}

func TestProblems(t *testing.T) {
	pkg := func(lines string) string {
		return "package {\nname = \"p\"\nfile = \"DIR/setup.exe\"\n" + lines + "\n}"
	}
	agent := func(lines string) string {
		return "guest_agent {\narchive = \"DIR/GuestAgent.zip\"\nhost_controller = \"h\"\n" + lines + "\n}"
	}
	for _, tt := range []struct {
		name   string
		config string
		want   string // DIR is the folder
	}{
		{"host address that is a name", `host_address = "build-host"`, `host_address = "build-host": an IP address is wanted`},
		{"host address that stands for all", `host_address = "0.0.0.0"`, `host_address = "0.0.0.0": it stands for all addresses; the one that the guest connects to is wanted`},

		{"package name", `package {
			name = "a b"
			file = "DIR/setup.exe"
		}`, `package 1: name = "a b": a name of 1 to 40 letters, digits and ._- is wanted`},
		{"package twice", pkg("") + "\n" + pkg(""), `package 2: name = "p": another package has this name`},
		{"package file that is not there", `package {
			name = "p"
			file = "DIR/none.exe"
		}`, `package 1: file = "DIR/none.exe": there is no such file`},
		{"package file that is a folder", `package {
			name = "p"
			file = "DIR/folder.exe"
		}`, `package 1: file = "DIR/folder.exe": it is not a file`},
		{"package of a kind that comes later", `package {
			name = "p"
			file = "DIR/update.msu"
		}`, `package 1: file = "DIR/update.msu": updates cannot be installed yet, only .exe and .msi`},
		{"package of no kind", `package {
			name = "p"
			file = "DIR/notes.txt"
		}`, `package 1: file = "DIR/notes.txt": only an .exe or an .msi can be installed`},
		{"digest that is none", pkg(`sha256 = "sha256:abc"`), `package 1: sha256 = "sha256:abc": 64 hexadecimal digits are wanted, as sha256sum prints them`},
		{"digest of another file", pkg(`sha256 = "` + sha256Of("x") + `"`), `package 1: sha256 = "` + sha256Of("x") + `": DIR/setup.exe has ` +
			sha256Of("content of setup.exe") + `: it is another file, or was not downloaded completely`},
		{"argument with a quotation mark", pkg(`arguments = ["/q", "a\"b"]`), `package 1: arguments[1]: "a\"b" contains a quotation mark, which cmd cannot pass on safely`},
		{"exit code of more than 32 bits", pkg(`success_exit_codes = [4294967296]`), `package 1: success_exit_codes[0] = 4294967296: an exit code has 32 bits`},
		{"no exit code", pkg(`success_exit_codes = []`), `package 1: success_exit_codes = []: no exit code would mean success`},
		{"time limit", pkg(`time_limit = "10ms"`), `package 1: time_limit = 10ms: at least 1s is wanted, such as "30m"`},

		{"archive that is not there", `guest_agent {
			archive         = "DIR/none.zip"
			host_controller = "h"
		}`, `guest_agent: archive = "DIR/none.zip": there is no such file`},
		{"archive that is none", `guest_agent {
			archive         = "DIR/agent.exe"
			host_controller = "h"
		}`, `guest_agent: archive: DIR/agent.exe: not a zip file: zip: not a valid zip file`},
		{"archive that leaves its folder", `guest_agent {
			archive         = "DIR/bad.zip"
			host_controller = "h"
		}`, `guest_agent: archive: DIR/bad.zip: entry "../agent.exe": its name leads out of the agent's folder, or nowhere`},
		{"archive without the program", `guest_agent {
			archive         = "DIR/other.zip"
			host_controller = "h"
		}`, `guest_agent: executable: there is no "InstallerAnalyzer1_Guest.exe" in DIR/other.zip; its programs are bin\agent.exe`},
		{"no host", `guest_agent {
			archive = "DIR/GuestAgent.zip"
		}`, `guest_agent: host_controller is not set: the host that the agent reports to is wanted, such as "203.0.113.10"`},
		{"host with a port", `guest_agent {
			archive         = "DIR/GuestAgent.zip"
			host_controller = "203.0.113.10:9000"
		}`, `guest_agent: host_controller = "203.0.113.10:9000": a host name or an IPv4 address is wanted; the port goes into port`},
		{"host with a path", `guest_agent {
			archive         = "DIR/GuestAgent.zip"
			host_controller = "host/x"
		}`, `guest_agent: host_controller = "host/x": a host name or an IPv4 address is wanted`},
		{"port", agent(`port = 65536`), `guest_agent: port = 65536: a TCP port is between 1 and 65535`},
		{"arguments and host", agent(`arguments = ["x"]`), `guest_agent: host_controller = "h": it conflicts with arguments; write the host there, or leave arguments out`},
		{"arguments and port", `guest_agent {
			archive   = "DIR/GuestAgent.zip"
			arguments = ["x"]
			port      = 1
		}`, `guest_agent: port = 1: it conflicts with arguments; write the port there, or leave arguments out`},
		{"argument outside ASCII", `guest_agent {
			archive   = "DIR/GuestAgent.zip"
			arguments = ["größe"]
		}`, `guest_agent: arguments[0] = "größe": it contains a character that is not printable ASCII`},
		{"destination", agent(`destination = "GuestAgent"`), `guest_agent: destination: "GuestAgent" is not an absolute path of letters, digits, spaces and ._()- such as C:\GuestAgent`},
		{"destination that is too long", agent(`destination = "C:\\` + strings.Repeat("x", 230) + `"`), `guest_agent: destination = "C:\\` + strings.Repeat("x", 230) +
			`": with InstallerAnalyzer1_Guest.exe a path would have 262 characters, Windows 7 takes 259`},
		{"working directory", agent(`working_directory = "C:\\GuestAgent\\"`), `guest_agent: working_directory: "C:\\GuestAgent\\" is not an absolute path of letters, digits, spaces and ._()- such as C:\GuestAgent`},
		{"task name", agent(`task_name = "a\\b"`), `guest_agent: task_name: "a\\b" is not a task name of letters, digits, spaces and ._-`},
		{"delay", agent(`delay = "1ms"`), `guest_agent: delay = 1ms: at least 1s is wanted`},
		{"agent's user", agent(`user = "a&b"`), `guest_agent: user: "a&b": '&' cannot be in the name of an account here`},
		{"seal's user", `seal {
			user = "%USERNAME%"
		}`, `seal: user: "%USERNAME%": '%' cannot be in the name of an account here`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, dir, err := prepare(t, tt.config)
			var problems *packersdk.MultiError
			require.ErrorAs(t, err, &problems)
			require.Len(t, problems.Errors, 1, "%v", err)
			require.EqualError(t, problems.Errors[0], strings.ReplaceAll(tt.want, "DIR", dir))
		})
	}
}

func TestAllProblemsAreReportedAtOnce(t *testing.T) {
	_, _, err := prepare(t, `
		host_address = "x"
		package {
			name       = ""
			file       = ""
			time_limit = "1ms"
		}
		guest_agent {
			archive = ""
			port    = -1
		}
		seal {
			user = "a\"b"
		}
	`)
	var problems *packersdk.MultiError
	require.ErrorAs(t, err, &problems)
	require.Len(t, problems.Errors, 8)
}

func TestHostAddress(t *testing.T) {
	for _, tt := range []struct {
		name   string
		option string
		data   map[string]interface{}
		want   string
		err    string
	}{
		{name: "the builder's", data: map[string]interface{}{"PackerHTTPIP": "10.0.2.2"}, want: "10.0.2.2"},
		{name: "the user's wins", option: "192.0.2.1", data: map[string]interface{}{"PackerHTTPIP": "10.0.2.2"}, want: "192.0.2.1"},
		{
			name: "none", data: map[string]interface{}{"PackerHTTPIP": "ERR_HTTP_IP_NOT_IMPLEMENTED_BY_BUILDER"},
			err: "the builder does not say at which address the guest reaches this machine: set host_address (10.0.2.2 behind the user-mode NAT of QEMU or VirtualBox)",
		},
		{
			name: "a useless one", data: map[string]interface{}{"PackerHTTPIP": "0.0.0.0"},
			err: `the builder gives an address that the guest cannot use, set host_address: host_address = "0.0.0.0": it stands for all addresses; the one that the guest connects to is wanted`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := (&Config{HostAddress: tt.option}).hostAddress(tt.data)
			if tt.err != "" {
				require.EqualError(t, err, tt.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
		})
	}
}
