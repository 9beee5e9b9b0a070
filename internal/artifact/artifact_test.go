package artifact

import (
	"bytes"
	"encoding/gob"
	"os"
	"path/filepath"
	"testing"

	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"
	"github.com/stretchr/testify/require"
)

func example(t *testing.T) Disk {
	t.Helper()
	path := filepath.Join(t.TempDir(), "guest_preparation.qcow2")
	require.NoError(t, os.WriteFile(path, []byte("disk"), 0o600))
	return Disk{Path: path, Format: "qcow2", Size: 25 << 30, Bus: "ide", NIC: "e1000", MachineType: "pc"}
}

func TestImage(t *testing.T) {
	disk := example(t)
	image := New("guestprep.qemu", disk)
	require.Equal(t, "guestprep.qemu", image.BuilderId())
	require.Equal(t, disk.Path, image.Id())
	require.Equal(t, []string{disk.Path}, image.Files())
	require.Equal(t, "disk image "+disk.Path+" (qcow2, 25 GiB)", image.String())
	require.Nil(t, image.State("anything else"))
}

// Packer carries State through gob, which knows no types but the registered ones.
func TestStateTravels(t *testing.T) {
	disk := example(t)
	var wire bytes.Buffer
	state := New("guestprep.qemu", disk).State(stateDisk)
	require.NoError(t, gob.NewEncoder(&wire).Encode(&state))
	var arrived any
	require.NoError(t, gob.NewDecoder(&wire).Decode(&arrived))

	got, err := Read(&packersdk.MockArtifact{BuilderIdValue: "guestprep.qemu", StateValues: map[string]any{stateDisk: arrived}})
	require.NoError(t, err)
	require.Equal(t, disk, got)
}

func TestReadRefuses(t *testing.T) {
	tests := []struct {
		name  string
		state map[string]any
		want  string
	}{
		{"another builder's", nil, "not an artifact of a guestprep builder: transcend.qemu"},
		{"damaged", map[string]any{stateDisk: "{"}, "artifact of transcend.qemu: unexpected end of JSON input"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Read(&packersdk.MockArtifact{BuilderIdValue: "transcend.qemu", StateValues: tt.state})
			require.EqualError(t, err, tt.want)
		})
	}
}

func TestDestroy(t *testing.T) {
	disk := example(t)
	image := New("guestprep.qemu", disk)
	require.NoError(t, image.Destroy())
	require.NoFileExists(t, disk.Path)
	require.NoError(t, image.Destroy(), "a second time")
}
