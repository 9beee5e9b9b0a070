package unattend

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// node says what an element may hold: either children or a value.
type node struct {
	children map[string]node
	list     bool   // may occur more than once; items are told apart by key
	key      string // the child whose value identifies an item
	value    func(string) error
}

// component holds the elements of one component, as far as the stand-in implements them.
func group(children map[string]node) node { return node{children: children} }

func items(key string, children map[string]node) node {
	return node{children: children, list: true, key: key}
}
func value(check func(string) error) node { return node{value: check} }

func boolean(s string) error { return oneOf("true", "false")(s) }

func oneOf(allowed ...string) func(string) error {
	return func(s string) error {
		if !slices.Contains(allowed, s) {
			return fmt.Errorf("%q is not one of %s", s, strings.Join(allowed, ", "))
		}
		return nil
	}
}

func text(most int) func(string) error {
	return func(s string) error {
		if n := utf8.RuneCountInString(s); n > most {
			return fmt.Errorf("%d characters are too long, at most %d", n, most)
		}
		return nil
	}
}

// filled is text that breaks Setup when it is empty.
func filled(most int) func(string) error {
	return func(s string) error {
		if s == "" {
			return fmt.Errorf("must not be empty")
		}
		return text(most)(s)
	}
}

func number(least, most int) func(string) error {
	return func(s string) error {
		n, err := strconv.Atoi(s)
		if err != nil || n < least || n > most {
			return fmt.Errorf("%q is not a number from %d to %d", s, least, most)
		}
		return nil
	}
}

// only is for settings of which the stand-in implements one value; anything else would be a promise it does not keep.
func only(implemented string) func(string) error {
	return func(s string) error {
		if s != implemented {
			return fmt.Errorf("%q is not implemented, only %q is", s, implemented)
		}
		return nil
	}
}

func computerName(s string) error {
	const forbidden = "{|}~[\\]^':;<=>?@!\"#$%`()+/.,*& "
	switch {
	case s == "" || len(s) > 15:
		return fmt.Errorf("%q must have 1 to 15 characters", s)
	case strings.ContainsAny(s, forbidden):
		return fmt.Errorf("%q has a character that a computer name may not have", s)
	case strings.Trim(s, "0123456789") == "":
		return fmt.Errorf("%q must not be all digits", s)
	}
	return nil
}

func accountName(s string) error {
	if s == "" || len(s) > 20 || strings.ContainsAny(s, `"/\[]:|<>+=;,?*%@`) || strings.EqualFold(s, "NONE") {
		return fmt.Errorf("%q is not a valid account name", s)
	}
	return nil
}

const noLimit = 1 << 30

var password = group(map[string]node{"Value": value(text(noLimit)), "PlainText": value(boolean)})

var locales = map[string]node{
	"InputLocale":  value(oneOf("en-US", "0409:00000409")),
	"SystemLocale": value(only("en-US")),
	"UILanguage":   value(only("en-US")),
	"UserLocale":   value(only("en-US")),
}

// implemented lists every setting that the stand-in carries out or that, like the locale of the one language it has, asks for
// nothing else than what it does anyway.
var implemented = map[Pass]map[string]node{
	WindowsPE: {
		"Microsoft-Windows-International-Core-WinPE": group(with(locales, map[string]node{
			"SetupUILanguage": group(map[string]node{"UILanguage": value(only("en-US"))}),
		})),
		"Microsoft-Windows-Setup": group(map[string]node{
			"DiskConfiguration": group(map[string]node{
				"Disk": items("DiskID", map[string]node{
					"CreatePartitions": group(map[string]node{"CreatePartition": items("Order", map[string]node{
						"Order": value(number(1, 500)), "Type": value(only("Primary")),
						"Size": value(number(1, noLimit)), "Extend": value(boolean),
					})}),
					"ModifyPartitions": group(map[string]node{"ModifyPartition": items("Order", map[string]node{
						"Active": value(boolean), "Format": value(only("NTFS")), "Label": value(text(32)), "Letter": value(only("C")),
						"Order": value(number(1, 500)), "PartitionID": value(number(1, 4)), "TypeID": value(only("0x27")),
					})}),
					"DiskID": value(only("0")), "WillWipeDisk": value(only("true")),
				}),
				"WillShowUI": value(oneOf("OnError", "Never")),
			}),
			"DynamicUpdate": group(map[string]node{"Enable": value(only("false")), "WillShowUI": value(oneOf("OnError", "Never"))}),
			"ImageInstall": group(map[string]node{"OSImage": group(map[string]node{
				"InstallFrom": group(map[string]node{"MetaData": items("Key", map[string]node{
					"Key": value(only("/IMAGE/NAME")), "Value": value(filled(noLimit)),
				})}),
				"InstallTo":  group(map[string]node{"DiskID": value(only("0")), "PartitionID": value(number(1, 4))}),
				"WillShowUI": value(oneOf("OnError", "Never")),
			})}),
			"UserData": group(map[string]node{
				"AcceptEula": value(only("true")), "FullName": value(text(63)), "Organization": value(text(63)),
				"ProductKey": group(map[string]node{"WillShowUI": value(oneOf("OnError", "Never"))}),
			}),
		}),
	},
	Specialize: {
		"Microsoft-Windows-Shell-Setup": group(map[string]node{"ComputerName": value(computerName), "TimeZone": value(timeZone)}),
		"Microsoft-Windows-Deployment": group(map[string]node{
			"RunSynchronous": group(map[string]node{"RunSynchronousCommand": items("Order", map[string]node{
				"Order": value(number(1, 500)), "Description": value(text(250)), "Path": value(filled(259)),
				"WillReboot": value(only("Never")),
			})}),
		}),
		"Microsoft-Windows-Security-SPP-UX": group(map[string]node{"SkipAutoActivation": value(only("true"))}),
	},
	OOBESystem: {
		"Microsoft-Windows-International-Core": group(locales),
		"Microsoft-Windows-Shell-Setup": group(map[string]node{
			"OOBE": group(map[string]node{
				"HideEULAPage": value(only("true")), "HideWirelessSetupInOOBE": value(only("true")),
				"NetworkLocation": value(oneOf("Home", "Work", "Other")), "ProtectYourPC": value(number(1, 3)),
			}),
			"UserAccounts": group(map[string]node{"LocalAccounts": group(map[string]node{
				"LocalAccount": items("Name", map[string]node{
					"Password": password, "Description": value(text(256)), "DisplayName": value(text(256)),
					"Group": value(oneOf("Administrators", "Users")), "Name": value(accountName),
				}),
			})}),
			"AutoLogon": group(map[string]node{
				"Password": password, "Enabled": value(boolean), "LogonCount": value(number(1, noLimit)), "Username": value(filled(256)),
			}),
			"FirstLogonCommands": group(map[string]node{"SynchronousCommand": items("Order", map[string]node{
				"Order": value(number(1, 500)), "CommandLine": value(filled(1024)), "Description": value(text(256)),
			})}),
			"TimeZone": value(timeZone),
		}),
	},
}

func with(a, b map[string]node) map[string]node {
	out := map[string]node{}
	for _, m := range []map[string]node{a, b} {
		for k, v := range m {
			out[k] = v
		}
	}
	return out
}

// timeZone accepts the shape of Windows' names; an IANA name, which Windows refuses, has a slash.
func timeZone(s string) error {
	if s == "" || strings.Contains(s, "/") || len(s) > 256 {
		return fmt.Errorf("%q is not a Windows time zone", s)
	}
	return nil
}
