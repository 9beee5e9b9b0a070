package flow

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// winRMProbe waits until the guest's WinRM takes requests. The SDK's own wait treats a wrong password like a guest that
// is not there yet, and would go on until winrm_timeout.
type winRMProbe struct {
	addr           string // HOST:PORT
	user, password string
	every          time.Duration // between tries; 0 is 2 s
	patience       time.Duration // for how long a refusal may last; 0 is a minute
}

func (p winRMProbe) wait(ctx context.Context) error {
	every, patience := p.every, p.patience
	if every == 0 {
		every = 2 * time.Second
	}
	if patience == 0 {
		// An answer file of the user's may open WinRM first and allow Basic a little later.
		patience = time.Minute
	}
	var refusedSince time.Time
	for {
		switch p.try(ctx) {
		case http.StatusUnauthorized:
			if refusedSince.IsZero() {
				refusedSince = time.Now()
			} else if time.Since(refusedSince) >= patience {
				return fmt.Errorf("winrm_username, winrm_password: the guest's WinRM has refused user %q for %v: "+
					"they must be those that the answer file gives the account", p.user, patience)
			}
		case 0:
			refusedSince = time.Time{}
		default:
			return nil
		}
		select {
		case <-time.After(every):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// try returns the HTTP status of an empty WinRM request, or 0 if nobody answers. With good credentials it is an error
// of the SOAP layer, which is as good as any answer.
func (p winRMProbe) try(ctx context.Context) int {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+p.addr+"/wsman", strings.NewReader(""))
	if err != nil {
		return 0
	}
	req.Header.Set("Content-Type", "application/soap+xml;charset=UTF-8")
	req.SetBasicAuth(p.user, p.password)
	resp, err := direct.Do(req)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	// What is not read would keep the connection from being used again, and the guest from closing it well.
	if _, err := io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20)); err != nil {
		return 0
	}
	return resp.StatusCode
}

// direct asks no proxy: the address is the host's loopback.
var direct = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
