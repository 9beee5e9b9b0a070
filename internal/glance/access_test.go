package glance

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guestprep/packer-plugin-guestprep/internal/glance/glancetest"
)

const twoClouds = `
clouds:
  research:
    auth: {auth_url: "https://research.example:5000/v3", username: bob, password: hunter2, project_name: p,
      user_domain_name: Default, project_domain_name: Default}
    region_name: One
  backup:
    auth: {auth_url: "https://backup.example:5000/v3", application_credential_id: a, application_credential_secret: s3cret}
  bare: {region_name: One}
  headless: {auth: {username: bob}}
`

func TestResolveCloud(t *testing.T) {
	tests := []struct {
		name, cloud, region        string
		url, wantRegion, wantLogin string
		secrets                    []string
	}{
		{
			name: "password", cloud: "research", url: "https://research.example:5000/v3", wantRegion: "One",
			wantLogin: `user "bob"`, secrets: []string{"hunter2"},
		},
		{
			name: "another region", cloud: "research", region: "Two", url: "https://research.example:5000/v3",
			wantRegion: "Two", wantLogin: `user "bob"`, secrets: []string{"hunter2"},
		},
		{
			name: "application credential", cloud: "backup", url: "https://backup.example:5000/v3",
			wantLogin: "application credential a", secrets: []string{"s3cret"},
		},
	}
	t.Setenv("OS_CLIENT_CONFIG_FILE", write(t, "clouds.yaml", twoClouds))
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			login, err := Access{Cloud: test.cloud, Region: test.region}.Resolve()
			require.NoError(t, err)
			require.Equal(t, test.url, login.auth.IdentityEndpoint)
			require.Equal(t, test.wantRegion, login.endpoint.Region)
			require.Equal(t, test.wantLogin, login.who())
			require.Equal(t, test.secrets, login.Secrets())
			require.True(t, login.auth.AllowReauth)
		})
	}
}

func TestResolveCloudFails(t *testing.T) {
	tests := []struct {
		name, yaml, cloud string
		want              []string
	}{
		{
			name: "unknown", yaml: twoClouds, cloud: "reserch",
			want: []string{`cloud: "reserch" is not in `, "clouds.yaml; it has: backup, bare, headless, research"},
		},
		{name: "no clouds", yaml: "clouds: {}", cloud: "research", want: []string{"it has: no clouds"}},
		{name: "no auth", yaml: twoClouds, cloud: "bare", want: []string{`cloud: "bare" has no auth section`}},
		{name: "no URL", yaml: twoClouds, cloud: "headless", want: []string{`cloud: "headless"`, "no auth_url"}},
		{name: "no YAML", yaml: "clouds: [", cloud: "research", want: []string{`cloud: "research"`, "clouds.yaml", "yaml:"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("OS_CLIENT_CONFIG_FILE", write(t, "clouds.yaml", test.yaml))
			_, err := Access{Cloud: test.cloud}.Resolve()
			for _, want := range test.want {
				require.ErrorContains(t, err, want)
			}
		})
	}
}

func TestResolveSearches(t *testing.T) {
	here, config := t.TempDir(), t.TempDir()
	t.Chdir(here)
	t.Setenv("OS_CLIENT_CONFIG_FILE", "")
	t.Setenv("XDG_CONFIG_HOME", config)

	_, err := Access{Cloud: "research"}.Resolve()
	require.ErrorContains(t, err, `cloud: "research": there is no clouds.yaml; searched: `+filepath.Join(here, "clouds.yaml"))
	require.ErrorContains(t, err, filepath.Join(config, "openstack", "clouds.yaml"))
	require.ErrorContains(t, err, "OS_CLIENT_CONFIG_FILE")

	require.NoError(t, os.MkdirAll(filepath.Join(config, "openstack"), 0o700))
	place := filepath.Join(config, "openstack", "clouds.yaml")
	require.NoError(t, os.WriteFile(place, []byte(strings.ReplaceAll(twoClouds, "hunter2", `""`)), 0o600))
	secure := "clouds: {research: {auth: {password: from-secure-yaml}}}"
	require.NoError(t, os.WriteFile(filepath.Join(config, "openstack", "secure.yaml"), []byte(secure), 0o600))
	login, err := Access{Cloud: "research"}.Resolve()
	require.NoError(t, err)
	require.Equal(t, []string{"from-secure-yaml"}, login.Secrets())
}

func TestConnectFails(t *testing.T) {
	down := glancetest.New(t, glancetest.Faults{})
	closed := explicit("http://127.0.0.1:1")
	elsewhere := explicit(down.URL)
	elsewhere.Region = "Nowhere"
	tests := []struct {
		name   string
		access Access
		want   []string
	}{
		{
			name: "wrong password", access: explicit(glancetest.New(t, glancetest.Faults{Login: http.StatusUnauthorized}).URL),
			want: []string{`identity_endpoint: "http://127.0.0.1`, "refuses the login", `user "member"`, "password"},
		},
		{
			name: "Keystone is ill", access: explicit(glancetest.New(t, glancetest.Faults{Login: http.StatusBadGateway}).URL),
			want: []string{"Keystone at http://127.0.0.1", "does not log in", "502 Bad Gateway"},
		},
		{
			name: "nobody there", access: closed,
			want: []string{"identity_endpoint", "Keystone at http://127.0.0.1:1 cannot be reached", "connection refused"},
		},
		{
			name: "no such region", access: elsewhere, want: []string{"no image service", `region "Nowhere"`},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			login, err := test.access.Resolve()
			require.NoError(t, err)
			_, err = login.Connect(t.Context())
			for _, want := range test.want {
				require.ErrorContains(t, err, want)
			}
			require.NotContains(t, err.Error(), "member-s3cret")
		})
	}
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}
