package flow

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"

	"github.com/hashicorp/packer-plugin-sdk/multistep"

	"github.com/guestprep/packer-plugin-guestprep/internal/answer"
	"github.com/guestprep/packer-plugin-guestprep/internal/media"
)

// openWinRM is what the answer file has Windows run as the last first-logon command. cmd wants its CRLF line ends.
//
//go:embed guestfiles/open-winrm.cmd
var openWinRM []byte

// openCommand finds the script on whichever drive letter the answer CD has got. A single % is right outside a script.
const openCommand = `cmd /c for %d in (D E F G H) do if exist %d:\guestprep\open-winrm.cmd call %d:\guestprep\open-winrm.cmd`

// stepWriteAnswerCD writes the CD from which Setup takes its answers.
type stepWriteAnswerCD struct{ *build }

func (s *stepWriteAnswerCD) Run(ctx context.Context, bag multistep.StateBag) multistep.StepAction {
	return s.do(ctx, bag, "Writing the answer CD", s.write)
}

func (s *stepWriteAnswerCD) write(ctx context.Context) error {
	document, err := s.document()
	if err != nil {
		return err
	}
	s.found.answerCD = filepath.Join(s.found.workDir, "answer.iso")
	return media.WriteCD(ctx, s.found.answerCD, "GUESTPREP", []media.File{
		{Path: "Autounattend.xml", Data: document},
		{Path: "guestprep/open-winrm.cmd", Data: openWinRM},
	})
}

func (s *stepWriteAnswerCD) document() ([]byte, error) {
	if file := s.Plan.Answer.File; file != "" {
		s.detail("answer file: " + file)
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("answer_file: %w", err)
		}
		return data, nil
	}
	in := s.Plan.Answer.Install
	s.detail(fmt.Sprintf("%s, user %s, computer %s, time zone %s", in.Edition, in.User, in.ComputerName, in.TimeZone))
	in.FirstLogon = append(in.FirstLogon, answer.Command{Line: openCommand, Description: "Open WinRM for the build"})
	return answer.Render(in)
}

func (s *stepWriteAnswerCD) Cleanup(multistep.StateBag) {}
