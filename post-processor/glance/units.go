package glance

import (
	"fmt"
	"time"
)

const (
	mib = 1 << 20
	gib = 1 << 30
)

// humanSize writes a size for people.
func humanSize(n int64) string {
	if n < gib {
		return fmt.Sprintf("%.1f MiB", float64(n)/mib)
	}
	return fmt.Sprintf("%.1f GiB", float64(n)/gib)
}

// humanSince writes how long ago a moment was, for people.
func humanSince(start time.Time) string { return humanTime(time.Since(start)) }

func humanTime(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	d = d.Round(time.Second)
	return fmt.Sprintf("%d min %02d s", int(d.Minutes()), int(d.Seconds())%60)
}

func humanRate(n int64, d time.Duration) string {
	return humanSize(int64(float64(n)/max(d.Seconds(), 0.001))) + "/s"
}
