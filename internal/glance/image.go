package glance

import (
	"io"
	"time"
)

// Spec is what an image shall be.
type Spec struct {
	Name       string
	Visibility string // private, shared, community or public
	Tags       []string
	Properties map[string]string
	MinDisk    int // GiB
	MinRAM     int // MiB
}

// Data is the raw disk to publish.
type Data struct {
	Src  io.ReaderAt
	Size int64 // bytes
}

// Limits are how long things may take, and who is told how far they are.
type Limits struct {
	Upload   time.Duration
	Active   time.Duration    // from the end of the upload until the image can be used
	Progress func(sent int64) // may be nil
}

// Image is a published image.
type Image struct {
	ID     string
	Name   string
	Size   int64  // bytes
	SHA512 string // of the data, as both sides have found it
}
