package power

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
)

const (
	eventKey = 1   // EV_KEY
	keyPower = 116 // KEY_POWER
)

// WatchButton calls pressed each time that somebody presses the ACPI power button. It needs the modules button and evdev.
func WatchButton(pressed func()) error {
	devices, err := filepath.Glob("/dev/input/event*")
	if err != nil {
		return err
	}
	for _, name := range devices {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		go func() {
			defer func() { _ = f.Close() }() // only read from
			_ = watch(f, pressed)            // it ends when the device does, with the machine
		}()
	}
	return nil
}

// watch reads Linux input events: a time of two longs, then type, code and value.
func watch(r io.Reader, pressed func()) error {
	const timeSize = 8 // two longs of a 32-bit kernel
	event := make([]byte, timeSize+8)
	for {
		if _, err := io.ReadFull(r, event); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		kind := binary.LittleEndian.Uint16(event[timeSize:])
		code := binary.LittleEndian.Uint16(event[timeSize+2:])
		value := binary.LittleEndian.Uint32(event[timeSize+4:])
		if kind == eventKey && code == keyPower && value == 1 {
			pressed()
		}
	}
}
