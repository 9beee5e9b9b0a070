package glance

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	packersdk "github.com/hashicorp/packer-plugin-sdk/packer"

	"github.com/guestprep/packer-plugin-guestprep/internal/glance"
)

const (
	defaultDomain        = "Default"
	defaultUploadTimeout = 6 * time.Hour
	defaultActiveTimeout = 15 * time.Minute
)

var visibilities = []Visibility{VisibilityPrivate, VisibilityShared, VisibilityCommunity, VisibilityPublic}

// reserved are the attributes of an image that are no properties: they have fields of their own, or are set by us.
var reserved = []string{
	"checksum", "container_format", "created_at", "disk_format", "file", "id", "min_disk", "min_ram", "name",
	"os_hash_algo", "os_hash_value", "os_hidden", "owner", "protected", "schema", "self", "size", "status", "stores",
	"tags", "updated_at", "virtual_size", "visibility",
}

func (c *Config) setDefaults() {
	if c.Cloud == "" && c.IdentityEndpoint == "" {
		c.Cloud = os.Getenv("OS_CLOUD")
	}
	if c.IdentityEndpoint != "" && c.ApplicationCredentialID == "" {
		c.UserDomainName = cmp.Or(c.UserDomainName, defaultDomain)
		c.ProjectDomainName = cmp.Or(c.ProjectDomainName, c.UserDomainName)
	}
	c.Visibility = cmp.Or(c.Visibility, VisibilityPrivate)
	c.UploadTimeout = cmp.Or(c.UploadTimeout, defaultUploadTimeout)
	c.ActiveTimeout = cmp.Or(c.ActiveTimeout, defaultActiveTimeout)
}

// check returns every problem at once. It reads clouds.yaml, and does not touch the network.
func (c *Config) check() error {
	problems := append(c.checkAccess(), c.checkImage()...)
	if len(problems) == 0 {
		return nil
	}
	return packersdk.MultiErrorAppend(nil, problems...)
}

func (c *Config) checkAccess() []error {
	switch {
	case c.Cloud != "" && c.IdentityEndpoint != "":
		return []error{fmt.Errorf("cloud: %q and identity_endpoint: %q exclude each other", c.Cloud, c.IdentityEndpoint)}
	case c.Cloud != "":
		return c.checkCloud()
	case c.IdentityEndpoint != "":
		return c.checkExplicit()
	}
	return []error{errors.New("cloud: name the cloud to publish in, an entry of clouds.yaml, here or in OS_CLOUD; " +
		"or log in with identity_endpoint")}
}

func (c *Config) checkCloud() []error {
	var problems []error
	for _, field := range []struct{ key, value string }{
		{"username", c.Username},
		{"password", c.Password},
		{"project_name", c.ProjectName},
		{"user_domain_name", c.UserDomainName},
		{"project_domain_name", c.ProjectDomainName},
		{"application_credential_id", c.ApplicationCredentialID},
		{"application_credential_secret", c.ApplicationCredentialSecret},
	} {
		if field.value != "" {
			problems = append(problems, fmt.Errorf("%s: it excludes cloud: %q, whose login is in clouds.yaml", field.key, c.Cloud))
		}
	}
	if _, err := c.access().Resolve(); err != nil {
		problems = append(problems, err)
	}
	return problems
}

func (c *Config) checkExplicit() []error {
	var problems []error
	u, err := url.Parse(c.IdentityEndpoint)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		problems = append(problems, fmt.Errorf("identity_endpoint: %q is not a URL like https://cloud.example.org:5000/v3",
			c.IdentityEndpoint))
	}
	if c.ApplicationCredentialID != "" || c.ApplicationCredentialSecret != "" {
		return append(problems, c.checkApplicationCredential()...)
	}
	for _, field := range []struct{ key, value string }{
		{"username", c.Username}, {"password", c.Password}, {"project_name", c.ProjectName},
	} {
		if field.value == "" {
			problems = append(problems, fmt.Errorf("%s: it is needed with identity_endpoint: %q", field.key, c.IdentityEndpoint))
		}
	}
	return problems
}

func (c *Config) checkApplicationCredential() []error {
	var problems []error
	if c.ApplicationCredentialID == "" {
		problems = append(problems, errors.New("application_credential_id: it is needed with application_credential_secret"))
	}
	if c.ApplicationCredentialSecret == "" {
		problems = append(problems, fmt.Errorf("application_credential_secret: it is needed with application_credential_id: %q",
			c.ApplicationCredentialID))
	}
	if c.Username != "" || c.Password != "" {
		problems = append(problems, errors.New("username, password: they and application_credential_id exclude each other"))
	}
	return problems
}

func (c *Config) checkImage() []error {
	var problems []error
	if c.ImageName == "" {
		problems = append(problems, errors.New("image_name: give the image a name"))
	}
	if !slices.Contains(visibilities, c.Visibility) {
		problems = append(problems, fmt.Errorf("visibility: %q is none of private, shared, community, public", c.Visibility))
	}
	for key := range c.Properties {
		if slices.Contains(reserved, key) {
			problems = append(problems, fmt.Errorf("properties: %q is no property in Glance but an attribute of its own", key))
		}
	}
	slices.SortFunc(problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return append(problems, c.checkNumbers()...)
}

func (c *Config) checkNumbers() []error {
	var problems []error
	if c.MinDisk < 0 {
		problems = append(problems, fmt.Errorf("min_disk: %d GiB is less than nothing", c.MinDisk))
	}
	if c.MinRAM < 0 {
		problems = append(problems, fmt.Errorf("min_ram: %d MiB is less than nothing", c.MinRAM))
	}
	if c.UploadTimeout < 0 {
		problems = append(problems, fmt.Errorf("upload_timeout: %s is less than nothing", c.UploadTimeout))
	}
	if c.ActiveTimeout < 0 {
		problems = append(problems, fmt.Errorf("active_timeout: %s is less than nothing", c.ActiveTimeout))
	}
	return problems
}

func (c *Config) access() glance.Access {
	return glance.Access{
		Cloud:                       c.Cloud,
		IdentityEndpoint:            c.IdentityEndpoint,
		Username:                    c.Username,
		Password:                    c.Password,
		UserDomainName:              c.UserDomainName,
		ProjectName:                 c.ProjectName,
		ProjectDomainName:           c.ProjectDomainName,
		ApplicationCredentialID:     c.ApplicationCredentialID,
		ApplicationCredentialSecret: c.ApplicationCredentialSecret,
		Region:                      c.Region,
	}
}
