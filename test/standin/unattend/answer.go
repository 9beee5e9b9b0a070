package unattend

import (
	"cmp"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// Answer is what an answer file says, ready for use.
type Answer struct {
	Partitions []Partition
	InstallTo  int    // the partition's number, from 1
	ImageName  string // "" if the file names none
	AcceptEula bool

	ComputerName string
	TimeZone     string
	Specialize   []Command

	International bool // oobeSystem sets the locales
	OOBE          bool // oobeSystem answers all pages that OOBE would show
	Accounts      []Account
	AutoLogon     *AutoLogon
	FirstLogon    []Command
}

// Partition is one primary partition, in its place on the disk.
type Partition struct {
	SizeMB int // 0 takes the rest
	Active bool
	Format string
	Label  string
	TypeID string
}

// Command is one command of a pass.
type Command struct {
	Order       int
	Line        string
	Description string
}

// Account is a local account to create.
type Account struct {
	Name, Password, DisplayName, Description string
	Administrator                            bool
}

// AutoLogon logs an account on without asking, LogonCount times; 0 is for ever.
type AutoLogon struct {
	Username, Password string
	LogonCount         int
}

// Read takes the answers out of a document that Check found nothing in.
func (d *Document) Read() (*Answer, error) {
	a := &Answer{}
	for _, c := range d.Components {
		if c.Architecture != Architecture {
			continue
		}
		var err error
		switch string(c.Pass) + " " + c.Name {
		case "windowsPE Microsoft-Windows-Setup":
			a.setup(&c.Element)
		case "specialize Microsoft-Windows-Shell-Setup":
			a.ComputerName, a.TimeZone = c.Child("ComputerName").Text, c.Child("TimeZone").Text
		case "specialize Microsoft-Windows-Deployment":
			a.Specialize = commands(c.Child("RunSynchronous"), "Path")
		case "oobeSystem Microsoft-Windows-International-Core":
			a.International = len(c.Children) == 4
		case "oobeSystem Microsoft-Windows-Shell-Setup":
			err = a.shell(&c.Element)
		}
		if err != nil {
			return nil, fmt.Errorf("pass %s, component %s: %w", c.Pass, c.Name, err)
		}
	}
	return a, nil
}

func (a *Answer) setup(e *Element) {
	disk := e.Child("DiskConfiguration", "Disk")
	for _, c := range ordered(disk.Child("CreatePartitions")) {
		a.Partitions = append(a.Partitions, Partition{SizeMB: integer(c.Child("Size"))})
	}
	for _, m := range ordered(disk.Child("ModifyPartitions")) {
		if n := integer(m.Child("PartitionID")); n <= len(a.Partitions) {
			p := &a.Partitions[n-1]
			p.Active = m.Child("Active").Text == "true"
			p.Format, p.Label, p.TypeID = m.Child("Format").Text, m.Child("Label").Text, m.Child("TypeID").Text
		}
	}
	image := e.Child("ImageInstall", "OSImage")
	a.InstallTo = integer(image.Child("InstallTo", "PartitionID"))
	a.ImageName = image.Child("InstallFrom", "MetaData", "Value").Text
	a.AcceptEula = e.Child("UserData", "AcceptEula").Text == "true"
}

func (a *Answer) shell(e *Element) error {
	oobe := e.Child("OOBE")
	a.OOBE = oobe.Child("HideEULAPage").Text == "true" && oobe.Child("NetworkLocation").Text != "" && oobe.Child("ProtectYourPC").Text != ""
	if zone := e.Child("TimeZone").Text; zone != "" {
		a.TimeZone = zone
	}
	for _, c := range e.Child("UserAccounts", "LocalAccounts").Children {
		name := c.Child("Name").Text
		secret, err := decodePassword(c.Child("Password"))
		if err != nil {
			return fmt.Errorf("the password of account %s: %w", name, err)
		}
		a.Accounts = append(a.Accounts, Account{
			Name: name, Password: secret, DisplayName: c.Child("DisplayName").Text,
			Description: c.Child("Description").Text, Administrator: c.Child("Group").Text == "Administrators",
		})
	}
	if auto := e.Child("AutoLogon"); auto.Child("Enabled").Text == "true" {
		secret, err := decodePassword(auto.Child("Password"))
		if err != nil {
			return fmt.Errorf("the password of AutoLogon: %w", err)
		}
		a.AutoLogon = &AutoLogon{auto.Child("Username").Text, secret, integer(auto.Child("LogonCount"))}
	}
	a.FirstLogon = commands(e.Child("FirstLogonCommands"), "CommandLine")
	return nil
}

func commands(e *Element, line string) []Command {
	var out []Command
	for _, c := range ordered(e) {
		out = append(out, Command{integer(c.Child("Order")), c.Child(line).Text, c.Child("Description").Text})
	}
	return out
}

// ordered sorts by Order, which is not the order in the file.
func ordered(e *Element) []*Element {
	return slices.SortedFunc(slices.Values(e.Children), func(x, y *Element) int {
		return cmp.Compare(integer(x.Child("Order")), integer(y.Child("Order")))
	})
}

func integer(e *Element) int {
	n, _ := strconv.Atoi(e.Text) // Check has seen to it that it is a number or absent
	return n
}

// decodePassword undoes the two encodings of Setup: plain, and base64 of UTF-16 with the word "Password" at its end.
func decodePassword(e *Element) (string, error) {
	value := e.Child("Value").Text
	if e.Child("PlainText").Text != "false" {
		return value, nil
	}
	data, err := base64.StdEncoding.DecodeString(value)
	if err != nil || len(data)%2 != 0 {
		return "", fmt.Errorf("[Shell Unattend] Failed to decode password (0x8007000d)")
	}
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(data[2*i:])
	}
	plain, ok := strings.CutSuffix(string(utf16.Decode(units)), "Password")
	if !ok {
		return "", fmt.Errorf("[Shell Unattend] Failed to decode password (0x8007000d)")
	}
	return plain, nil
}
