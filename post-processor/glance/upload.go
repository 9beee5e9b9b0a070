package glance

import (
	"context"
	"time"

	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"

	"github.com/guestprep/packer-plugin-guestprep/internal/glance"
	"github.com/guestprep/packer-plugin-guestprep/internal/human"
)

// upload publishes a raw disk, and shows how far it is.
func (p *PostProcessor) upload(ctx context.Context, ui packersdk.Ui, client *glance.Client, raw *rawDisk) (*Artifact, error) {
	ui.Sayf("Uploading %s to %s as %q", human.Size(raw.size), p.config.access(), p.config.ImageName)
	start := time.Now()
	bar := newBar(ui, p.config.ImageName, raw.size)
	image, err := client.Publish(ctx, p.config.spec(raw), glance.Data{Src: raw.file, Size: raw.size}, glance.Limits{
		Upload:   p.config.UploadTimeout,
		Active:   p.config.ActiveTimeout,
		Progress: bar.set,
	})
	bar.close()
	if err != nil {
		return nil, err
	}
	ui.Sayf("Uploaded %s in %s (%s); Glance has the same size and SHA-512", human.Size(image.Size), human.Since(start),
		human.Rate(image.Size, time.Since(start)))
	return &Artifact{cloud: p.config.access().String(), image: image, client: client}, nil
}

// spec is the image that the configuration describes, for a certain disk.
func (c *Config) spec(raw *rawDisk) glance.Spec {
	spec := glance.Spec{
		Name:       c.ImageName,
		Visibility: string(c.Visibility),
		Tags:       c.Tags,
		Properties: merge(raw.properties, c.Properties),
		MinDisk:    c.MinDisk,
		MinRAM:     c.MinRAM,
	}
	if spec.MinDisk == 0 {
		spec.MinDisk = int((raw.size + gib - 1) / gib)
	}
	return spec
}

// merge lets the user's properties win over the known ones, and leaves empty ones out.
func merge(known, users map[string]string) map[string]string {
	merged := map[string]string{}
	for _, properties := range []map[string]string{known, users} {
		for key, value := range properties {
			merged[key] = value
			if value == "" {
				delete(merged, key)
			}
		}
	}
	return merged
}
