package power

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestControl(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New()
		require.ErrorIs(t, c.Abort(), ErrNothing)
		require.NoError(t, c.Schedule(Reboot, time.Hour))
		require.ErrorIs(t, c.Schedule(Off, 0), ErrScheduled)
		require.NoError(t, c.Abort())
		require.NoError(t, c.Schedule(Off, 30*time.Second))
		before := time.Now()
		require.Equal(t, Off, <-c.Down())
		require.Equal(t, 30*time.Second, time.Since(before))
		require.ErrorIs(t, c.Abort(), ErrNothing)
	})
}
