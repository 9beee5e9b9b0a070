package glance

import (
	"context"
	"fmt"

	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"

	"github.com/guestprep/packer-plugin-guestprep/internal/glance"
	"github.com/guestprep/packer-plugin-guestprep/internal/human"
)

// Artifact is a published image.
type Artifact struct {
	cloud  string
	image  glance.Image
	client *glance.Client
}

var _ packersdk.Artifact = (*Artifact)(nil)

// BuilderId implements packersdk.Artifact.
func (a *Artifact) BuilderId() string { return BuilderID }

// Files implements packersdk.Artifact: nothing of the image is on this machine.
func (a *Artifact) Files() []string { return nil }

// Id implements packersdk.Artifact: the UUID of the image.
func (a *Artifact) Id() string { return a.image.ID }

// String implements packersdk.Artifact.
func (a *Artifact) String() string {
	return fmt.Sprintf("image %q in Glance of %s\n  id      %s\n  size    %s (%d bytes)\n  sha512  %s", a.image.Name, a.cloud,
		a.image.ID, human.Size(a.image.Size), a.image.Size, a.image.SHA512)
}

// State implements packersdk.Artifact.
func (a *Artifact) State(string) any { return nil }

// Destroy implements packersdk.Artifact: it deletes the image.
func (a *Artifact) Destroy() error {
	// Packer gives no context here. The deletion has a time limit of its own.
	return a.client.Delete(context.Background(), a.image.ID)
}
