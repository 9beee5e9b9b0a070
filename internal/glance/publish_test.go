package glance

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha512"
	"encoding/hex"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guestprep/packer-plugin-guestprep/internal/glance/glancetest"
)

const mib = 1 << 20

var spec = Spec{
	Name: "SandboxImage", Visibility: "private", Tags: []string{"guestprep"},
	Properties: map[string]string{"os_type": "windows"}, MinDisk: 25, MinRAM: 2048,
}

func TestPublish(t *testing.T) {
	server := glancetest.New(t, glancetest.Faults{})
	content, data := disk(t, 3*mib)
	var sent []int64
	limits := testLimits()
	limits.Progress = func(n int64) { sent = append(sent, n) }

	image, err := connect(t, server).Publish(t.Context(), spec, data, limits)
	require.NoError(t, err)
	sum := sha512.Sum512(content)
	require.Equal(t, "SandboxImage", image.Name)
	require.EqualValues(t, 3*mib, image.Size)
	require.Equal(t, hex.EncodeToString(sum[:]), image.SHA512)
	require.Equal(t, []int64{3 * mib}, server.Lengths(), "without Content-Length, Glance takes a short body for a whole one")
	require.IsIncreasing(t, sent[:len(sent)-1])
	require.EqualValues(t, 3*mib, sent[len(sent)-1])

	require.Len(t, server.Images(), 1)
	got := server.Images()[0]
	for key, want := range map[string]any{
		"id": image.ID, "name": "SandboxImage", "visibility": "private", "os_type": "windows", "disk_format": "raw",
		"container_format": "bare", "min_disk": 25.0, "min_ram": 2048.0, "tags": []any{"guestprep"},
	} {
		require.Equal(t, want, got[key], key)
	}
}

// gophercloud repeats an upload that was refused for its token, with what is left of the body: with a plain reader that
// is nothing at all, and Glance makes an active image of it.
func TestPublishRepeatsAfter401(t *testing.T) {
	for _, read := range []int64{0, 100_000, 3 * mib} {
		server := glancetest.New(t, glancetest.Faults{FirstPut: http.StatusUnauthorized, FirstRead: read})
		content, data := disk(t, 3*mib)
		image, err := connect(t, server).Publish(t.Context(), spec, data, testLimits())
		require.NoError(t, err, "%d bytes read before the answer", read)
		sum := sha512.Sum512(content)
		require.Equal(t, hex.EncodeToString(sum[:]), image.SHA512)
		require.Equal(t, []int64{3 * mib, 3 * mib}, server.Lengths())
		require.Equal(t, 2, server.Logins())
	}
}

// Whatever goes wrong once the image exists: it must not stay.
func TestPublishFails(t *testing.T) {
	tests := []struct {
		name    string
		faults  glancetest.Faults
		created bool
		want    []string
	}{
		{
			name: "create refused", faults: glancetest.Faults{Create: http.StatusForbidden},
			want: []string{"image_name: \"SandboxImage\"", "403 Forbidden", "not this one", "roles"},
		},
		{
			name: "429 on the first upload", faults: glancetest.Faults{FirstPut: http.StatusTooManyRequests},
			created: true, want: []string{"429 Too Many Requests"},
		},
		{
			name: "store full", faults: glancetest.Faults{FirstPut: http.StatusRequestEntityTooLarge, FirstRead: 3 * mib},
			created: true, want: []string{"413", "store is full", "quota"},
		},
		{
			name: "connection cut", faults: glancetest.Faults{CutAfter: mib}, created: true,
			want: []string{"upload of image", "of 3145728 bytes", "broke the connection", "quota"},
		},
		{
			name: "short size", faults: glancetest.Faults{Lose: 512}, created: true,
			want: []string{"Glance has 3145216 bytes, 3145728 were sent"},
		},
		{
			name: "wrong digest", faults: glancetest.Faults{Hash: "00ff"}, created: true,
			want: []string{"digest: Glance has the sha512 00ff"},
		},
		{
			name: "another digest", faults: glancetest.Faults{Algorithm: "md5"}, created: true,
			want: []string{`"md5"`, "hashing_algorithm"},
		},
		{
			name: "killed", faults: glancetest.Faults{Status: "killed"}, created: true, want: []string{"became killed"},
		},
		{
			name: "never active", faults: glancetest.Faults{Status: "saving"}, created: true,
			want: []string{"which is saving", "active_timeout: not active after 1.5s"},
		},
		{
			name: "Glance goes silent", faults: glancetest.Faults{SilentShow: true}, created: true,
			want: []string{"active_timeout: not active after 1.5s"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := glancetest.New(t, test.faults)
			_, data := disk(t, 3*mib)
			_, err := connect(t, server).Publish(t.Context(), spec, data, testLimits())
			require.Error(t, err)
			for _, want := range test.want {
				require.ErrorContains(t, err, want)
			}
			require.NotContains(t, err.Error(), "<")
			require.Empty(t, server.Images())
			require.Equal(t, test.created, len(server.Deleted()) == 1, "deleted: %v", server.Deleted())
		})
	}
}

