package glance

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/gophercloud/gophercloud/v2"
)

// explain turns an error of gophercloud into one that says which service could not do what, and why.
func explain(ctx context.Context, service, what string, err error) error {
	var answer gophercloud.ErrUnexpectedResponseCode
	if errors.As(err, &answer) {
		return fmt.Errorf("%s at %s does not %s: %w", service, host(answer.URL), what, &answerError{answer})
	}
	if cause := context.Cause(ctx); cause != nil {
		return fmt.Errorf("%s did not %s: %w", service, what, cause)
	}
	var relogin *gophercloud.ErrUnableToReauthenticate
	if errors.As(err, &relogin) {
		return fmt.Errorf("%s did not %s, since the token had ended and there was no other to be had: %w", service, what,
			explain(ctx, "Keystone", "log in again", relogin.ErrReauth))
	}
	var network *url.Error
	if errors.As(err, &network) {
		if notThere(err) {
			return fmt.Errorf("%s at %s cannot be reached: %w", service, host(network.URL), network.Err)
		}
		return fmt.Errorf("%s at %s broke the connection: %w", service, host(network.URL), network.Err)
	}
	return fmt.Errorf("%s did not %s: %w", service, what, err)
}

// notThere tells that no connection came about at all, so that the service cannot have done anything.
func notThere(err error) bool {
	var network *net.OpError
	return errors.As(err, &network) && network.Op == "dial"
}

// answerError is a refusal in words. gophercloud's own text has the whole HTML page in it.
type answerError struct {
	cause gophercloud.ErrUnexpectedResponseCode
}

func (e *answerError) Unwrap() error { return e.cause }

func (e *answerError) Error() string {
	text := fmt.Sprintf("%d %s", e.cause.Actual, http.StatusText(e.cause.Actual))
	if said := plainText(e.cause.Body); said != "" {
		text += " (" + said + ")"
	}
	if hint := hints[e.cause.Actual]; hint != "" {
		text += "; " + hint
	}
	return text
}

// hints say what a user can do about an answer.
var hints = map[int]string{
	http.StatusUnauthorized: "the token was not accepted: if the login has just worked, the cloud's own Keystone may be " +
		"down or slow",
	http.StatusForbidden: "the account's roles in this project do not allow it",
	http.StatusRequestEntityTooLarge: "the store is full, or the image is above the project's quota or the cloud's " +
		"image_size_cap: delete images, or ask the cloud's administrator",
	http.StatusServiceUnavailable: "the cloud has no room or is overloaded: try again later",
}

var (
	htmlHead  = regexp.MustCompile(`(?is)<head>.*?</head>|<h1>.*?</h1>`)
	htmlTag   = regexp.MustCompile(`<[^>]*>`)
	maxAnswer = 300
)

// plainText is what an answer's body says, without its mark-up.
func plainText(body []byte) string {
	text := htmlTag.ReplaceAllString(htmlHead.ReplaceAllString(string(body), " "), " ")
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "?")), " ")
	if len(text) > maxAnswer {
		text = text[:maxAnswer] + "…"
	}
	return text
}

// host is the part of a URL that names the service, without paths that mean nothing to a user.
func host(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return text
	}
	return u.Scheme + "://" + u.Host
}
