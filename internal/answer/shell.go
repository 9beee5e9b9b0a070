package answer

// logonCount is how often Windows logs on by itself during the build: more often than any build reboots.
const logonCount = 999

// shellOOBE is the part of Microsoft-Windows-Shell-Setup that belongs to the pass oobeSystem.
type shellOOBE struct {
	identity
	AutoLogon     autoLogon
	FirstLogon    []firstLogon `xml:"FirstLogonCommands>SynchronousCommand"`
	OOBE          oobe
	LocalAccounts []localAccount `xml:"UserAccounts>LocalAccounts>LocalAccount"`
}

type password struct {
	PlainText bool
	Value     string
}

type autoLogon struct {
	Enabled    bool
	LogonCount int
	Password   password
	Username   string
}

type firstLogon struct {
	item
	CommandLine string
	Description string
	Order       int
}

// oobe answers the pages of the Windows Welcome. The names are those that exist on Windows 7.
type oobe struct {
	HideEULAPage            bool
	HideWirelessSetupInOOBE bool
	NetworkLocation         string
	ProtectYourPC           int
}

type localAccount struct {
	item
	Description string
	DisplayName string
	Group       string
	Name        string
	Password    password
}

func newShellOOBE(in Install) shellOOBE {
	secret := password{PlainText: true, Value: in.Password}
	s := shellOOBE{
		identity:  component("Shell-Setup", in.Arch),
		AutoLogon: autoLogon{Enabled: true, LogonCount: logonCount, Password: secret, Username: in.User},
		// Work makes the first network private, without the HomeGroup that Home would start. 3 leaves updates off.
		OOBE: oobe{HideEULAPage: true, HideWirelessSetupInOOBE: true, NetworkLocation: "Work", ProtectYourPC: 3},
		LocalAccounts: []localAccount{{
			item: add, Description: "Sandbox user", DisplayName: in.User,
			Group: "Administrators", Name: in.User, Password: secret,
		}},
	}
	for _, c := range in.FirstLogon {
		s.FirstLogon = append(s.FirstLogon, firstLogon{item: add, CommandLine: c.Line, Description: c.Description})
	}
	return s
}
