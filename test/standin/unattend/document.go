// Package unattend reads answer files. It knows what the stand-in implements of the Windows 7 schema and refuses the rest by
// name, so that no setting of an answer file is ever silently ignored.
package unattend

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Namespace is the namespace of answer files.
const Namespace = "urn:schemas-microsoft-com:unattend"

// Pass is a configuration pass of Windows Setup.
type Pass string

// The passes that answer files may have settings for.
const (
	WindowsPE  Pass = "windowsPE"
	Specialize Pass = "specialize"
	OOBESystem Pass = "oobeSystem"
)

// Element is one XML element of a component.
type Element struct {
	Name     string
	Text     string
	Children []*Element
}

// Component is one component of one pass.
type Component struct {
	Pass         Pass
	Name         string
	Architecture string
	Element
}

// Document is an answer file as written, without any opinion about its settings.
type Document struct {
	Components []Component
}

// Parse reads an answer file. It fails on what is not an answer file at all.
func Parse(data []byte) (*Document, error) {
	d := xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
	root, err := next(d)
	if err != nil {
		return nil, fmt.Errorf("the answer file is not XML: %w", err)
	}
	if root.Name.Local != "unattend" || root.Name.Space != Namespace {
		return nil, fmt.Errorf("the answer file's root element is {%s}%s, want {%s}unattend", root.Name.Space, root.Name.Local, Namespace)
	}
	doc := &Document{}
	return doc, children(d, func(settings xml.StartElement) error {
		if settings.Name.Local != "settings" {
			return fmt.Errorf("unknown element <%s> below <unattend>", settings.Name.Local)
		}
		return children(d, func(start xml.StartElement) error {
			c, err := component(d, Pass(attr(settings, "pass")), start)
			doc.Components = append(doc.Components, c)
			return err
		})
	})
}

func component(d *xml.Decoder, pass Pass, start xml.StartElement) (Component, error) {
	c := Component{Pass: pass, Name: attr(start, "name"), Architecture: attr(start, "processorArchitecture")}
	if start.Name.Local != "component" {
		return c, fmt.Errorf("unknown element <%s> below <settings pass=%q>", start.Name.Local, pass)
	}
	for name, want := range map[string]string{"publicKeyToken": "31bf3856ad364e35", "language": "neutral", "versionScope": "nonSxS"} {
		if got := attr(start, name); got != want {
			return c, fmt.Errorf("pass %s, component %s: attribute %s is %q, want %q", pass, c.Name, name, got, want)
		}
	}
	e, err := element(d, start)
	c.Element = *e
	return c, err
}

func element(d *xml.Decoder, start xml.StartElement) (*Element, error) {
	e := &Element{Name: start.Name.Local}
	for {
		token, err := d.Token()
		if err != nil {
			return e, fmt.Errorf("in <%s>: %w", e.Name, err)
		}
		switch token := token.(type) {
		case xml.CharData:
			e.Text += string(token)
		case xml.EndElement:
			e.Text = strings.TrimSpace(e.Text)
			return e, nil
		case xml.StartElement:
			child, err := element(d, token)
			if err != nil {
				return e, err
			}
			e.Children = append(e.Children, child)
		}
	}
}

// children calls f for each element up to the end of the one that was begun.
func children(d *xml.Decoder, f func(xml.StartElement) error) error {
	for {
		start, err := next(d)
		if errors.Is(err, errEnd) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := f(start); err != nil {
			return err
		}
	}
}

var errEnd = errors.New("end of element")

func next(d *xml.Decoder) (xml.StartElement, error) {
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return xml.StartElement{}, io.ErrUnexpectedEOF
		}
		if err != nil {
			return xml.StartElement{}, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			return token, nil
		case xml.EndElement:
			return xml.StartElement{}, errEnd
		}
	}
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// Child returns the first child of that name, or an empty element.
func (e *Element) Child(path ...string) *Element {
	for _, name := range path {
		found := &Element{Name: name}
		for _, c := range e.Children {
			if c.Name == name {
				found = c
				break
			}
		}
		e = found
	}
	return e
}
