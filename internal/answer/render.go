package answer

import (
	"bytes"
	"encoding/xml"
	"fmt"
)

// Install is what an answer file decides about an installation.
type Install struct {
	Arch         Arch
	Edition      string // the image's NAME in install.wim, as "Windows 7 PROFESSIONAL"
	Language     string // of the medium and of the system, as "en-US"
	TimeZone     string // as tzutil names it
	ComputerName string // at most 15 letters, digits and hyphens
	User         string // the one account, an administrator who is logged on automatically
	Password     string // the account's during the build
	Organization string
	FirstLogon   []Command // run in this order at the first logon
}

// Command is a first-logon command. No shell is involved unless it starts with one.
type Command struct {
	Line        string // at most 1024 characters
	Description string // at most 256 characters
}

// Render writes the answer file.
func Render(in Install) ([]byte, error) {
	doc := unattend{
		Xmlns: "urn:schemas-microsoft-com:unattend",
		WCM:   "http://schemas.microsoft.com/WMIConfig/2002/State",
		Settings: []settings{
			{Pass: PassWindowsPE, Components: windowsPE(in)},
			{Pass: PassSpecialize, Components: specialize(in)},
			{Pass: PassOOBESystem, Components: oobeSystem(in)},
		},
	}
	number(&doc)
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="utf-8"?>` + "\n")
	enc := xml.NewEncoder(&b)
	enc.Indent("", "  ")
	if err := enc.Encode(doc); err != nil {
		return nil, fmt.Errorf("render answer file: %w", err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

func windowsPE(in Install) []any {
	i := internationalWinPE{identity: component("International-Core-WinPE", in.Arch), locales: allLocales(in)}
	i.SetupUILanguage.UILanguage = in.Language
	return []any{i, newSetup(in)}
}

func specialize(in Install) []any {
	return []any{
		shellSpecialize{
			identity:     component("Shell-Setup", in.Arch),
			ComputerName: in.ComputerName, TimeZone: in.TimeZone,
		},
		securitySPP{identity: component("Security-SPP-UX", in.Arch), SkipAutoActivation: true},
		deployment{
			identity: component("Deployment", in.Arch),
			RunSynchronous: []runSynchronous{{
				// The key's presence alone keeps the "Set Network Location" window from ever covering the desktop.
				item: add, Description: "No window for new networks",
				Path: `reg add HKLM\SYSTEM\CurrentControlSet\Control\Network\NewNetworkWindowOff /f`,
			}},
		},
	}
}

func oobeSystem(in Install) []any {
	return []any{
		international{identity: component("International-Core", in.Arch), locales: allLocales(in)},
		newShellOOBE(in),
	}
}

func allLocales(in Install) locales {
	return locales{InputLocale: in.Language, SystemLocale: in.Language, UILanguage: in.Language, UserLocale: in.Language}
}

// number gives the elements of every ordered list their Order, which must be unique and starts at 1.
func number(doc *unattend) {
	for _, s := range doc.Settings {
		for _, c := range s.Components {
			switch c := c.(type) {
			case setup:
				for _, d := range c.DiskConfiguration.Disks {
					for n := range d.CreatePartitions {
						d.CreatePartitions[n].Order = n + 1
					}
					for n := range d.ModifyPartitions {
						d.ModifyPartitions[n].Order = n + 1
					}
				}
			case deployment:
				for n := range c.RunSynchronous {
					c.RunSynchronous[n].Order = n + 1
				}
			case shellOOBE:
				for n := range c.FirstLogon {
					c.FirstLogon[n].Order = n + 1
				}
			}
		}
	}
}
