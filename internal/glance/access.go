// Package glance publishes disk images in OpenStack's image service and makes sure that what arrived is what was sent.
package glance

import (
	"crypto/tls"
	"fmt"

	"github.com/gophercloud/gophercloud/v2"
)

// Access is how to log in: by the name of a cloud in clouds.yaml, or by explicit credentials. Its errors name the fields
// as users of the post-processor write them: cloud, identity_endpoint, region.
type Access struct {
	Cloud string // an entry of clouds.yaml; the other fields but Region are empty then

	IdentityEndpoint  string // URL of Keystone
	Username          string
	Password          string
	UserDomainName    string
	ProjectName       string
	ProjectDomainName string

	ApplicationCredentialID     string // instead of Username, Password and the project
	ApplicationCredentialSecret string

	Region string // empty: the region of clouds.yaml, or the first that has Glance
}

// String names the cloud, for messages.
func (a Access) String() string {
	if a.Cloud != "" {
		return a.Cloud
	}
	return a.IdentityEndpoint
}

// field is the beginning of an error about the login.
func (a Access) field() string {
	if a.Cloud != "" {
		return fmt.Sprintf("cloud: %q", a.Cloud)
	}
	return fmt.Sprintf("identity_endpoint: %q", a.IdentityEndpoint)
}

// Login is an Access with what clouds.yaml says filled in. It can be used to log in, and has not been yet.
type Login struct {
	access   Access
	auth     gophercloud.AuthOptions
	endpoint gophercloud.EndpointOpts
	tls      *tls.Config
}

// Resolve reads clouds.yaml if it is needed. It does not touch the network.
func (a Access) Resolve() (*Login, error) {
	login := &Login{access: a}
	if a.Cloud == "" {
		login.auth = a.explicit()
		login.endpoint = gophercloud.EndpointOpts{Region: a.Region, Availability: gophercloud.AvailabilityPublic}
	} else if err := login.readCloudsYAML(); err != nil {
		return nil, err
	}
	// Tokens live for an hour by default, which is not enough for a large disk on a thin line.
	login.auth.AllowReauth = true
	return login, nil
}

func (a Access) explicit() gophercloud.AuthOptions {
	auth := gophercloud.AuthOptions{IdentityEndpoint: a.IdentityEndpoint}
	if a.ApplicationCredentialID != "" {
		// The credential belongs to one project; Keystone refuses it together with a scope.
		auth.ApplicationCredentialID = a.ApplicationCredentialID
		auth.ApplicationCredentialSecret = a.ApplicationCredentialSecret
		return auth
	}
	auth.Username, auth.Password, auth.DomainName = a.Username, a.Password, a.UserDomainName
	auth.Scope = &gophercloud.AuthScope{ProjectName: a.ProjectName, DomainName: a.ProjectDomainName}
	return auth
}

// Secrets are the values that must not be shown.
func (l *Login) Secrets() []string {
	var secrets []string
	for _, s := range []string{l.auth.Password, l.auth.ApplicationCredentialSecret, l.auth.TokenID, l.auth.Passcode} {
		if s != "" {
			secrets = append(secrets, s)
		}
	}
	return secrets
}
