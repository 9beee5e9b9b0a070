package task

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"unicode/utf16"
)

// declaration names the encoding that the file really has: schtasks refuses a task whose declaration and bytes differ.
const declaration = `<?xml version="1.0" encoding="UTF-16"?>` + "\r\n"

var byteOrderMark = []byte{0xFF, 0xFE}

// Encode writes the task as schtasks /Create /XML reads it: UTF-16, little endian, with a byte order mark.
func (t Task) Encode() ([]byte, error) {
	if t.User == "" {
		return nil, errors.New("task: no user")
	}
	if t.Exec.Command == "" {
		return nil, errors.New("task: no command")
	}
	body, err := xml.MarshalIndent(t.document(), "", "  ")
	if err != nil {
		return nil, fmt.Errorf("task: %w", err)
	}
	text := declaration + string(bytes.ReplaceAll(body, []byte("\n"), []byte("\r\n"))) + "\r\n"
	out := bytes.Clone(byteOrderMark)
	for _, unit := range utf16.Encode([]rune(text)) {
		out = binary.LittleEndian.AppendUint16(out, unit)
	}
	return out, nil
}

// Decode reads a task back, from a file that Encode wrote or from what schtasks /Query /XML prints. The latter is in the
// console's code page whatever its declaration says. It reads what this package can say, and ignores the rest.
func Decode(data []byte) (Task, error) {
	d := xml.NewDecoder(bytes.NewReader(toUTF8(data)))
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	var doc document
	if err := d.Decode(&doc); err != nil {
		return Task{}, fmt.Errorf("task: %w", err)
	}
	t := Task{
		Description: doc.Description,
		User:        doc.Principal.UserID,
		Exec: Exec{
			Command:          doc.Actions.Command,
			Arguments:        doc.Actions.Arguments,
			WorkingDirectory: doc.Actions.WorkingDirectory,
		},
	}
	var err error
	if t.TimeLimit, err = parseDuration(doc.Settings.ExecutionTimeLimit); err != nil {
		return Task{}, fmt.Errorf("task: ExecutionTimeLimit: %w", err)
	}
	if doc.LogonTrigger != nil {
		t.Logon = &Logon{}
		if t.Logon.Delay, err = parseDuration(doc.LogonTrigger.Delay); err != nil {
			return Task{}, fmt.Errorf("task: Delay: %w", err)
		}
	}
	return t, nil
}

func toUTF8(data []byte) []byte {
	if !bytes.HasPrefix(data, byteOrderMark) {
		return data
	}
	data = data[len(byteOrderMark):]
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(data[2*i:])
	}
	return []byte(string(utf16.Decode(units)))
}
