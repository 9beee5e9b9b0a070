package human

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestSize(t *testing.T) {
	require.Equal(t, "0 B", Size(0))
	require.Equal(t, "46.5 KiB", Size(47616))
	require.Equal(t, "512 KiB", Size(512<<10))
	require.Equal(t, "25 GiB", Size(25<<30))
	require.Equal(t, "2.1 GiB", Size(2254857830))
}

func TestDuration(t *testing.T) {
	require.Equal(t, "0.0 s", Duration(time.Millisecond))
	require.Equal(t, "14.3 s", Duration(14321*time.Millisecond))
	require.Equal(t, "2 min 05 s", Duration(125*time.Second))
	require.Equal(t, "61 min 00 s", Duration(61*time.Minute))
}

func TestRate(t *testing.T) {
	require.Equal(t, "190 MiB/s", Rate(1900<<20, 10*time.Second))
	require.Equal(t, "1000 MiB/s", Rate(1<<20, 0))
}
