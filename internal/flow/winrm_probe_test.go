package flow

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A guest as the probe sees it: it hangs up, refuses or answers, in turn; the last for ever.
func guestThat(t *testing.T, statuses ...int) winRMProbe {
	t.Helper()
	var n atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status := statuses[min(int(n.Add(1)), len(statuses))-1]
		if user, password, _ := r.BasicAuth(); user != "bot" || password != "right" {
			status = http.StatusUnauthorized
		}
		if status == 0 {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(status)
	}))
	t.Cleanup(srv.Close)
	return winRMProbe{
		addr: strings.TrimPrefix(srv.URL, "http://"), user: "bot", password: "right",
		every: time.Millisecond, patience: 100 * time.Millisecond,
	}
}

func TestProbeWaitsForAnAnswer(t *testing.T) {
	tests := []struct {
		name     string
		statuses []int
	}{
		{"at once", []int{500}},
		{"nobody at first, as while Setup runs", []int{0, 0, 0, 500}},
		{"Basic not allowed at first", []int{401, 401, 500}},
		{"any answer will do", []int{411}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.NoError(t, guestThat(t, tt.statuses...).wait(t.Context()))
		})
	}
}

func TestProbeNamesTheFieldsWhenRefused(t *testing.T) {
	probe := guestThat(t, 500)
	probe.password = "wrong"
	require.EqualError(t, probe.wait(t.Context()), `winrm_username, winrm_password: the guest's WinRM has refused user "bot" `+
		`for 100ms: they must be those that the answer file gives the account`)
}

func TestProbeEndsWithItsContext(t *testing.T) {
	cause := errors.New("the machine is gone")
	ctx, stop := context.WithCancelCause(t.Context())
	time.AfterFunc(20*time.Millisecond, func() { stop(cause) })
	require.ErrorIs(t, guestThat(t, 0).wait(ctx), cause)
}
