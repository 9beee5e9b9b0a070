package tools

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"unicode/utf16"
)

// PowerShell is the one program that nothing can imitate. What Packer itself sends is recognised word by word; all else fails.
var (
	encodedCommand = regexp.MustCompile(`(?i)^-EncodedCommand\s+(\S+)$`)
	connectCheck   = regexp.MustCompile(`^(?:if \(Test-Path variable:global:ProgressPreference\)\{\$ProgressPreference='SilentlyContinue'\}; )?echo "([^"$` + "`" + `]*)"\s*$`)
	readAllBytes   = regexp.MustCompile(`^\$file=\[System\.IO\.File\]::ReadAllBytes\("([^"]*)"\); Write-Output \$\(\[System\.Convert\]::ToBase64String\(\$file\)\)$`)
	restoreScript  = regexp.MustCompile(`(?s)^\s*\$tmp_file_path = \[System\.IO\.Path\]::GetFullPath\("([^"]*)"\)\s*\$dest_file_path = \[System\.IO\.Path\]::GetFullPath\("([^"]*)"\.Trim\("'"\)\).*FromBase64String.*\$writer\.Close\(\)`)
	cleanupScript  = regexp.MustCompile(`(?s)^\s*\$tmp_file_path = \[System\.IO\.Path\]::GetFullPath\("([^"]*)"\)\s*if \(Test-Path \$tmp_file_path\) \{\s*Remove-Item \$tmp_file_path -ErrorAction SilentlyContinue\s*\}\s*$`)
)

const powershellFailed = 1

func powershell(_ context.Context, m *Machine, c *Call) uint32 {
	args := encodedCommand.FindStringSubmatch(strings.TrimSpace(c.Args))
	if args == nil {
		return m.refuse(c, powershellFailed, "only Packer's own -EncodedCommand scripts are implemented")
	}
	script, ok := decodeScript(args[1])
	if !ok {
		c.fail("Cannot process the command because the value specified with -EncodedCommand is not properly encoded.")
		return powershellFailed
	}
	script = strings.TrimPrefix(script, "$ProgressPreference = 'SilentlyContinue';")
	if found := connectCheck.FindStringSubmatch(script); found != nil {
		c.say("%s", found[1])
		return 0
	}
	if found := readAllBytes.FindStringSubmatch(script); found != nil {
		return m.psRead(c, found[1])
	}
	if found := restoreScript.FindStringSubmatch(script); found != nil {
		return m.psRestore(c, found[1], found[2])
	}
	if found := cleanupScript.FindStringSubmatch(script); found != nil {
		return m.psCleanup(c, found[1])
	}
	return m.refuse(c, powershellFailed, "this script is none of Packer's: %s", script)
}

func decodeScript(encoded string) (string, bool) {
	data, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(data)%2 != 0 {
		return "", false
	}
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(data[2*i:])
	}
	return string(utf16.Decode(units)), true
}

// Temp is the TEMP folder of an account that is logged on.
func Temp(account string) string { return `C:\Users\` + account + `\AppData\Local\Temp` }

// psPath resolves a path in which a script may use $env:TEMP.
func (m *Machine) psPath(c *Call, path string) (string, error) {
	path = strings.ReplaceAll(strings.Trim(path, "'"), "$env:TEMP", Temp(c.Account.Name))
	return m.Drives.Resolve(c.Folder, path)
}

// psRead is the communicator's download.
func (m *Machine) psRead(c *Call, name string) uint32 {
	path, err := m.psPath(c, name)
	if err == nil {
		var data []byte
		if data, err = os.ReadFile(path); err == nil {
			c.say("%s", base64.StdEncoding.EncodeToString(data))
			return 0
		}
	}
	c.fail("Exception calling \"ReadAllBytes\" with \"1\" argument(s): \"Could not find file '%s'.\"", name)
	return powershellFailed
}

// psRestore is the second half of winrmcp's upload: it turns the base64 lines into the file.
func (m *Machine) psRestore(c *Call, from, to string) uint32 {
	source, err := m.psPath(c, from)
	if err != nil {
		return m.refuse(c, powershellFailed, "%v", err)
	}
	target, err := m.psPath(c, to)
	if err != nil {
		return m.refuse(c, powershellFailed, "%v", err)
	}
	if info, err := os.Stat(target); err == nil && info.IsDir() {
		return powershellFailed // the script's "Exit 1"
	}
	data, err := restored(source)
	if err != nil {
		c.fail("%v", err)
		return powershellFailed
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return m.refuse(c, powershellFailed, "%v", err)
	}
	if err := os.WriteFile(target, data, 0o644); err != nil {
		return m.refuse(c, powershellFailed, "%v", err)
	}
	return 0
}

func restored(source string) ([]byte, error) {
	text, err := os.ReadFile(source)
	if os.IsNotExist(err) {
		return []byte{0xff, 0xfe}, nil // echo $null > file writes a lone byte order mark
	}
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	for _, line := range strings.Fields(string(text)) {
		data, err := base64.StdEncoding.DecodeString(line)
		if err != nil {
			return nil, err
		}
		out.Write(data)
	}
	return out.Bytes(), nil
}

func (m *Machine) psCleanup(c *Call, name string) uint32 {
	path, err := m.psPath(c, name)
	if err != nil {
		return m.refuse(c, powershellFailed, "%v", err)
	}
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return m.refuse(c, powershellFailed, "%v", err)
	}
	return 0
}
