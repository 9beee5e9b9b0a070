// Package setup is Windows Setup: it looks for the answer file, decides whether all questions are answered, partitions the disk
// and puts the system there.
package setup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/guestprep/packer-plugin-guestprep/test/standin/unattend"
)

// Page is a page at which Setup waits for ever, because nobody is there to answer it.
type Page struct {
	Title string
	Lines []string
}

func (p *Page) Error() string { return "[" + p.Title + "] " + strings.Join(p.Lines, " ") }

const title = "Windows Setup"

// Find reads the first answer file at the root of the media, in any case. It returns nil if there is none.
func Find(media []string) ([]byte, error) {
	for _, dir := range media {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return nil, fmt.Errorf("looking for an answer file: %w", err)
		}
		for _, e := range entries {
			if strings.EqualFold(e.Name(), "Autounattend.xml") {
				return os.ReadFile(filepath.Join(dir, e.Name()))
			}
		}
	}
	return nil, nil
}

// Read understands an answer file. Where Setup would stop and wait, the error is a *Page.
func Read(file []byte, editions []string) (*unattend.Answer, error) {
	if file == nil {
		return nil, language("No answer file was found.")
	}
	doc, err := unattend.Parse(file)
	if err != nil {
		return nil, &Page{title, []string{"Windows could not parse or process the unattend answer file.", err.Error()}}
	}
	if !doc.ForThisMachine() {
		return nil, language("No component of the answer file has processorArchitecture " + unattend.Architecture + ".")
	}
	if problems := doc.Check(); len(problems) > 0 {
		return nil, refused(problems)
	}
	answer, err := doc.Read()
	if err != nil {
		return nil, &Page{title, []string{"Windows could not complete the installation.", err.Error()}}
	}
	return answer, questions(doc, answer, editions)
}

func language(why string) *Page {
	return &Page{"Install Windows", []string{"Language to install: English", "Time and currency format:", "Keyboard or input method:", "", why}}
}

func refused(problems []unattend.Problem) *Page {
	p := &Page{Title: title}
	for _, problem := range problems {
		p.Lines = append(p.Lines,
			fmt.Sprintf("Windows could not parse or process the unattend answer file for pass [%s].", problem.Pass),
			fmt.Sprintf("Component [%s], element <%s>: %s.", problem.Component, problem.Element, problem.Reason))
	}
	return p
}

// questions finds the first page that the answer file leaves open.
func questions(doc *unattend.Document, a *unattend.Answer, editions []string) error {
	pages := []struct {
		open bool
		page Page
	}{
		{!has(doc, unattend.WindowsPE, "Microsoft-Windows-International-Core-WinPE"), *language("The answer file does not set the language of Setup.")},
		{!slices.Contains(editions, a.ImageName), Page{title, append([]string{
			"Select the operating system you want to install.", fmt.Sprintf("The answer file asks for %q; the medium has:", a.ImageName),
		}, editions...)}},
		{!a.AcceptEula, Page{title, []string{"Please read the license terms.", "[ ] I accept the license terms"}}},
		{len(a.Partitions) == 0 || a.InstallTo < 1 || a.InstallTo > len(a.Partitions), Page{title, []string{
			"Where do you want to install Windows?", "The answer file does not name a partition that it creates.",
		}}},
		{!a.International, Page{"Set Up Windows", []string{"Country or region:", "Keyboard layout:"}}},
		{len(a.Accounts) == 0, Page{"Set Up Windows", []string{"Choose a user name for your account and name your computer."}}},
		{!a.OOBE, Page{"Set Up Windows", []string{"Help protect your computer and improve Windows automatically."}}},
	}
	for _, p := range pages {
		if p.open {
			return &p.page
		}
	}
	if !slices.ContainsFunc(a.Accounts, func(x unattend.Account) bool { return x.Administrator }) {
		return &Page{"Set Up Windows", []string{"No account of the answer file is an administrator."}}
	}
	return nil
}

func has(doc *unattend.Document, pass unattend.Pass, name string) bool {
	return slices.ContainsFunc(doc.Components, func(c unattend.Component) bool {
		return c.Pass == pass && c.Name == name && c.Architecture == unattend.Architecture
	})
}

// AsPage returns the page that an error stands for, if it is one.
func AsPage(err error) (*Page, bool) {
	var p *Page
	ok := errors.As(err, &p)
	return p, ok
}
