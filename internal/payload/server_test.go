package payload

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func serve(t *testing.T) *Server {
	t.Helper()
	s, err := Serve(t.Context(), "127.0.0.1")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func request(t *testing.T, method, url string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(body)
}

func sum(content string) string {
	s := sha256.Sum256([]byte(content))
	return hex.EncodeToString(s[:])
}

func TestServesWhatWasAdded(t *testing.T) {
	s := serve(t)
	path := filepath.Join(t.TempDir(), "an installer.exe")
	require.NoError(t, os.WriteFile(path, []byte("the installer"), 0o600))

	file, err := s.AddFile(path, strings.ToUpper(sum("the installer")))
	require.NoError(t, err)
	stored, err := s.AddReader(strings.NewReader("a script"))
	require.NoError(t, err)
	require.NotEqual(t, file.URL, stored.URL)

	for _, tt := range []struct {
		item Item
		want string
	}{{file, "the installer"}, {stored, "a script"}} {
		require.Equal(t, int64(len(tt.want)), tt.item.Size)
		require.Equal(t, sum(tt.want), tt.item.SHA256)
		status, body := request(t, http.MethodGet, tt.item.URL)
		require.Equal(t, http.StatusOK, status)
		require.Equal(t, tt.want, body)
		status, body = request(t, http.MethodHead, tt.item.URL)
		require.Equal(t, http.StatusOK, status)
		require.Empty(t, body)
	}
}

func TestRefusesEverythingElse(t *testing.T) {
	s := serve(t)
	item, err := s.AddReader(strings.NewReader("a secret"))
	require.NoError(t, err)
	u, err := url.Parse(item.URL)
	require.NoError(t, err)
	host := u.Scheme + "://" + u.Host

	for _, tt := range []struct {
		name   string
		method string
		url    string
		want   int
	}{
		{"the root", http.MethodGet, host + "/", http.StatusNotFound},
		{"another random path", http.MethodGet, host + "/AAAAAAAAAAAAAAAAAAAAAAAAAA/1", http.StatusNotFound},
		{"the folder", http.MethodGet, strings.TrimSuffix(item.URL, "/1") + "/", http.StatusNotFound},
		{"another number", http.MethodGet, strings.TrimSuffix(item.URL, "1") + "2", http.StatusNotFound},
		{"a path that leads up", http.MethodGet, host + "/../../etc/passwd", http.StatusNotFound},
		{"a way around", http.MethodGet, host + "/x/.." + u.Path, http.StatusNotFound},
		{"posting", http.MethodPost, item.URL, http.StatusMethodNotAllowed},
		{"deleting", http.MethodDelete, item.URL, http.StatusMethodNotAllowed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, body := request(t, tt.method, tt.url)
			require.Equal(t, tt.want, status)
			require.NotContains(t, body, "a secret")
		})
	}
}

func TestAddFileComparesTheDigest(t *testing.T) {
	s := serve(t)
	path := filepath.Join(t.TempDir(), "installer.exe")
	require.NoError(t, os.WriteFile(path, []byte("half an instal"), 0o600))

	_, err := s.AddFile(path, sum("an installer"))
	var wrong *DigestError
	require.ErrorAs(t, err, &wrong)
	require.Equal(t, DigestError{File: path, Want: sum("an installer"), Found: sum("half an instal")}, *wrong)
	require.ErrorContains(t, err, path+" has the SHA-256 "+sum("half an instal")+", wanted "+sum("an installer"))

	_, err = s.AddFile(path+".missing", "")
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, path+".missing")
}

func TestCloseLeavesNothing(t *testing.T) {
	s, err := Serve(t.Context(), "127.0.0.1")
	require.NoError(t, err)
	item, err := s.AddReader(strings.NewReader("x"))
	require.NoError(t, err)
	u, err := url.Parse(item.URL)
	require.NoError(t, err)

	require.NoError(t, s.Close())
	require.NoError(t, s.Close(), "a second time")
	_, err = (&net.Dialer{}).DialContext(t.Context(), "tcp", u.Host)
	require.Error(t, err, "nobody listens any more")
	require.NoDirExists(t, s.dir)
}

func TestBindAddress(t *testing.T) {
	for _, tt := range []struct{ host, want, err string }{
		{host: "10.0.2.2", want: "127.0.0.1"},
		{host: "192.0.2.7", want: "192.0.2.7"},
		{host: "::1", want: "::1"},
		{host: "0.0.0.0", err: "serve files to the guest: 0.0.0.0 is no address that a guest could connect to"},
		{host: "build-host", err: `serve files to the guest: "build-host" is not an IP address`},
		{host: "", err: `serve files to the guest: "" is not an IP address`},
	} {
		t.Run(tt.host, func(t *testing.T) {
			got, err := bindAddress(tt.host)
			if tt.err != "" {
				require.EqualError(t, err, tt.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
		})
	}
}

func TestUserNetworkGuestsSeeTheLoopbackAddress(t *testing.T) {
	s, err := Serve(t.Context(), "10.0.2.2")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	item, err := s.AddReader(strings.NewReader("x"))
	require.NoError(t, err)
	require.Contains(t, item.URL, "http://10.0.2.2:")
	status, body := request(t, http.MethodGet, strings.Replace(item.URL, "10.0.2.2", "127.0.0.1", 1))
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "x", body)
}
