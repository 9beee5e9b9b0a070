package tasks

import "slices"

// rule says what an element may hold: elements, or one value.
type rule struct {
	children map[string]rule
	many     bool
	value    func(string) bool
}

func with(children map[string]rule) rule     { return rule{children: children} }
func repeated(children map[string]rule) rule { return rule{children: children, many: true} }
func value(ok func(string) bool) rule        { return rule{value: ok} }
func oneOf(words ...string) rule {
	return value(func(s string) bool { return slices.Contains(words, s) })
}

var (
	text    = value(func(string) bool { return true })
	filled  = value(func(s string) bool { return s != "" })
	boolean = oneOf("true", "false")
	period  = value(func(s string) bool { _, ok := parseDuration(s); return ok })
)

// schema holds the elements of versions 1.2 and 1.3 that the stand-in carries out, and those that could only matter on a machine
// with batteries, idle times or a second task engine. Other triggers than logon and other actions than programs are refused.
var schema = with(map[string]rule{
	"RegistrationInfo": with(map[string]rule{
		"Author": text, "Date": text, "Description": text, "Documentation": text, "Source": text, "URI": text, "Version": text,
	}),
	"Triggers": with(map[string]rule{
		"LogonTrigger": repeated(map[string]rule{"Enabled": oneOf("true"), "UserId": filled, "Delay": period}),
	}),
	"Principals": with(map[string]rule{
		"Principal": with(map[string]rule{
			"UserId": filled, "GroupId": filled, "DisplayName": text,
			"LogonType": oneOf("InteractiveToken"), "RunLevel": oneOf("LeastPrivilege", "HighestAvailable"),
		}),
	}),
	"Settings": with(map[string]rule{
		"AllowHardTerminate": boolean, "AllowStartOnDemand": boolean, "DisallowStartIfOnBatteries": boolean,
		"DisallowStartOnRemoteAppSession": boolean, "Enabled": boolean, "ExecutionTimeLimit": period, "Hidden": boolean,
		"IdleSettings":              with(map[string]rule{"StopOnIdleEnd": boolean, "RestartOnIdle": boolean, "Duration": period, "WaitTimeout": period}),
		"MultipleInstancesPolicy":   oneOf("IgnoreNew", "Parallel", "Queue", "StopExisting"),
		"Priority":                  oneOf("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"),
		"RunOnlyIfIdle":             oneOf("false"),
		"RunOnlyIfNetworkAvailable": oneOf("false"),
		"StartWhenAvailable":        boolean, "StopIfGoingOnBatteries": boolean, "UseUnifiedSchedulingEngine": boolean, "WakeToRun": boolean,
	}),
	"Actions": with(map[string]rule{
		"Exec": repeated(map[string]rule{"Command": filled, "Arguments": text, "WorkingDirectory": text}),
	}),
})

func check(n *node, r rule) error {
	if r.value != nil {
		if len(n.children) > 0 {
			return unexpected("%s", n.children[0].name)
		}
		if !r.value(n.text) {
			return outOfRange("%s:%s", n.name, n.text)
		}
		return nil
	}
	seen := map[string]bool{}
	for _, c := range n.children {
		child, ok := r.children[c.name]
		if !ok || c.space != Namespace || (seen[c.name] && !child.many) {
			return unexpected("%s", c.name)
		}
		seen[c.name] = true
		if err := check(c, child); err != nil {
			return err
		}
	}
	return nil
}

// defaultTimeLimit is what a definition without ExecutionTimeLimit means: three days.
const defaultTimeLimit = "PT72H"

func define(root *node) (*Definition, error) {
	principal, settings := root.find("Principals", "Principal"), root.find("Settings")
	d := &Definition{
		UserID: principal.find("UserId").text, GroupID: principal.find("GroupId").text,
		Highest:  principal.find("RunLevel").text == "HighestAvailable",
		Disabled: settings.find("Enabled").text == "false", OnDemand: settings.find("AllowStartOnDemand").text != "false",
	}
	limit := settings.find("ExecutionTimeLimit").text
	if limit == "" {
		limit = defaultTimeLimit
	}
	d.TimeLimit, _ = parseDuration(limit) // checked above
	for _, t := range root.find("Triggers").children {
		delay, _ := parseDuration(t.find("Delay").text) // checked above, or absent
		d.Logon = append(d.Logon, LogonTrigger{UserID: t.find("UserId").text, Delay: delay})
	}
	for _, e := range root.find("Actions").children {
		if e.find("Command").text == "" {
			return nil, malformed("Command is missing")
		}
		d.Actions = append(d.Actions, Exec{e.find("Command").text, e.find("Arguments").text, e.find("WorkingDirectory").text})
	}
	switch {
	case len(d.Actions) == 0:
		return nil, malformed("Actions is missing or empty")
	case d.UserID != "" && d.GroupID != "":
		return nil, unexpected("GroupId")
	case root.find("Actions").attr["Context"] != principal.attr["id"]:
		return nil, outOfRange("Context:%s", root.find("Actions").attr["Context"])
	case d.System() && principal.find("LogonType").text != "":
		return nil, outOfRange("LogonType:%s", principal.find("LogonType").text)
	case !d.System() && principal.find("LogonType").text != "InteractiveToken" && d.GroupID == "":
		return nil, outOfRange("LogonType:%s: only InteractiveToken is implemented for accounts", principal.find("LogonType").text)
	}
	return d, nil
}
