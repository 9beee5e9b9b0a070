package tools

import (
	"context"
	"crypto/md5"  //nolint:gosec // certutil has it
	"crypto/sha1" //nolint:gosec // certutil's default
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
)

// The codes that certutil ends with.
const (
	certInvalidArg  = 0x80070057
	certNoFile      = 0x80070002
	certNoPath      = 0x80070003
	certNoServer    = 0x80072efd
	certNoTLS       = 0x80072f7d
	certHTTPStatus  = 0x80190000
	certBadAlgorith = 0x80090008
)

// certutil accepts "-urlcache -split -f URL FILE" and "-hashfile FILE [ALGORITHM]".
func certutil(ctx context.Context, m *Machine, c *Call) uint32 {
	args := split(c.Args)
	for i := range args {
		if strings.HasPrefix(args[i], "/") {
			args[i] = "-" + args[i][1:]
		}
	}
	verb := ""
	if len(args) > 0 {
		verb = strings.ToLower(args[0])
	}
	switch {
	case verb == "-hashfile" && (len(args) == 2 || len(args) == 3):
		return m.hashFile(c, args[1], strings.ToUpper(slices.Concat(args[2:], []string{"SHA1"})[0]))
	case verb == "-urlcache" && len(args) == 5 && strings.EqualFold(args[1], "-split") && strings.EqualFold(args[2], "-f"):
		return m.fetch(ctx, c, args[3], args[4])
	}
	return m.refuse(c, certInvalidArg, "accepted are: -urlcache -split -f URL FILE; -hashfile FILE [ALGORITHM]")
}

func certFailed(c *Call, verb string, code uint32, text string) uint32 {
	c.say("CertUtil: -%s command FAILED: 0x%x (%d)\nCertUtil: %s", verb, code, int32(code), text)
	return code
}

var hashes = map[string]func() hash.Hash{"MD5": md5.New, "SHA1": sha1.New, "SHA256": sha256.New, "SHA384": sha512.New384, "SHA512": sha512.New}

func (m *Machine) hashFile(c *Call, name, algorithm string) uint32 {
	newHash, ok := hashes[algorithm]
	if !ok {
		return certFailed(c, "hashfile", certBadAlgorith, "Invalid algorithm specified.")
	}
	path, err := m.Drives.Resolve(c.Folder, name)
	if err != nil {
		return certFailed(c, "hashfile", certNoPath, "The system cannot find the path specified.")
	}
	f, err := os.Open(path)
	if err != nil {
		return certFailed(c, "hashfile", certNoFile, "The system cannot find the file specified.")
	}
	defer func() { _ = f.Close() }() // only read from
	h := newHash()
	if _, err := io.Copy(h, f); err != nil {
		return certFailed(c, "hashfile", certNoFile, err.Error())
	}
	c.say("%s hash of file %s:\n% x\nCertUtil: -hashfile command completed successfully.", algorithm, name, h.Sum(nil))
	return 0
}

// fetch gets a URL, twice as Windows does: once to see whether its cache is fresh, once for the file.
func (m *Machine) fetch(ctx context.Context, c *Call, address, name string) uint32 {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https"):
		return m.refuse(c, certInvalidArg, "%q is not an HTTP URL", address)
	case u.Scheme == "https":
		return certFailed(c, "URLCache", certNoTLS, "Could not create SSL/TLS secure channel.") // TLS 1.0 only, which no modern server speaks
	}
	path, err := m.Drives.Resolve(c.Folder, name)
	if err != nil {
		return certFailed(c, "URLCache", certNoPath, "The system cannot find the path specified.")
	}
	c.say("****  Online  ****")
	for _, agent := range []string{"Microsoft-CryptoAPI/6.1", "CertUtil URL Agent"} {
		if code := m.get(ctx, c, address, agent, path); code != 0 {
			return code
		}
	}
	c.say("CertUtil: -URLCache command completed successfully.")
	return 0
}

func (m *Machine) get(ctx context.Context, c *Call, address, agent, path string) uint32 {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return m.refuse(c, certInvalidArg, "%v", err)
	}
	req.Header.Set("User-Agent", agent)
	resp, err := m.HTTP.Do(req)
	if err != nil {
		m.Screen.Log("certutil: %v", err)
		return certFailed(c, "URLCache", certNoServer, "A connection with the server could not be established")
	}
	defer func() { _ = resp.Body.Close() }() // read to its end below
	if resp.StatusCode != http.StatusOK {
		return certFailed(c, "URLCache", certHTTPStatus+uint32(resp.StatusCode), fmt.Sprintf("%s (%d)", http.StatusText(resp.StatusCode), resp.StatusCode))
	}
	if err := store(path, resp.Body); err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return certFailed(c, "URLCache", certNoPath, "The system cannot find the path specified.")
		}
		return m.refuse(c, certNoServer, "%v", err)
	}
	return 0
}

func store(path string, from io.Reader) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, from)
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}
