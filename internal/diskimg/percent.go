package diskimg

import (
	"regexp"
	"strconv"
	"strings"
)

// percentPattern is one display of qemu-img -p, which writes "    (12.34/100%)\r" over and over.
var percentPattern = regexp.MustCompile(`\s*\((\d{1,3}\.\d\d)/100%\)\r?`)

// maxPercent is longer than any display; what has not become one within as many bytes never will.
const maxPercent = 32

// lastPercent finds the last complete display in text, and returns what may be the beginning of the next one.
func lastPercent(text string) (percent float64, found bool, rest string) {
	if all := percentPattern.FindAllStringSubmatchIndex(text, -1); len(all) > 0 {
		last := all[len(all)-1]
		value, err := strconv.ParseFloat(text[last[2]:last[3]], 64)
		if err == nil && value <= 100 {
			percent, found = value, true
		}
		text = text[last[1]:]
	}
	if len(text) > maxPercent {
		text = text[len(text)-maxPercent:]
	}
	return percent, found, text
}

// dropPercents removes the displays from text.
func dropPercents(text string) string {
	return strings.TrimSpace(percentPattern.ReplaceAllString(text, ""))
}

// percentWriter reads the displays from what qemu-img writes.
type percentWriter struct {
	report func(percent float64)
	rest   string
}

func (w *percentWriter) Write(p []byte) (int, error) {
	percent, found, rest := lastPercent(w.rest + string(p))
	w.rest = rest
	if found && w.report != nil {
		w.report(percent)
	}
	return len(p), nil
}
