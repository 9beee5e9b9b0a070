package guest

import (
	"bytes"
	_ "embed"
	"text/template"
)

// The guest's scripts are files of their own, with the line ends that cmd needs. What is filled in is checked where it
// comes from, so that no value can end a quoted string or a line.
var (
	//go:embed scripts/pull.cmd
	pullScript []byte
	//go:embed scripts/job.cmd
	jobScript string
	//go:embed scripts/seal.cmd
	sealScript string

	jobTemplate  = template.Must(template.New("job.cmd").Parse(jobScript))
	sealTemplate = template.Must(template.New("seal.cmd").Parse(sealScript))
)

// render fills in a script. It fails only if the script names a field that values does not have.
func render(t *template.Template, values any) ([]byte, error) {
	var out bytes.Buffer
	if err := t.Execute(&out, values); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
