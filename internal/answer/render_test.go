package answer

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func example() Install {
	return Install{
		Arch: X86, Edition: "Windows 7 PROFESSIONAL", Language: "en-US", TimeZone: "UTC",
		ComputerName: "GUEST", User: "bot", Password: "not-a-secret", Organization: "guestprep",
		FirstLogon: []Command{
			{Line: "cmd /c echo one", Description: "One"},
			{Line: `cmd /c echo "two" & echo <three>`, Description: "Two"},
		},
	}
}

func TestRenderGolden(t *testing.T) {
	got, err := Render(example())
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "professional-x86.xml")
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("answer file differs from %s (-want +got):\n%s", golden, diff)
	}
}

// Whatever a user writes into a field must come out of Setup's XML parser as it went in.
func TestRenderEscapes(t *testing.T) {
	in := example()
	in.Password = `p<&>"'w`
	in.Organization = "Räuber & Söhne"
	got, err := Render(in)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{in.Password, in.Organization, in.FirstLogon[1].Line} {
		if !strings.Contains(text(t, got), want) {
			t.Errorf("%q is not in the document's text", want)
		}
	}
}

func text(t *testing.T, doc []byte) string {
	t.Helper()
	var b strings.Builder
	dec := xml.NewDecoder(bytes.NewReader(doc))
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return b.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		if c, ok := tok.(xml.CharData); ok {
			b.Write(c)
		}
	}
}
