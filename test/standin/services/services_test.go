package services

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guestprep/packer-plugin-guestprep/test/standin/wine/winetest"
)

func TestManager(t *testing.T) {
	changes := 0
	m := NewManager(winetest.Registry(t), func() { changes++ })
	winrm, err := Find("winrm")
	require.NoError(t, err)
	byDisplay, err := Find("windows remote management (ws-management)")
	require.NoError(t, err)
	require.Equal(t, winrm, byDisplay)

	require.NoError(t, m.Boot())
	require.Equal(t, 1, changes)
	require.False(t, m.Running(WinRM), "WinRM is started on demand on a fresh Windows 7")
	require.True(t, m.Running("MpsSvc"))

	require.ErrorIs(t, m.Stop(winrm), ErrNotStarted)
	require.NoError(t, m.Start(winrm))
	require.ErrorIs(t, m.Start(winrm), ErrRunning)
	require.True(t, m.Running(WinRM))
	require.Equal(t, 2, changes)

	require.NoError(t, m.Configure(winrm, Disabled))
	require.True(t, m.Running(WinRM), "the start type does not stop a service")
	require.NoError(t, m.Stop(winrm))
	require.ErrorIs(t, m.Start(winrm), ErrDisabled)

	require.NoError(t, m.Configure(winrm, Auto))
	require.NoError(t, m.Boot())
	require.True(t, m.Running(WinRM))

	_, err = Find("nosuch")
	require.ErrorIs(t, err, ErrUnknown)
}
