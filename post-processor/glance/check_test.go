package glance

import (
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const cloudsYAML = `
clouds:
  research:
    auth: {auth_url: "https://research.example:5000/v3", username: bob, password: hunter2, project_name: p,
      user_domain_name: Default, project_domain_name: Default}
  spare:
    auth: {auth_url: "https://spare.example:5000/v3", username: bob, password: hunter2, project_name: p,
      user_domain_name: Default, project_domain_name: Default}
`

type fields map[string]any

// with is the fields with others added; a nil takes a field away.
func (f fields) with(others fields) fields {
	all := maps.Clone(f)
	maps.Copy(all, others)
	maps.DeleteFunc(all, func(_ string, value any) bool { return value == nil })
	return all
}

var (
	byCloud    = fields{"cloud": "research", "image_name": "SandboxImage"}
	byPassword = fields{
		"identity_endpoint": "https://research.example:5000/v3", "username": "bob", "password": "hunter2",
		"project_name": "sandbox", "image_name": "SandboxImage",
	}
	byApplicationCredential = fields{
		"identity_endpoint": "https://research.example:5000/v3", "application_credential_id": "a",
		"application_credential_secret": "hunter2", "image_name": "SandboxImage",
	}
)

func TestConfigureDefaults(t *testing.T) {
	setCloudsYAML(t)
	t.Setenv("OS_CLOUD", "spare")
	tests := []struct {
		name   string
		fields fields
		want   Config
	}{
		{name: "cloud", fields: byCloud, want: Config{Cloud: "research"}},
		{name: "cloud of the environment", fields: fields{"image_name": "SandboxImage"}, want: Config{Cloud: "spare"}},
		{
			name: "password", fields: byPassword,
			want: Config{
				IdentityEndpoint: "https://research.example:5000/v3", Username: "bob", Password: "hunter2",
				ProjectName: "sandbox", UserDomainName: "Default", ProjectDomainName: "Default",
			},
		},
		{
			name: "domain of the project", fields: byPassword.with(fields{"user_domain_name": "Staff"}),
			want: Config{
				IdentityEndpoint: "https://research.example:5000/v3", Username: "bob", Password: "hunter2",
				ProjectName: "sandbox", UserDomainName: "Staff", ProjectDomainName: "Staff",
			},
		},
		{
			name: "application credential", fields: byApplicationCredential,
			want: Config{
				IdentityEndpoint: "https://research.example:5000/v3", ApplicationCredentialID: "a",
				ApplicationCredentialSecret: "hunter2",
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var p PostProcessor
			require.NoError(t, p.Configure(map[string]any(test.fields)))
			test.want.ImageName, test.want.Visibility = "SandboxImage", VisibilityPrivate
			test.want.UploadTimeout, test.want.ActiveTimeout = 6*time.Hour, 15*time.Minute
			p.config.ctx = test.want.ctx
			require.Equal(t, test.want, p.config)
		})
	}
}

func TestConfigureForgets(t *testing.T) {
	setCloudsYAML(t)
	var p PostProcessor
	require.NoError(t, p.Configure(map[string]any(byPassword.with(fields{"properties": map[string]string{"a": "b"}}))))
	require.NoError(t, p.Configure(map[string]any(byCloud)))
	require.Equal(t, "research", p.config.Cloud)
	require.Empty(t, p.config.Properties)
}

func TestConfigureRefuses(t *testing.T) {
	setCloudsYAML(t)
	t.Setenv("OS_CLOUD", "")
	tests := []struct {
		name   string
		fields fields
		want   []string
	}{
		{name: "nothing", fields: fields{}, want: []string{"2 error(s)", "* cloud: ", "OS_CLOUD", "* image_name: "}},
		{
			name: "unknown cloud", fields: byCloud.with(fields{"cloud": "reserch"}),
			want: []string{"1 error(s)", `cloud: "reserch" is not in `, "it has: research, spare"},
		},
		{
			name: "two ways to log in", fields: byPassword.with(byCloud),
			want: []string{"1 error(s)", `cloud: "research" and identity_endpoint: "https://`},
		},
		{
			name: "password for a cloud", fields: byCloud.with(fields{"username": "bob", "password": "hunter2"}),
			want: []string{"2 error(s)", "username: it excludes cloud", "password: it excludes cloud"},
		},
		{
			name: "half a login", fields: byPassword.with(fields{"username": nil, "project_name": nil}),
			want: []string{"2 error(s)", "username: it is needed", "project_name: it is needed"},
		},
		{
			name: "half a credential", fields: byApplicationCredential.with(fields{"application_credential_secret": nil}),
			want: []string{"1 error(s)", `application_credential_secret: it is needed with application_credential_id: "a"`},
		},
		{
			name: "password and credential", fields: byApplicationCredential.with(fields{"username": "bob"}),
			want: []string{"1 error(s)", "exclude each other"},
		},
		{
			name: "no URL", fields: byPassword.with(fields{"identity_endpoint": "research.example:5000"}),
			want: []string{"1 error(s)", `identity_endpoint: "research.example:5000" is not a URL`},
		},
		{
			name: "everything about the image",
			fields: byCloud.with(fields{
				"image_name": nil, "visibility": "secret", "min_disk": -1, "min_ram": -2, "upload_timeout": "-3s",
				"active_timeout": "-4s", "properties": map[string]string{"disk_format": "qcow2", "os_type": "linux"},
			}),
			want: []string{
				"7 error(s)", "image_name: ", `visibility: "secret"`, "min_disk: -1", "min_ram: -2", "upload_timeout: -3s",
				"active_timeout: -4s", `properties: "disk_format"`,
			},
		},
		{name: "misspelt", fields: byCloud.with(fields{"imagename": "x"}), want: []string{"imagename"}},
		{name: "no duration", fields: byCloud.with(fields{"upload_timeout": "soon"}), want: []string{"soon"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var p PostProcessor
			err := p.Configure(map[string]any(test.fields))
			require.Error(t, err)
			for _, want := range test.want {
				require.ErrorContains(t, err, want)
			}
			require.NotContains(t, err.Error(), "hunter2")
		})
	}
}

func setCloudsYAML(t *testing.T) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "clouds.yaml")
	require.NoError(t, os.WriteFile(path, []byte(cloudsYAML), 0o600))
	t.Setenv("OS_CLIENT_CONFIG_FILE", path)
}
