package glance

import (
	"context"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"net/http"
	"sync"
)

// upload is a disk on its way to Glance. Each attempt to send it reads it anew, from the beginning to the end.
type upload struct {
	src      io.ReaderAt
	size     int64
	progress func(sent int64)

	mu   sync.Mutex
	last *attempt
}

// attempt reads the disk once and knows what was read.
type attempt struct {
	upload *upload
	src    *io.SectionReader
	sum    hash.Hash
	sent   int64
}

// errSuperseded ends the reading of an attempt that was answered before its end and repeated.
var errSuperseded = errors.New("this attempt to upload was given up for another")

func (u *upload) open() io.ReadCloser {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.last = &attempt{upload: u, src: io.NewSectionReader(u.src, 0, u.size), sum: sha512.New()}
	return u.last
}

func (u *upload) reopen() (io.ReadCloser, error) { return u.open(), nil }

// Read reads the disk, and takes size and digest of what it gives out.
func (a *attempt) Read(p []byte) (int, error) {
	a.upload.mu.Lock()
	defer a.upload.mu.Unlock()
	if a.upload.last != a {
		return 0, errSuperseded
	}
	n, err := a.src.Read(p)
	a.sum.Write(p[:n])
	a.sent += int64(n)
	a.upload.progress(a.sent)
	return n, err
}

// Close does nothing: the disk belongs to whoever opened it.
func (a *attempt) Close() error { return nil }

// sent is the size and the SHA-512 of what the last attempt sent.
func (u *upload) sent() (size int64, sum string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.last == nil {
		return 0, ""
	}
	return u.last.sent, hex.EncodeToString(u.last.sum.Sum(nil))
}

type uploadKey struct{}

// context returns a context whose PUT requests carry the upload.
func (u *upload) context(ctx context.Context) context.Context {
	return context.WithValue(ctx, uploadKey{}, u)
}

// uploadOf returns the upload that a request is to carry, or nil. A new login on the way has the same context, but is
// no PUT.
func uploadOf(req *http.Request) *upload {
	if req.Method != http.MethodPut {
		return nil
	}
	u, _ := req.Context().Value(uploadKey{}).(*upload)
	return u
}
