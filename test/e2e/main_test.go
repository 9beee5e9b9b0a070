// Package e2e runs the whole product as a user does: real Packer, the installed plugin, real QEMU, a guest that behaves
// as Windows 7 does, a real Keystone and Glance.
package e2e

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Everything below is built once for all tests; the scripts keep it for the next run too.
var built struct {
	root     string // of the checkout
	packer   string // program
	plugin   string // program
	plugins  string // PACKER_PLUGIN_PATH with our plugin in it
	standin  string // folder with standin.iso, the installer and GuestAgent.zip
	checksum string // of standin.iso
}

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "e2e")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := 1
	if err = build(dir); err == nil {
		code = m.Run()
	}
	if err := errors.Join(err, os.RemoveAll(dir)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

func build(dir string) (err error) {
	if built.root, err = filepath.Abs("../.."); err != nil {
		return err
	}
	if built.packer, err = lastLine(filepath.Join(built.root, "tools", "build.sh"), "packer-core"); err != nil {
		return err
	}
	if built.standin, err = lastLine(filepath.Join(built.root, "test", "standin", "build.sh")); err != nil {
		return err
	}
	sum, err := fileSHA256(filepath.Join(built.standin, "standin.iso"))
	if err != nil {
		return err
	}
	built.checksum = "sha256:" + sum
	return install(dir)
}

// install installs the plugin as a user does who has built it.
func install(dir string) error {
	built.plugin = filepath.Join(dir, "packer-plugin-guestprep")
	built.plugins = filepath.Join(dir, "plugins")
	for _, argv := range [][]string{
		{"go", "build", "-o", built.plugin, built.root},
		{built.packer, "plugins", "install", "--path", built.plugin, "github.com/guestprep/guestprep"},
	} {
		cmd := exec.Command(argv[0], argv[1:]...)
		cmd.Env = append(os.Environ(), "PACKER_PLUGIN_PATH="+built.plugins, "CHECKPOINT_DISABLE=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", strings.Join(argv, " "), err, out)
		}
	}
	return nil
}

// lastLine runs a script that prints what it made as its last line.
func lastLine(name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", name, err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1], nil
}

func fileSHA256(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
