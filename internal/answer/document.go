// Package answer writes the answer file that Windows 7 Setup reads: an unattend document as Go structs, in the order
// and with the names of Windows Setup's own schema for 6.1.7601.
package answer

import "encoding/xml"

// Arch is a processor architecture as answer files spell it. Setup silently ignores components of another one.
type Arch string

// X86 is 32-bit Windows.
const X86 Arch = "x86"

// Pass is a stage of Windows Setup.
type Pass string

// The passes in which this package has something to say, in the order Setup runs them.
const (
	PassWindowsPE  Pass = "windowsPE"
	PassSpecialize Pass = "specialize"
	PassOOBESystem Pass = "oobeSystem"
)

type unattend struct {
	XMLName  xml.Name   `xml:"unattend"`
	Xmlns    string     `xml:"xmlns,attr"`
	WCM      string     `xml:"xmlns:wcm,attr"`
	Settings []settings `xml:"settings"`
}

type settings struct {
	Pass       Pass  `xml:"pass,attr"`
	Components []any `xml:"component"` // one of the component types below
}

// identity is what every component element carries.
type identity struct {
	Name     string `xml:"name,attr"`
	Arch     Arch   `xml:"processorArchitecture,attr"`
	Token    string `xml:"publicKeyToken,attr"`
	Language string `xml:"language,attr"`
	Scope    string `xml:"versionScope,attr"`
}

func component(name string, arch Arch) identity {
	return identity{
		Name: "Microsoft-Windows-" + name, Arch: arch,
		Token: "31bf3856ad364e35", Language: "neutral", Scope: "nonSxS",
	}
}

// item is embedded in each element of a list.
type item struct {
	Action string `xml:"wcm:action,attr"`
}

var add = item{Action: "add"}

type internationalWinPE struct {
	identity
	SetupUILanguage struct {
		UILanguage string
	}
	locales
}

type international struct {
	identity
	locales
}

type locales struct {
	InputLocale  string
	SystemLocale string
	UILanguage   string
	UserLocale   string
}

// securitySPP is Microsoft-Windows-Security-SPP-UX.
type securitySPP struct {
	identity
	SkipAutoActivation bool
}

// deployment is Microsoft-Windows-Deployment: commands run as SYSTEM, without a shell.
type deployment struct {
	identity
	RunSynchronous []runSynchronous `xml:"RunSynchronous>RunSynchronousCommand"`
}

type runSynchronous struct {
	item
	Description string
	Order       int
	Path        string
}

// shellSpecialize is the part of Microsoft-Windows-Shell-Setup that belongs to the pass specialize.
type shellSpecialize struct {
	identity
	ComputerName string
	TimeZone     string
}
