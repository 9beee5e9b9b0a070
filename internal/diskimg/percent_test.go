package diskimg

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLastPercent(t *testing.T) {
	tests := []struct {
		name  string
		text  string
		want  float64
		found bool
		rest  string
	}{
		{name: "nothing yet", text: "", rest: ""},
		{name: "first display of qemu-img 7.2", text: "    (0.00/100%)\r", found: true},
		{name: "the last of several", text: "    (1.82/100%)\r    (3.64/100%)\r", want: 3.64, found: true},
		{name: "a display cut in two", text: "    (1.82/100%)\r    (3.6", want: 1.82, found: true, rest: "    (3.6"},
		{name: "the end", text: "    (100.00/100%)\r    (100.00/100%)\r\n", want: 100, found: true, rest: "\n"},
		{name: "more than all", text: "(999.00/100%)", rest: ""},
		{name: "other text", text: "qemu-img: cannot read", rest: "qemu-img: cannot read"},
		{
			name: "long other text is not kept", text: "0123456789012345678901234567890123456789",
			rest: "89012345678901234567890123456789",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			percent, found, rest := lastPercent(test.text)
			require.Equal(t, test.found, found)
			require.InDelta(t, test.want, percent, 0.001)
			require.Equal(t, test.rest, rest)
		})
	}
}

func TestDropPercents(t *testing.T) {
	const text = "    (0.00/100%)\r    (40.02/100%)\rqemu-img: error while writing: No space left on device"
	require.Equal(t, "qemu-img: error while writing: No space left on device", dropPercents(text))
}

// However the pipe cuts the output, the writer must end at the percentage that the whole text ends with.
func FuzzPercentWriter(f *testing.F) {
	f.Add("    (0.00/100%)\r    (1.82/100%)\r", 7)
	f.Add("    (99.99/100%)\r    (100.00/100%)\r\n", 1)
	f.Add("(5.00/100%)qemu-img: (5.0", 3)
	f.Fuzz(func(t *testing.T, text string, step int) {
		if step < 1 {
			step = 1
		}
		last := -1.0
		w := &percentWriter{report: func(percent float64) {
			require.GreaterOrEqual(t, percent, 0.0)
			require.LessOrEqual(t, percent, 100.0)
			last = percent
		}}
		for start := 0; start < len(text); start += min(step, len(text)-start) {
			_, err := w.Write([]byte(text[start : start+min(step, len(text)-start)]))
			require.NoError(t, err)
			require.LessOrEqual(t, len(w.rest), maxPercent)
		}
		if want, found, _ := lastPercent(text); found {
			require.InDelta(t, want, last, 0.001)
		}
	})
}
