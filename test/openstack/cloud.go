// Package openstack starts a real Keystone and Glance for tests, by means of up.sh and down.sh beside it.
package openstack

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// downTimeout bounds the end of the servers, which outlives the test's own context.
const downTimeout = time.Minute

// Cloud is a running cloud.
type Cloud struct {
	Dir              string // holds everything the servers write
	ClientConfigFile string // clouds.yaml, for OS_CLIENT_CONFIG_FILE
	CloudName        string // in it: an administrator, who may publish public images
	MemberCloudName  string // in it: an ordinary member of a project
}

// Up starts a cloud that ends with the test.
func Up(t testing.TB) Cloud {
	t.Helper()
	dir := t.TempDir()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), downTimeout)
		defer cancel()
		script(ctx, t, "down.sh", dir)
	})
	script(t.Context(), t, "up.sh", dir)
	return Cloud{
		Dir:              dir,
		ClientConfigFile: filepath.Join(dir, "clouds.yaml"),
		CloudName:        "guestprep-admin",
		MemberCloudName:  "guestprep-member",
	}
}

// KillGlance ends Glance as a crash would: at once, in the middle of what it does.
func (c Cloud) KillGlance(t testing.TB) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(c.Dir, "run", "glance.pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(-pid, syscall.SIGKILL); err != nil {
		t.Fatalf("kill Glance, process group %d: %v", pid, err)
	}
}

// script runs one of the scripts beside this file. Its output goes to a file: a pipe would stay open in the servers.
func script(ctx context.Context, t testing.TB, name, dir string) {
	t.Helper()
	out, err := os.CreateTemp(t.TempDir(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	cmd := exec.CommandContext(ctx, filepath.Join(folder(t), name), dir)
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil {
		text, readErr := os.ReadFile(out.Name())
		t.Fatalf("%s %s: %v\n%s", name, dir, errors.Join(err, readErr), text)
	}
}

// folder finds the scripts from any package of the module: tests run in their package's folder.
func folder(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		scripts := filepath.Join(dir, "test", "openstack")
		if _, err := os.Stat(filepath.Join(scripts, "up.sh")); err == nil {
			return scripts
		}
	}
	t.Fatal("test/openstack/up.sh is in no parent folder of this package")
	return ""
}
