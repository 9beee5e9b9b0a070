package glance

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestUnits(t *testing.T) {
	require.Equal(t, "0.5 MiB", humanSize(512<<10))
	require.Equal(t, "25.0 GiB", humanSize(25<<30))
	require.Equal(t, "2.1 GiB", humanSize(2254857830))
	require.Equal(t, "0.0 s", humanTime(time.Millisecond))
	require.Equal(t, "14.3 s", humanTime(14321*time.Millisecond))
	require.Equal(t, "2 min 05 s", humanTime(125*time.Second))
	require.Equal(t, "61 min 00 s", humanTime(61*time.Minute))
	require.Equal(t, "190.0 MiB/s", humanRate(1900*mib, 10*time.Second))
	require.Equal(t, "1000.0 MiB/s", humanRate(mib, 0))
}
