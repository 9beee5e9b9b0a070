package tools

import (
	"encoding/binary"
	"io"
	"net"
	"testing"

	"github.com/stretchr/testify/require"
)

// proxy speaks to the daemon as win/call.h does.
func proxy(t *testing.T, addr string, stdin []byte, fields ...string) (out string, code uint32) {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", addr)
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	send := func(data []byte) {
		_, err := conn.Write(append(binary.LittleEndian.AppendUint32(nil, uint32(len(data))), data...))
		require.NoError(t, err)
	}
	for _, f := range fields {
		send([]byte(f))
	}
	for {
		kind := make([]byte, 1)
		_, err := io.ReadFull(conn, kind)
		require.NoError(t, err)
		data, err := readField(conn)
		require.NoError(t, err)
		switch kind[0] {
		case 'o', 'e':
			out += string(kind) + ":" + string(data)
		case 'i':
			send(stdin)
			send(nil)
		case 'x':
			return out, binary.LittleEndian.Uint32(data)
		}
	}
}

func TestDaemon(t *testing.T) {
	b := newBench(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	served := make(chan error, 1)
	go func() { served <- b.Serve(t.Context(), l) }()
	addr := l.Addr().String()

	tests := []struct {
		name   string
		stdin  string
		fields []string
		out    string
		code   uint32
	}{
		{"stdout", "", []string{"net", `user bot ""`, `C:\`, "nul", ""}, "o:The command completed successfully.\r\n\r\n", 0},
		{"stderr and a large exit code", "", []string{"nosuch", "", `C:\`, "nul", ""}, "e:stand-in: nosuch: the stand-in has no nosuch\r\n", 9009},
		{
			"a code that fills 32 bits", "",
			[]string{"certutil", "-hashfile x", `C:\`, "nul", ""},
			"o:CertUtil: -hashfile command FAILED: 0x80070002 (-2147024894)\r\nCertUtil: The system cannot find the file specified.\r\n", 0x80070002,
		},
		{"stdin", "a\r\nb\r\n", []string{"findstr", "b", `C:\`, "pipe", ""}, "o:b\r\n", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, code := proxy(t, addr, []byte(tt.stdin), tt.fields...)
			require.Equal(t, tt.out, out)
			require.Equal(t, tt.code, code)
		})
	}
	require.NoError(t, l.Close())
	require.Error(t, <-served, "a daemon that loses its port says so")
}
