package glance

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBar(t *testing.T) {
	const total = 100*mib + 7
	ui := &terminal{}
	b := newBar(ui, "disk", total)
	for done := int64(0); done < total; done += 32 << 10 {
		b.set(done)
	}
	b.set(total)
	b.close()
	b.set(total)

	require.Len(t, ui.bars, 1)
	shown := ui.bars[0]
	require.Equal(t, "disk", shown.name)
	require.EqualValues(t, total, shown.total)
	require.EqualValues(t, total, shown.read)
	require.True(t, shown.closed)
	require.EqualValues(t, total/barStep(total)+1, shown.calls, "each call goes to another process and back")
}

// An upload that is repeated begins at nothing.
func TestBarBeginsAnew(t *testing.T) {
	ui := &terminal{}
	b := newBar(ui, "disk", 64*mib)
	b.set(40 * mib)
	b.set(8 * mib)
	b.set(64 * mib)
	b.close()
	require.Len(t, ui.bars, 2)
	require.True(t, ui.bars[0].closed)
	require.EqualValues(t, 40*mib, ui.bars[0].read)
	require.True(t, ui.bars[1].closed)
	require.EqualValues(t, 64*mib, ui.bars[1].read)
}
