// Package human writes sizes and times for people, the same everywhere.
package human

import (
	"fmt"
	"strings"
	"time"

	"github.com/docker/go-units"
)

// Size writes a number of bytes, as "95.5 MiB" or "25 GiB".
func Size(n int64) string {
	size := units.CustomSize("%.1f %s", float64(n), 1024, []string{"B", "KiB", "MiB", "GiB", "TiB"})
	return strings.Replace(size, ".0 ", " ", 1)
}

// Since writes how long ago a moment was.
func Since(start time.Time) string { return Duration(time.Since(start)) }

// Duration writes a time, as "4.2 s" or "2 min 05 s".
func Duration(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	d = d.Round(time.Second)
	return fmt.Sprintf("%d min %02d s", int(d.Minutes()), int(d.Seconds())%60)
}

// Rate writes how many bytes went in a second, if n went in d.
func Rate(n int64, d time.Duration) string {
	return Size(int64(float64(n)/max(d.Seconds(), 0.001))) + "/s"
}
