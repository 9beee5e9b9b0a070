package guesttest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
)

var (
	fetched = regexp.MustCompile(`certutil -urlcache -split -f (\S+) "([^"]+)"`)
	hashed  = regexp.MustCompile(`certutil -hashfile "([^"]+)" SHA256`)
	pulled  = regexp.MustCompile(`^(.*)\\pull\.cmd$`)
	created = regexp.MustCompile(`schtasks /Create /TN "[^"]+" /XML "([^"]+)" .* schtasks /Query /TN "[^"]+" /XML`)
)

// play does what a command line says to do with certutil and schtasks, and returns what these print.
func (g *Guest) play(ctx context.Context, step Step, line string) (string, error) {
	var out strings.Builder
	if step.Silent {
		return "", nil
	}
	if m := fetched.FindStringSubmatch(line); m != nil {
		if err := g.fetch(ctx, m[1], m[2], step.Spoil); err != nil {
			return "", err
		}
	}
	if m := hashed.FindStringSubmatch(line); m != nil {
		out.WriteString(g.hash(m[1]))
	}
	if m := pulled.FindStringSubmatch(line); m != nil {
		for row := range strings.SplitSeq(strings.TrimSpace(g.File(m[1]+`\pull.txt`)), "\r\n") {
			fields := strings.Split(row, "|")
			url, dest := fields[0], fields[2]
			if fields[1] != dest[:strings.LastIndex(dest, `\`)] {
				return "", fmt.Errorf("guesttest: %s is not the folder of %s", fields[1], dest)
			}
			if err := g.fetch(ctx, url, dest, step.Spoil); err != nil {
				return "", err
			}
			out.WriteString("file " + url + "\r\n" + g.hash(dest))
		}
	}
	if m := created.FindStringSubmatch(line); m != nil && step.Stdout == "" && step.Exit == 0 {
		out.WriteString(asPrinted(g.File(m[1])))
	}
	return out.String(), nil
}

// asPrinted is a task's file as schtasks prints it: not in UTF-16, whatever its first line says.
func asPrinted(utf16 string) string {
	var out strings.Builder
	for i := len("\xFF\xFE"); i < len(utf16); i += 2 {
		out.WriteByte(utf16[i])
	}
	return out.String()
}

func (g *Guest) fetch(ctx context.Context, url, dest string, spoil bool) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("guesttest: %s: %s", url, resp.Status)
	}
	if spoil {
		content = append(content, "spoiled"...)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.files[dest] = content
	return nil
}

// hash prints a digest as Windows 7 does.
func (g *Guest) hash(path string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	sum := sha256.Sum256(g.files[path])
	return fmt.Sprintf("SHA256 hash of file %s:\r\n% x\r\nCertUtil: -hashfile command completed successfully.\r\n", path, sum)
}
