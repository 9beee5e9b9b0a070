package unattend

import "fmt"

// Architecture is the stand-in's: components for another one are not for this medium, and Windows ignores them silently.
const Architecture = "x86"

// Problem is one setting that Setup stops at.
type Problem struct {
	Pass      Pass
	Component string
	Element   string // the path below the component; empty if the component itself is the problem
	Reason    string
}

func (p Problem) Error() string {
	return fmt.Sprintf("pass %s, component %s, element %s: %s", p.Pass, p.Component, p.Element, p.Reason)
}

// Check lists everything that the stand-in does not carry out. Components for another architecture are skipped.
func (d *Document) Check() []Problem {
	var problems []Problem
	seen := map[string]bool{}
	for _, c := range d.Components {
		if c.Architecture != Architecture {
			continue
		}
		report := func(element, reason string) {
			problems = append(problems, Problem{c.Pass, c.Name, element, reason})
		}
		known, ok := implemented[c.Pass][c.Name]
		switch id := string(c.Pass) + " " + c.Name; {
		case !ok:
			report("", "this component is not implemented in this pass")
		case seen[id]:
			report("", "specified more than once")
		default:
			seen[id] = true
			check(&c.Element, known, "", report)
		}
	}
	return problems
}

func check(e *Element, n node, path string, report func(element, reason string)) {
	if n.value != nil {
		if len(e.Children) > 0 {
			report(path, "must hold text, not elements")
		} else if err := n.value(e.Text); err != nil {
			report(path, err.Error())
		}
		return
	}
	if e.Text != "" {
		report(path, fmt.Sprintf("unexpected text %q", e.Text))
	}
	seen := map[string]bool{}
	for _, c := range e.Children {
		below := path + "/" + c.Name
		if path == "" {
			below = c.Name
		}
		child, ok := n.children[c.Name]
		if !ok {
			report(below, "does not exist or is not implemented")
			continue
		}
		id := c.Name
		if child.list {
			id += "=" + c.Child(child.key).Text
		}
		if seen[id] {
			report(below, "specified more than once")
		}
		seen[id] = true
		if child.list && c.Child(child.key).Text == "" {
			report(below, "has no "+child.key)
		}
		check(c, child, below, report)
	}
}

// ForThisMachine tells whether any component is for the stand-in's architecture. If none is, Windows behaves as if there were
// no answer file.
func (d *Document) ForThisMachine() bool {
	for _, c := range d.Components {
		if c.Architecture == Architecture {
			return true
		}
	}
	return false
}
