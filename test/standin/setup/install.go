package setup

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/guestprep/packer-plugin-guestprep/test/standin/screen"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/state"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/unattend"
)

// Target is where the system goes.
type Target struct {
	Disk   string // the block device
	Medium string // the mounted installation CD
	Screen *screen.Screen
}

const (
	mountBoot = "/run/boot"
	mountOS   = "/run/os"
)

// Install carries out the answer file's disk configuration and copies the system.
func (t *Target) Install(ctx context.Context, a *unattend.Answer, file []byte) error {
	boot, err := t.partition(ctx, a)
	if err != nil {
		return err
	}
	if err := t.format(ctx, a); err != nil {
		return err
	}
	if err := mount(t.part(a.InstallTo), mountOS); err != nil {
		return err
	}
	folder := mountOS
	if boot != a.InstallTo {
		folder = mountBoot
		if err := mount(t.part(boot), mountBoot); err != nil {
			return err
		}
	}
	for _, step := range []func() error{
		func() error { return t.copySystem() },
		func() error { return t.writeState(a, file) },
		func() error { return t.makeBootable(ctx, folder) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return unmount(folder, mountOS)
}

// partition writes the partition table and returns the number of the active partition.
func (t *Target) partition(ctx context.Context, a *unattend.Answer) (int, error) {
	active := a.InstallTo
	for i, p := range a.Partitions {
		if p.Active {
			active = i + 1
		}
	}
	a.Partitions[active-1].Active = true // Setup does so if the answer file forgets it
	disk, err := os.OpenFile(t.Disk, os.O_RDWR, 0)
	if err != nil {
		return 0, fmt.Errorf("partitioning: %w", err)
	}
	defer func() { _ = disk.Close() }() // all that matters is written and synced below
	size, err := disk.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, fmt.Errorf("partitioning: %w", err)
	}
	extents, err := Layout(a.Partitions, uint64(size)/sectorSize)
	if err != nil {
		return 0, err
	}
	code, err := os.ReadFile("/usr/lib/mbr.bin")
	if err != nil {
		return 0, fmt.Errorf("partitioning: %w", err)
	}
	if _, err := disk.WriteAt(MBR(code, a.Partitions, extents, rand.Uint32()), 0); err != nil {
		return 0, fmt.Errorf("partitioning: %w", err)
	}
	if err := disk.Sync(); err != nil {
		return 0, fmt.Errorf("partitioning: %w", err)
	}
	for i, e := range extents {
		t.Screen.Add("Disk 0 partition %d: %d MB, NTFS, label %q, active: %t", i+1, e.Count/sectorsInMB, a.Partitions[i].Label, a.Partitions[i].Active)
	}
	return active, t.reread(ctx, disk, len(extents))
}

// reread makes the kernel look at the new table and waits for the last partition to be there.
func (t *Target) reread(ctx context.Context, disk *os.File, last int) error {
	const blkrrpart = 0x125f
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, disk.Fd(), blkrrpart, 0); errno != 0 {
		return fmt.Errorf("rereading the partition table: %w", errno)
	}
	for {
		if _, err := os.Stat(t.part(last)); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w", t.part(last), context.Cause(ctx))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// format makes ext4 where Windows makes NTFS; without the features that extlinux cannot read.
func (t *Target) format(ctx context.Context, a *unattend.Answer) error {
	for i, p := range a.Partitions {
		label := p.Label
		if len(label) > 16 { // ext4's limit; NTFS has 32
			label = label[:16]
		}
		err := run(ctx, "/usr/sbin/mke2fs", "-q", "-F", "-t", "ext4", "-O", "^64bit,^metadata_csum",
			"-E", "lazy_itable_init=1,lazy_journal_init=1", "-L", label, t.part(i+1))
		if err != nil {
			return fmt.Errorf("formatting partition %d: %w", i+1, err)
		}
	}
	return nil
}

func (t *Target) copySystem() error {
	if err := os.Mkdir(filepath.Join(mountOS, "standin"), 0o755); err != nil {
		return fmt.Errorf("copying Windows files: %w", err)
	}
	return t.copy("sources/install.sqfs", filepath.Join(mountOS, "standin", "install.sqfs"))
}

func (t *Target) copy(from, to string) error {
	in, err := os.Open(filepath.Join(t.Medium, from))
	if err != nil {
		return fmt.Errorf("copying Windows files: %w", err)
	}
	defer func() { _ = in.Close() }() // only read from
	out, err := os.Create(to)
	if err != nil {
		return fmt.Errorf("copying Windows files: %w", err)
	}
	_, err = io.Copy(out, in)
	if e := out.Close(); err == nil {
		err = e
	}
	if err != nil {
		return fmt.Errorf("copying Windows files: %w", err)
	}
	return nil
}

// writeState leaves the installed system what it needs for its first boot.
func (t *Target) writeState(a *unattend.Answer, file []byte) error {
	dir := filepath.Join(mountOS, "standin")
	if err := os.WriteFile(filepath.Join(dir, "unattend.xml"), file, 0o600); err != nil {
		return fmt.Errorf("keeping the answer file: %w", err)
	}
	s := state.New()
	s.Edition = a.ImageName
	_, err := state.Create(filepath.Join(dir, "state.json"), s)
	return err
}

func (t *Target) makeBootable(ctx context.Context, folder string) error {
	for _, name := range []string{"vmlinuz", "initrd.img"} {
		if err := t.copy("boot/"+name, filepath.Join(folder, name)); err != nil {
			return err
		}
	}
	options, err := os.ReadFile("/etc/cmdline")
	if err != nil {
		return fmt.Errorf("installing the boot loader: %w", err)
	}
	config := "DEFAULT w\nPROMPT 0\nTIMEOUT 1\nLABEL w\n KERNEL /vmlinuz\n APPEND initrd=/initrd.img standin=disk " + strings.TrimSpace(string(options)) + "\n"
	if err := os.WriteFile(filepath.Join(folder, "extlinux.conf"), []byte(config), 0o644); err != nil {
		return fmt.Errorf("installing the boot loader: %w", err)
	}
	return run(ctx, "/usr/bin/extlinux", "--install", folder)
}

func (t *Target) part(n int) string { return fmt.Sprintf("%s%d", t.Disk, n) }

func mount(device, folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	if err := syscall.Mount(device, folder, "ext4", 0, ""); err != nil {
		return fmt.Errorf("mounting %s: %w", device, err)
	}
	return nil
}

func unmount(folders ...string) error {
	seen := map[string]bool{}
	for _, folder := range folders {
		if seen[folder] {
			continue
		}
		seen[folder] = true
		if err := syscall.Unmount(folder, 0); err != nil {
			return fmt.Errorf("unmounting %s: %w", folder, err)
		}
	}
	return nil
}

func run(ctx context.Context, name string, args ...string) error {
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", filepath.Base(name), err, out)
	}
	return nil
}
