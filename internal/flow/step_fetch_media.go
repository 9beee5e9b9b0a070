package flow

import (
	"context"
	"fmt"
	"os"

	"github.com/hashicorp/packer-plugin-sdk/multistep"
	"github.com/hashicorp/packer-plugin-sdk/multistep/commonsteps"

	"github.com/guestprep/packer-plugin-guestprep/internal/human"
)

// stepFetchMedia downloads the installation ISO, unless it is a file of this host, and checks its checksum.
type stepFetchMedia struct{ *build }

func (s *stepFetchMedia) Run(ctx context.Context, bag multistep.StateBag) multistep.StepAction {
	return s.do(ctx, bag, "Fetching the installation medium", s.fetch)
}

func (s *stepFetchMedia) fetch(ctx context.Context) error {
	m := s.Plan.Medium
	result, err := s.nested(ctx, &commonsteps.StepDownload{
		Checksum: m.Checksum, Description: "ISO", Extension: m.Extension,
		ResultKey: "iso_path", TargetPath: m.TargetPath, Url: m.URLs,
	})
	if err != nil {
		return fmt.Errorf("iso_url, iso_checksum: %w; check that the URL can be read, and that the checksum is the file's", err)
	}
	if s.found.iso, err = text(result, "iso_path"); err != nil {
		return err
	}
	info, err := os.Stat(s.found.iso)
	if err != nil {
		return err
	}
	how := "its checksum is right"
	if m.Checksum == "none" {
		how = "not checked, as iso_checksum says"
	}
	s.detail(fmt.Sprintf("%s (%s), %s", s.found.iso, human.Size(info.Size()), how))
	return nil
}

func (s *stepFetchMedia) Cleanup(multistep.StateBag) {}
