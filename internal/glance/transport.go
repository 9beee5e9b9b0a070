package glance

import (
	"context"
	"crypto/tls"
	"net/http"
)

// transport does for gophercloud's requests what gophercloud has no way to ask for.
type transport struct {
	next  http.RoundTripper
	login context.Context // for requests without one, see RoundTrip
}

func newTransport(login context.Context, config *tls.Config) *transport {
	next := http.DefaultTransport.(*http.Transport).Clone()
	next.TLSClientConfig = config
	return &transport{next: next, login: login}
}

// RoundTrip implements http.RoundTripper.
//
// While a service is looked up in the catalogue, gophercloud asks it for its versions with context.TODO, which nothing
// ends if the service is silent. Such requests get the context of the login.
//
// An upload gets its body here, a new one for each attempt. gophercloud gives one and the same body to a second attempt,
// and an attempt that was answered early may still be reading from it. It cannot tell the length of a body either,
// without which Glance takes a short one for a whole one.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Context().Done() == nil {
		req = req.WithContext(t.login) //nolint:contextcheck // see above
	}
	if u := uploadOf(req); u != nil {
		req = req.Clone(req.Context())
		req.Body, req.GetBody, req.ContentLength = u.open(), u.reopen, u.size
	}
	return t.next.RoundTrip(req)
}
