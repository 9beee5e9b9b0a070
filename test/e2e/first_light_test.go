package e2e

import (
	"bytes"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/gophercloud/gophercloud/v2/openstack/image/v2/imagedata"
	"github.com/gophercloud/gophercloud/v2/openstack/image/v2/images"
	"github.com/stretchr/testify/require"

	"github.com/guestprep/packer-plugin-guestprep/test/openstack"
)

const imageName = "SandboxImage"

// exampleArgs are the arguments that build the example from the stand-in's medium. A disk of 4 GiB serves.
func exampleArgs(t *testing.T, cloud openstack.Cloud) []string {
	t.Helper()
	installer := filepath.Join(built.standin, "dotNetFx40_Full_x86_x64.exe")
	sum, err := fileSHA256(installer)
	require.NoError(t, err)
	return []string{
		"build", "-color=false", // the command comes first, the template last
		"-var", "iso_url=" + filepath.Join(built.standin, "standin.iso"), "-var", "iso_checksum=" + built.checksum,
		"-var", "disk_size=4G", "-var", "output_directory=output-windows7",
		"-var", "dotnet=" + installer, "-var", "dotnet_sha256=" + sum,
		"-var", "agent=" + filepath.Join(built.standin, "GuestAgent.zip"),
		"-var", "cloud=" + cloud.MemberCloudName, "-var", "image_name=" + imageName,
		filepath.Join(built.root, "example", "windows7-qemu.pkr.hcl"),
	}
}

// TestFirstLight is the main job: from an installation ISO to a published image.
func TestFirstLight(t *testing.T) {
	cloud := openstack.Up(t)
	p := newPacker(t, "OS_CLIENT_CONFIG_FILE="+cloud.ClientConfigFile)
	p.start(t, exampleArgs(t, cloud)...)
	p.waitFor(t, waiting)
	password := p.buildPassword(t)
	require.Zero(t, p.wait(t))

	out := p.output.String()
	require.NotContains(t, out, "[INFO]", "stray log lines")
	require.NotRegexp(t, `\d{4}/\d\d/\d\d \d\d:`, out, "stray log lines")

	// What is in Glance is the disk that was built, and it is there once.
	image := onlyImage(t, cloud)
	require.Equal(t, imageName, image.Name)
	require.Equal(t, images.ImageStatusActive, image.Status)
	require.Equal(t, "raw", image.DiskFormat)
	require.Equal(t, "bare", image.ContainerFormat)
	require.EqualValues(t, 4<<30, image.SizeBytes)
	require.Equal(t, "ide", image.Properties["hw_disk_bus"])
	require.Equal(t, "e1000", image.Properties["hw_vif_model"])
	require.Contains(t, out, image.ID, "the artifact's Id")
	disk := filepath.Join(p.dir, "output-windows7", "guest_preparation.qcow2")
	compareWithGlance(t, cloud, image.ID, disk)

	requirePicture(t, filepath.Join(p.dir, "output-windows7", "connected.png"))
	require.Empty(t, p.qemu(t), "processes")
	requireNoSecrets(t, p, password, "member-s3cret", "admin-s3cret")
}

// onlyImage returns the one image that the cloud has.
func onlyImage(t *testing.T, cloud openstack.Cloud) images.Image {
	t.Helper()
	all := listImages(t, cloud)
	require.Len(t, all, 1)
	return all[0]
}

func listImages(t *testing.T, cloud openstack.Cloud) []images.Image {
	t.Helper()
	pages, err := images.List(cloud.Client(t), images.ListOpts{}).AllPages(t.Context())
	require.NoError(t, err)
	all, err := images.ExtractImages(pages)
	require.NoError(t, err)
	return all
}

// compareWithGlance downloads the image and compares each byte with the disk, by way of qemu-img alone.
func compareWithGlance(t *testing.T, cloud openstack.Cloud, id, disk string) {
	t.Helper()
	body, err := imagedata.Download(t.Context(), cloud.Client(t), id).Extract()
	require.NoError(t, err)
	defer body.(io.Closer).Close()
	path := filepath.Join(t.TempDir(), "downloaded.raw")
	writeSparse(t, path, body)
	out, err := exec.CommandContext(t.Context(), "qemu-img", "compare", "-f", "qcow2", "-F", "raw", disk, path).CombinedOutput()
	require.NoError(t, err, string(out))
	require.Equal(t, "Images are identical.\n", string(out))
}

// writeSparse leaves holes where the image has nothing, because test machines are small.
func writeSparse(t *testing.T, path string, r io.Reader) {
	t.Helper()
	f, err := os.Create(path)
	require.NoError(t, err)
	defer f.Close()
	block, zero := make([]byte, 1<<20), make([]byte, 1<<20)
	var size int64
	for {
		n, err := io.ReadFull(r, block)
		if n > 0 && !bytes.Equal(block[:n], zero[:n]) {
			_, err := f.WriteAt(block[:n], size)
			require.NoError(t, err)
		}
		size += int64(n)
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			break
		}
		require.NoError(t, err)
	}
	require.NoError(t, f.Truncate(size))
}

// requirePicture wants a screenshot on which there is something.
func requirePicture(t *testing.T, path string) {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	picture, err := png.Decode(f)
	require.NoError(t, err)
	colours := map[any]bool{}
	for y := range picture.Bounds().Dy() {
		for x := range picture.Bounds().Dx() {
			colours[picture.At(x, y)] = true
		}
	}
	require.Greater(t, len(colours), 1, "%s is empty", path)
}

// buildPassword reads the password that the build has made up from the answer CD, while there is one.
func (p *packer) buildPassword(t *testing.T) string {
	t.Helper()
	cds, err := filepath.Glob(filepath.Join(p.tmp, "guestprep-*", "answer.iso"))
	require.NoError(t, err)
	require.Len(t, cds, 1)
	cd, err := os.ReadFile(cds[0])
	require.NoError(t, err)
	found := regexp.MustCompile(`<PlainText>true</PlainText>\s*<Value>(.+)</Value>`).FindSubmatch(cd)
	require.Len(t, found, 2, "the answer file has no password")
	return string(found[1])
}

// requireNoSecrets looks for secrets in the full log and on the terminal.
func requireNoSecrets(t *testing.T, p *packer, secrets ...string) {
	t.Helper()
	log, err := os.ReadFile(p.log)
	require.NoError(t, err)
	require.Contains(t, string(log), "<sensitive>", "the plan is logged, so the log is the right file")
	said := string(log) + p.output.String()
	for _, secret := range secrets {
		require.NotEmpty(t, secret)
		require.NotContains(t, said, secret)
	}
}
