package wine_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guestprep/packer-plugin-guestprep/test/standin/wine"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/wine/winetest"
)

func TestRegistry(t *testing.T) {
	const key = `HKLM\SOFTWARE\X`
	r := winetest.Registry(t)

	n, err := r.DWord(key, "N", 7)
	require.NoError(t, err)
	require.Equal(t, uint32(7), n, "absent")

	require.NoError(t, r.SetDWord(key, "N", 4000000000))
	require.NoError(t, r.SetString(key, "S", "a b"))
	n, err = r.DWord(key, "n", 7)
	require.NoError(t, err)
	require.Equal(t, uint32(4000000000), n)
	s, err := r.String(key, "S")
	require.NoError(t, err)
	require.Equal(t, "a b", s)

	_, err = r.DWord(key, "S", 0)
	require.ErrorContains(t, err, "is a string, want a REG_DWORD")
	_, err = r.String(key, "N")
	require.ErrorContains(t, err, "is a REG_DWORD, want a string")

	require.NoError(t, r.Delete(key, "S"))
	require.NoError(t, r.Delete(key, "S"), "deleting nothing")
	s, err = r.String(key, "S")
	require.NoError(t, err)
	require.Empty(t, s)
}

func TestRegistryErrors(t *testing.T) {
	tests := []struct{ name, answer, value, want string }{
		{"regd.exe refuses", "error\t5\r\n", "v", `regd.exe answered "error\t5\r\n"`},
		{"regd.exe is gone", "", "v", "EOF"},
		{"a value of two lines", "ok\r\n", "a\nb", "line end"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := wine.NewRegistry(&bytes.Buffer{}, strings.NewReader(tt.answer)).SetString(`HKLM\X`, "N", tt.value)
			require.ErrorContains(t, err, tt.want)
		})
	}
}