func TestPublishPublicRefused(t *testing.T) {
	server := glancetest.New(t, glancetest.Faults{Create: http.StatusForbidden})
	public := spec
	public.Visibility = "public"
	_, data := disk(t, mib)
	_, err := connect(t, server).Publish(t.Context(), public, data, testLimits())
	require.ErrorContains(t, err, `visibility: "public" is for administrators`)
}

// If even the deletion fails, the user is told how to do it.
func TestPublishCannotDelete(t *testing.T) {
	server := glancetest.New(t, glancetest.Faults{Lose: 1, Delete: http.StatusInternalServerError})
	_, data := disk(t, mib)
	_, err := connect(t, server).Publish(t.Context(), spec, data, testLimits())
	require.ErrorContains(t, err, "is not what was uploaded")
	require.ErrorContains(t, err, "openstack image delete "+server.Images()[0]["id"].(string))
}

func TestPublishCancelled(t *testing.T) {
	server := glancetest.New(t, glancetest.Faults{})
	ctx, cancel := context.WithCancel(t.Context())
	limits := testLimits()
	limits.Progress = func(int64) { cancel() }
	_, data := disk(t, 64*mib)
	_, err := connect(t, server).Publish(ctx, spec, data, limits)
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, server.Images())
	require.Len(t, server.Deleted(), 1)
}

func TestPublishTimeout(t *testing.T) {
	server := glancetest.New(t, glancetest.Faults{})
	limits := testLimits()
	limits.Upload = time.Nanosecond
	_, data := disk(t, mib)
	_, err := connect(t, server).Publish(t.Context(), spec, data, limits)
	require.ErrorContains(t, err, "upload_timeout: not done after 1ns")
	require.Empty(t, server.Images())
	require.Len(t, server.Deleted(), 1)
}

func connect(t *testing.T, server *glancetest.Server) *Client {
	t.Helper()
	login, err := explicit(server.URL).Resolve()
	require.NoError(t, err)
	client, err := login.Connect(t.Context())
	require.NoError(t, err)
	return client
}

func explicit(url string) Access {
	return Access{
		IdentityEndpoint: url + "/v3", Username: "member", Password: "member-s3cret", UserDomainName: "Default",
		ProjectName: "research", ProjectDomainName: "Default", Region: "RegionOne",
	}
}

func testLimits() Limits { return Limits{Upload: time.Minute, Active: 1500 * time.Millisecond} }

func disk(t *testing.T, size int) ([]byte, Data) {
	t.Helper()
	content := make([]byte, size)
	_, err := rand.Read(content)
	require.NoError(t, err)
	return content, Data{Src: bytes.NewReader(content), Size: int64(size)}
}
