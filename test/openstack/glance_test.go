package openstack_test

import (
	"crypto/rand"
	"crypto/sha512"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/guestprep/packer-plugin-guestprep/internal/glance"
	"github.com/guestprep/packer-plugin-guestprep/test/openstack"
)

const mib = 1 << 20

// One cloud serves all of these; the last one kills it.
func TestGlance(t *testing.T) {
	cloud := openstack.Up(t)
	t.Setenv("OS_CLIENT_CONFIG_FILE", cloud.ClientConfigFile)

	t.Run("what arrives is what was sent", func(t *testing.T) {
		sum, disk := diskFile(t, 24*mib)
		image, err := connect(t, cloud.MemberCloudName).Publish(t.Context(), spec("private"), disk, limits())
		require.NoError(t, err)
		require.Equal(t, sum, image.SHA512)
		require.Equal(t, sum, storedSum(t, cloud, image.ID))
		require.NoError(t, connect(t, cloud.MemberCloudName).Delete(t.Context(), image.ID))
		require.Empty(t, stored(t, cloud))
	})

	t.Run("an administrator publishes for everybody", func(t *testing.T) {
		_, disk := diskFile(t, mib)
		client := connect(t, cloud.CloudName)
		image, err := client.Publish(t.Context(), spec("public"), disk, limits())
		require.NoError(t, err)
		require.NoError(t, client.Delete(t.Context(), image.ID))
	})

	t.Run("a member may not", func(t *testing.T) {
		_, disk := diskFile(t, mib)
		_, err := connect(t, cloud.MemberCloudName).Publish(t.Context(), spec("public"), disk, limits())
		require.ErrorContains(t, err, `visibility: "public" is for administrators`)
		require.ErrorContains(t, err, "403 Forbidden")
		require.Empty(t, stored(t, cloud))
	})

	t.Run("wrong password", func(t *testing.T) {
		text, err := os.ReadFile(cloud.ClientConfigFile)
		require.NoError(t, err)
		wrong := filepath.Join(t.TempDir(), "clouds.yaml")
		require.NoError(t, os.WriteFile(wrong, replace(text, "member-s3cret", "guessed"), 0o600))
		t.Setenv("OS_CLIENT_CONFIG_FILE", wrong)
		login, err := glance.Access{Cloud: cloud.MemberCloudName}.Resolve()
		require.NoError(t, err)
		_, err = login.Connect(t.Context())
		require.ErrorContains(t, err, `cloud: "guestprep-member": Keystone at http://127.0.0.1:`)
		require.ErrorContains(t, err, `refuses the login of user "member"`)
		require.NotContains(t, err.Error(), "guessed")
	})

	t.Run("Glance dies during an upload", func(t *testing.T) {
		_, disk := diskFile(t, 64*mib)
		client := connect(t, cloud.MemberCloudName)
		dying, once := limits(), sync.Once{}
		dying.Progress = func(sent int64) {
			if sent > 8*mib {
				once.Do(func() { cloud.KillGlance(t) })
			}
		}
		_, err := client.Publish(t.Context(), spec("private"), disk, dying)
		require.ErrorContains(t, err, "upload of image")
		require.ErrorContains(t, err, "openstack image delete")
	})

	t.Run("Glance is down", func(t *testing.T) {
		login, err := glance.Access{Cloud: cloud.MemberCloudName}.Resolve()
		require.NoError(t, err)
		_, err = login.Connect(t.Context())
		require.ErrorContains(t, err, `cloud: "guestprep-member": Glance at http://127.0.0.1:`)
		require.ErrorContains(t, err, "cannot be reached")
		require.ErrorContains(t, err, "connection refused")
	})
}

func connect(t *testing.T, cloud string) *glance.Client {
	t.Helper()
	login, err := glance.Access{Cloud: cloud}.Resolve()
	require.NoError(t, err)
	client, err := login.Connect(t.Context())
	require.NoError(t, err)
	return client
}

func spec(visibility string) glance.Spec {
	return glance.Spec{Name: "SandboxImage", Visibility: visibility, Properties: map[string]string{"os_type": "windows"}}
}

func limits() glance.Limits { return glance.Limits{Upload: 5 * time.Minute, Active: time.Minute} }

// diskFile is a file of random bytes and its digest.
func diskFile(t *testing.T, size int64) (string, glance.Data) {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "disk.raw"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, f.Close()) })
	sum := sha512.New()
	_, err = io.CopyN(io.MultiWriter(f, sum), rand.Reader, size)
	require.NoError(t, err)
	return hex.EncodeToString(sum.Sum(nil)), glance.Data{Src: f, Size: size}
}
