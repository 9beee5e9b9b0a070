package unattend

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// whole is an answer file with every setting that a Windows 7 installation without questions needs; the boot test installs by it.
func whole(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("../boot/testdata/Autounattend.xml")
	require.NoError(t, err)
	return string(data)
}

func TestReadWholeAnswerFile(t *testing.T) {
	doc, err := Parse([]byte("\xef\xbb\xbf" + whole(t)))
	require.NoError(t, err)
	require.Empty(t, doc.Check())
	a, err := doc.Read()
	require.NoError(t, err)
	require.Equal(t, &Answer{
		Partitions: []Partition{{Active: true, Format: "NTFS", Label: "Windows 7"}}, InstallTo: 1,
		ImageName: "Windows 7 PROFESSIONAL", AcceptEula: true,
		ComputerName: "STANDIN7", TimeZone: "UTC",
		Specialize:    []Command{{1, `reg add HKLM\SYSTEM\CurrentControlSet\Control\Network\NewNetworkWindowOff /f`, "no network window"}},
		International: true, OOBE: true,
		Accounts:  []Account{{Name: "bot", Password: "Build-1x", DisplayName: "bot", Description: "sandbox user", Administrator: true}},
		AutoLogon: &AutoLogon{"bot", "Build-1x", 999},
		FirstLogon: []Command{ // in the order of their numbers, not of the file
			{1, "cmd /c ping -n 2 127.0.0.1 >nul", "wait"},
			{2, `cmd /c for %d in (D E F G H) do if exist %d:\guestprep\open-winrm.cmd call %d:\guestprep\open-winrm.cmd`, "open WinRM"},
		},
	}, a)
}

func TestCheckNamesEachProblem(t *testing.T) {
	tests := []struct{ name, old, new, want string }{
		{
			"unknown element", "<HideEULAPage>true</HideEULAPage>", "<HideOnlineAccountScreens>true</HideOnlineAccountScreens>",
			"pass oobeSystem, component Microsoft-Windows-Shell-Setup, element OOBE/HideOnlineAccountScreens: does not exist or is not implemented",
		},
		{
			"value out of its set", "<NetworkLocation>Work", "<NetworkLocation>Office",
			`pass oobeSystem, component Microsoft-Windows-Shell-Setup, element OOBE/NetworkLocation: "Office" is not one of Home, Work, Other`,
		},
		{
			"a value that is not implemented", "<Enable>false", "<Enable>true",
			`pass windowsPE, component Microsoft-Windows-Setup, element DynamicUpdate/Enable: "true" is not implemented, only "false" is`,
		},
		{
			"computer name too long", "STANDIN7", "SIXTEENCHARACTER",
			`pass specialize, component Microsoft-Windows-Shell-Setup, element ComputerName: "SIXTEENCHARACTER" must have 1 to 15 characters`,
		},
		{
			"computer name of digits", "STANDIN7", "12345",
			`pass specialize, component Microsoft-Windows-Shell-Setup, element ComputerName: "12345" must not be all digits`,
		},
		{
			"IANA time zone", "<TimeZone>UTC", "<TimeZone>Europe/Berlin",
			`pass specialize, component Microsoft-Windows-Shell-Setup, element TimeZone: "Europe/Berlin" is not a Windows time zone`,
		},
		{
			"duplicate key", "<Order>2</Order><CommandLine>", "<Order>1</Order><CommandLine>",
			"pass oobeSystem, component Microsoft-Windows-Shell-Setup, element FirstLogonCommands/SynchronousCommand: specified more than once",
		},
		{
			"duplicate setting", "<AcceptEula>true</AcceptEula>", "<AcceptEula>true</AcceptEula><AcceptEula>true</AcceptEula>",
			"pass windowsPE, component Microsoft-Windows-Setup, element UserData/AcceptEula: specified more than once",
		},
		{
			"list item without its key", "<Order>1</Order><Type>", "<Type>",
			"pass windowsPE, component Microsoft-Windows-Setup, element DiskConfiguration/Disk/CreatePartitions/CreatePartition: has no Order",
		},
		{
			"component in the wrong pass", "Microsoft-Windows-Security-SPP-UX", "Microsoft-Windows-LUA-Settings",
			"pass specialize, component Microsoft-Windows-LUA-Settings, element : this component is not implemented in this pass",
		},
		{
			"empty user name", "<Username>bot", "<Username>",
			"pass oobeSystem, component Microsoft-Windows-Shell-Setup, element AutoLogon/Username: must not be empty",
		},
		{
			"elements where text belongs", "<Username>bot<", "<Username><b/><",
			"pass oobeSystem, component Microsoft-Windows-Shell-Setup, element AutoLogon/Username: must hold text, not elements",
		},
		{
			"text where elements belong", "<OOBE>", "<OOBE>yes",
			`pass oobeSystem, component Microsoft-Windows-Shell-Setup, element OOBE: unexpected text "yes"`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := whole(t)
			require.Contains(t, file, tt.old)
			doc, err := Parse([]byte(strings.Replace(file, tt.old, tt.new, 1)))
			require.NoError(t, err)
			problems := doc.Check()
			require.Len(t, problems, 1)
			require.Equal(t, tt.want, problems[0].Error())
		})
	}
}

func TestCheckReportsAllProblems(t *testing.T) {
	file := strings.NewReplacer("STANDIN7", "a b", "<NetworkLocation>Work", "<NetworkLocation>").Replace(whole(t))
	doc, err := Parse([]byte(file))
	require.NoError(t, err)
	require.Len(t, doc.Check(), 2)
}

func TestParseRefusesWhatIsNoAnswerFile(t *testing.T) {
	tests := []struct{ name, file, want string }{
		{"not XML", "hello", "not XML"},
		{"cut off", "<unattend xmlns=\"" + Namespace + "\">", "unexpected EOF"},
		{"no namespace", "<unattend/>", "root element is {}unattend"},
		{"unknown child", `<unattend xmlns="` + Namespace + `"><x/></unattend>`, "unknown element <x>"},
		{"a component that is none", `<unattend xmlns="` + Namespace + `"><settings pass="specialize"><x/></settings></unattend>`, "unknown element <x>"},
		{"without publicKeyToken", `<unattend xmlns="` + Namespace + `"><settings pass="specialize"><component name="X" language="neutral" versionScope="nonSxS"/></settings></unattend>`, "publicKeyToken"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse([]byte(tt.file))
			require.ErrorContains(t, err, tt.want)
		})
	}
}

func TestOtherArchitectureIsIgnored(t *testing.T) {
	doc, err := Parse([]byte(strings.ReplaceAll(whole(t), `"x86"`, `"amd64"`)))
	require.NoError(t, err)
	require.False(t, doc.ForThisMachine())
	require.Empty(t, doc.Check())
}

func TestPasswords(t *testing.T) {
	encode := func(value, plain string) *Element {
		return &Element{Children: []*Element{{Name: "Value", Text: value}, {Name: "PlainText", Text: plain}}}
	}
	tests := []struct {
		name, value, plain, want string
		fails                    bool
	}{
		{"plain", "secret", "true", "secret", false},
		{"empty plain", "", "true", "", false},
		{"empty encoded", "UABhAHMAcwB3AG8AcgBkAA==", "false", "", false},
		{"without padding", "UABhAHMAcwB3AG8AcgBkAA", "false", "", true},
		{"without the suffix", "YQBiAA==", "false", "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := decodePassword(encode(tt.value, tt.plain))
			if tt.fails {
				require.ErrorContains(t, err, "0x8007000d")
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
		})
	}
}
