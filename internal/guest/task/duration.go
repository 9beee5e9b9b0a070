package task

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

var durationPattern = regexp.MustCompile(`^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$`)

// duration is d as XML Schema writes durations, in whole seconds.
func duration(d time.Duration) string {
	s := int64(d / time.Second)
	out := "PT"
	for _, unit := range []struct {
		seconds int64
		name    string
	}{{3600, "H"}, {60, "M"}, {1, "S"}} {
		if n := s / unit.seconds; n > 0 {
			out += strconv.FormatInt(n, 10) + unit.name
			s %= unit.seconds
		}
	}
	if out == "PT" {
		return "PT0S"
	}
	return out
}

// parseDuration reads what duration writes, and days, as which Windows exports long limits. Nothing means 0.
func parseDuration(s string) (time.Duration, error) {
	if s == "" {
		return 0, nil
	}
	m := durationPattern.FindStringSubmatch(s)
	if m == nil {
		return 0, fmt.Errorf("%q is not a duration such as PT30M", s)
	}
	var sum time.Duration
	for i, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second} {
		if m[i+1] == "" {
			continue
		}
		n, err := strconv.ParseInt(m[i+1], 10, 32)
		if err != nil {
			return 0, fmt.Errorf("%q: %w", s, err)
		}
		sum += time.Duration(n) * unit
	}
	return sum, nil
}
