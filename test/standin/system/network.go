package system

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// inbox are the Linux drivers of the cards that Windows 7 has drivers for; any other card stays dead, as it would there.
var inbox = []string{"e1000", "pcnet32", "8139cp", "8139too"}

// network brings up the loopback and asks for an address on each card.
func (g *Guest) network(ctx context.Context) error {
	if err := busybox(ctx, "ip", "link", "set", "lo", "up"); err != nil {
		return err
	}
	cards, err := filepath.Glob("/sys/class/net/*/device/driver")
	if err != nil {
		return err
	}
	for _, link := range cards {
		name := filepath.Base(filepath.Dir(filepath.Dir(link)))
		driver, err := os.Readlink(link)
		if err != nil {
			return fmt.Errorf("network card %s: %w", name, err)
		}
		if !slices.Contains(inbox, filepath.Base(driver)) {
			g.Screen.Add("Network: no driver for card %s (%s)", name, filepath.Base(driver))
			continue
		}
		if err := busybox(ctx, "ip", "link", "set", name, "up"); err != nil {
			return err
		}
		go g.lease(ctx, name)
	}
	return nil
}

// lease runs the DHCP client, which goes on to renew.
func (g *Guest) lease(ctx context.Context, card string) {
	if err := busybox(ctx, "udhcpc", "-f", "-i", card, "-T", "1", "-t", "10", "-A", "5", "-s", "/sbin/udhcpc"); err != nil && ctx.Err() == nil {
		g.Screen.Add("Network: %v", err)
	}
}

func busybox(ctx context.Context, args ...string) error {
	out, err := exec.CommandContext(ctx, "/bin/busybox", args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", args[0], err, out)
	}
	return nil
}
