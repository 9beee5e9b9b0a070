// Package glance is the post-processor guestprep-glance: it publishes a disk image in OpenStack's image service.
package glance

import (
	"context"
	"errors"

	"github.com/hashicorp/hcl/v2/hcldec"
	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"
	"github.com/hashicorp/packer-plugin-sdk/template/config"

	"github.com/guestprep/packer-plugin-guestprep/internal/glance"
)

// BuilderID marks the artifacts of this post-processor.
const BuilderID = "guestprep.glance"

// PostProcessor implements packersdk.PostProcessor.
type PostProcessor struct {
	config Config
}

var _ packersdk.PostProcessor = (*PostProcessor)(nil)

// ConfigSpec implements packersdk.HCL2Speccer.
func (p *PostProcessor) ConfigSpec() hcldec.ObjectSpec { return p.config.FlatMapstructure().HCL2Spec() }

// Configure implements packersdk.PostProcessor.
func (p *PostProcessor) Configure(raws ...any) error {
	p.config = Config{} // Packer configures twice: at the start, and again when it knows the build's variables
	err := config.Decode(&p.config, &config.DecodeOpts{
		PluginType:         "guestprep-glance",
		Interpolate:        true,
		InterpolateContext: &p.config.ctx,
	}, raws...)
	packersdk.LogSecretFilter.Set(p.config.Password, p.config.ApplicationCredentialSecret)
	if err != nil {
		return err
	}
	p.config.setDefaults()
	return p.config.check()
}

// PostProcess implements packersdk.PostProcessor. The disk it was made from is kept unless keep_input_artifact says
// otherwise: it has taken hours to build, and one look at the image in the cloud may tell what was forgotten.
func (p *PostProcessor) PostProcess(ctx context.Context, ui packersdk.Ui, a packersdk.Artifact) (
	result packersdk.Artifact, keep, mustKeep bool, err error,
) {
	image, err := p.publish(ctx, ui, a)
	if err != nil {
		return nil, true, false, err
	}
	return image, true, false, nil
}

// publish brings a disk into Glance. The login comes before the work, so that a wrong password costs seconds.
func (p *PostProcessor) publish(ctx context.Context, ui packersdk.Ui, a packersdk.Artifact) (image *Artifact, err error) {
	disk, err := findDisk(ctx, a)
	if err != nil {
		return nil, err
	}
	client, err := p.connect(ctx)
	if err != nil {
		return nil, err
	}
	ui.Sayf("Logged in to %s: Glance is at %s", p.config.access(), client.Endpoint())
	raw, err := openRaw(ctx, ui, disk)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, raw.Close()) }()
	return p.upload(ctx, ui, client, raw)
}

func (p *PostProcessor) connect(ctx context.Context) (*glance.Client, error) {
	login, err := p.config.access().Resolve()
	if err != nil {
		return nil, err
	}
	packersdk.LogSecretFilter.Set(login.Secrets()...)
	return login.Connect(ctx)
}
