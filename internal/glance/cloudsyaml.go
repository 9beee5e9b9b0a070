package glance

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gophercloud/gophercloud/v2/openstack/config/clouds"
	"gopkg.in/yaml.v2"
)

// readCloudsYAML fills the login from clouds.yaml by gophercloud's parser, which knows secure.yaml, profiles and
// certificates. It says "not found" and no more; so the names and the places are looked up here first.
func (l *Login) readCloudsYAML() error {
	path, err := findCloudsYAML()
	if err != nil {
		return fmt.Errorf("%s: %w", l.access.field(), err)
	}
	if err := hasCloud(path, l.access.Cloud); err != nil {
		return err
	}
	options := []clouds.ParseOption{clouds.WithCloudName(l.access.Cloud), clouds.WithLocations(path)}
	if l.access.Region != "" {
		options = append(options, clouds.WithRegion(l.access.Region))
	}
	l.auth, l.endpoint, l.tls, err = clouds.Parse(options...)
	if err != nil {
		return fmt.Errorf("%s: %s: %w", l.access.field(), path, err)
	}
	if l.auth.IdentityEndpoint == "" {
		return fmt.Errorf("%s: it has no auth_url in %s", l.access.field(), path)
	}
	return nil
}

// findCloudsYAML searches where OpenStack's own command line searches.
func findCloudsYAML() (string, error) {
	searched, err := cloudsYAMLPlaces()
	if err != nil {
		return "", err
	}
	for _, path := range searched {
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("there is no clouds.yaml; searched: %s (OS_CLIENT_CONFIG_FILE names another place)",
		strings.Join(searched, ", "))
}

func cloudsYAMLPlaces() ([]string, error) {
	if path := os.Getenv("OS_CLIENT_CONFIG_FILE"); path != "" {
		return []string{path}, nil
	}
	here, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("search clouds.yaml: %w", err)
	}
	config := os.Getenv("XDG_CONFIG_HOME")
	if config == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return nil, fmt.Errorf("search clouds.yaml: %w", err)
		}
		config = filepath.Join(home, ".config")
	}
	return []string{
		filepath.Join(here, "clouds.yaml"),
		filepath.Join(config, "openstack", "clouds.yaml"),
		"/etc/openstack/clouds.yaml",
	}, nil
}

func hasCloud(path, name string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("cloud: %q: %w", name, err)
	}
	var file clouds.Clouds
	if err := yaml.Unmarshal(text, &file); err != nil {
		return fmt.Errorf("cloud: %q: %s: %w", name, path, err)
	}
	cloud, ok := file.Clouds[name]
	if !ok {
		return fmt.Errorf("cloud: %q is not in %s; it has: %s", name, path, names(file))
	}
	if cloud.AuthInfo == nil && cloud.Profile == "" && cloud.Cloud == "" {
		return fmt.Errorf("cloud: %q has no auth section in %s", name, path)
	}
	return nil
}

func names(file clouds.Clouds) string {
	if len(file.Clouds) == 0 {
		return "no clouds"
	}
	return strings.Join(slices.Sorted(maps.Keys(file.Clouds)), ", ")
}
