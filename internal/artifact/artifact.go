// Package artifact is the disk image that our builders give to post-processors, and the way it takes through Packer's
// RPC, which carries file names and simple values only.
package artifact

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"
)

// stateDisk is the State key under which the Disk travels, as JSON text: RPC loses types, but not text.
const stateDisk = "guestprep.disk"

// Disk is a finished disk image and the hardware it was installed on.
type Disk struct {
	Path        string `json:"path"`         // image file
	Format      string `json:"format"`       // as qemu-img names it
	Size        int64  `json:"size"`         // bytes, as the guest sees it
	Bus         string `json:"bus"`          // as Nova's hw_disk_bus
	NIC         string `json:"nic"`          // as Nova's hw_vif_model
	MachineType string `json:"machine_type"` // as Nova's hw_machine_type; empty if there is no equivalent
}

// Image is the artifact of a build.
type Image struct {
	builder string
	disk    Disk
}

var _ packersdk.Artifact = (*Image)(nil)

// New returns the artifact for a disk made by the builder with the given id.
func New(builder string, disk Disk) *Image { return &Image{builder: builder, disk: disk} }

// BuilderId implements packersdk.Artifact.
func (i *Image) BuilderId() string { return i.builder }

// Files implements packersdk.Artifact.
func (i *Image) Files() []string { return []string{i.disk.Path} }

// Id implements packersdk.Artifact: the path of the image, which names one image.
func (i *Image) Id() string { return i.disk.Path }

// String implements packersdk.Artifact.
func (i *Image) String() string {
	return fmt.Sprintf("disk image %s (%s, %d GiB)", i.disk.Path, i.disk.Format, (i.disk.Size+1<<30-1)>>30)
}

// State implements packersdk.Artifact.
func (i *Image) State(name string) any {
	if name != stateDisk {
		return nil
	}
	b, err := json.Marshal(i.disk)
	if err != nil {
		return nil // a struct of strings and a number can always be written
	}
	return string(b)
}

// Destroy implements packersdk.Artifact: it removes the image.
func (i *Image) Destroy() error {
	if err := os.Remove(i.disk.Path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// ErrForeign is returned by Read for an artifact that carries no Disk.
var ErrForeign = errors.New("not an artifact of a guestprep builder")

// Read returns the disk that an artifact describes, on either side of Packer's RPC.
func Read(a packersdk.Artifact) (Disk, error) {
	text, ok := a.State(stateDisk).(string)
	if !ok {
		return Disk{}, fmt.Errorf("%w: %s", ErrForeign, a.BuilderId())
	}
	var d Disk
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return Disk{}, fmt.Errorf("artifact of %s: %w", a.BuilderId(), err)
	}
	return d, nil
}
