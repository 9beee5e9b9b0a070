package tools

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
)

// Address is where proxy.exe calls; see win/call.h for what passes.
const Address = "127.0.0.1:2107"

const mostField = 1 << 20

// Serve answers the calls of Windows programs until ctx ends.
func (m *Machine) Serve(ctx context.Context, l net.Listener) error {
	stop := context.AfterFunc(ctx, func() { _ = l.Close() }) // Accept then fails, which is the message
	defer stop()
	for {
		conn, err := l.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("accepting a call of a tool: %w", err)
		}
		go func() {
			defer func() { _ = conn.Close() }() // the caller has its answer or is gone
			if err := m.answer(ctx, conn); err != nil && !errors.Is(err, io.EOF) {
				m.Screen.Log("a tool's call failed: %v", err)
			}
		}()
	}
}

func (m *Machine) answer(ctx context.Context, conn net.Conn) error {
	var fields [5]string
	for i := range fields {
		data, err := readField(conn)
		if err != nil {
			return err
		}
		fields[i] = string(data)
	}
	var mu sync.Mutex
	c := &Call{
		Name: fields[0], Args: fields[1], Folder: fields[2], StdinKind: fields[3], Account: m.Runner.Account(fields[4]),
		Stdout: &frames{conn, &mu, 'o'}, Stderr: &frames{conn, &mu, 'e'},
	}
	c.Stdin = func() ([]byte, error) { return readStdin(conn, &mu) }
	code := m.Call(ctx, c)
	return writeFrame(conn, 'x', binary.LittleEndian.AppendUint32(nil, code))
}

func readField(r io.Reader) ([]byte, error) {
	var size [4]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint32(size[:])
	if n > mostField {
		return nil, fmt.Errorf("a field of %d bytes", n)
	}
	data := make([]byte, n)
	_, err := io.ReadFull(r, data)
	return data, err
}

func readStdin(conn net.Conn, mu *sync.Mutex) ([]byte, error) {
	mu.Lock()
	defer mu.Unlock()
	if err := writeFrame(conn, 'i', nil); err != nil {
		return nil, err
	}
	var all bytes.Buffer
	for {
		data, err := readField(conn)
		if err != nil || len(data) == 0 {
			return all.Bytes(), err
		}
		all.Write(data)
	}
}

// frames sends what a tool writes.
type frames struct {
	w    io.Writer
	mu   *sync.Mutex
	kind byte
}

func (f *frames) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(p), writeFrame(f.w, f.kind, p)
}

func writeFrame(w io.Writer, kind byte, data []byte) error {
	frame := binary.LittleEndian.AppendUint32([]byte{kind}, uint32(len(data)))
	_, err := w.Write(append(frame, data...))
	return err
}
