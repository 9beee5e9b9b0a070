package qemu

import (
	"context"
	"errors"
	"fmt"
	"image/png"
	"os"
	"path/filepath"

	"github.com/spakin/netpbm"
)

// Screenshot implements machine.VM. QEMU writes PNG itself only since 7.1, PPM always did.
func (v *vm) Screenshot(ctx context.Context, path string) (err error) {
	ppm := filepath.Join(v.spec.Dir, "screen.ppm")
	if err := v.monitor.run(ctx, "screendump", map[string]any{"filename": ppm}); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, removeFile(ppm)) }()
	return ppmToPNG(ppm, path)
}

func ppmToPNG(ppm, path string) (err error) {
	in, err := os.Open(ppm)
	if err != nil {
		return err
	}
	defer in.Close()
	picture, err := netpbm.Decode(in, &netpbm.DecodeOptions{Target: netpbm.PPM})
	if err != nil {
		return fmt.Errorf("QEMU's picture: %w", err)
	}
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() {
		if err = errors.Join(err, out.Close()); err != nil {
			err = errors.Join(err, removeFile(path))
		}
	}()
	return png.Encode(out, picture)
}
