//go:generate go tool packer-sdc struct-markdown

package glance

import (
	"time"

	"github.com/hashicorp/packer-plugin-sdk/common"
	"github.com/hashicorp/packer-plugin-sdk/template/interpolate"
)

// Visibility is who can see an image and start machines from it, in Glance's words.
type Visibility string

// The visibilities that Glance knows.
const (
	VisibilityPrivate   Visibility = "private"
	VisibilityShared    Visibility = "shared"
	VisibilityCommunity Visibility = "community"
	VisibilityPublic    Visibility = "public"
)

// Config is what a user writes in the post-processor's block.
type Config struct {
	common.PackerConfig `mapstructure:",squash"`

	// The cloud to publish in: the name of an entry of `clouds.yaml`, which is searched where OpenStack's own command
	// line searches it: in the file that the environment variable `OS_CLIENT_CONFIG_FILE` names, otherwise in the
	// current folder, in `~/.config/openstack` and in `/etc/openstack`. A `secure.yaml` beside it is read too. The
	// default is the value of the environment variable `OS_CLOUD`. Conflicts with `identity_endpoint`. The file is
	// read when the template is validated; the network is not used then.
	Cloud string `mapstructure:"cloud"`
	// The URL of Keystone, such as `https://cloud.example.org:5000/v3`, for a login without `clouds.yaml`. Needs
	// `username`, `password` and `project_name`, or `application_credential_id` and `application_credential_secret`.
	IdentityEndpoint string `mapstructure:"identity_endpoint"`
	// The name of the user who logs in. Conflicts with `cloud`.
	Username string `mapstructure:"username"`
	// The user's password. Give it as a sensitive variable, not in the template. Conflicts with `cloud`.
	Password string `mapstructure:"password"`
	// The project that shall own the image. Conflicts with `cloud`.
	ProjectName string `mapstructure:"project_name"`
	// The domain of the user. The default is `Default`. Conflicts with `cloud`.
	UserDomainName string `mapstructure:"user_domain_name"`
	// The domain of the project. The default is the value of `user_domain_name`. Conflicts with `cloud`.
	ProjectDomainName string `mapstructure:"project_domain_name"`
	// The id of an application credential, instead of `username`, `password` and `project_name`. Conflicts with
	// `cloud`.
	ApplicationCredentialID string `mapstructure:"application_credential_id"`
	// The secret of the application credential. Give it as a sensitive variable, not in the template. Conflicts with
	// `cloud`.
	ApplicationCredentialSecret string `mapstructure:"application_credential_secret"`
	// The region whose Glance gets the image. The default is the region that `clouds.yaml` names, otherwise the first
	// one in the cloud's catalogue.
	Region string `mapstructure:"region"`

	// The name of the image in Glance. Names need not be unique there: an image of the same name stays as it is.
	ImageName string `mapstructure:"image_name" required:"true"`
	// Who can use the image: `private`, `shared`, `community` or `public`. Most clouds let administrators only publish
	// public images. The default is `private`.
	Visibility Visibility `mapstructure:"visibility"`
	// Tags of the image. The default is none.
	Tags []string `mapstructure:"tags"`
	// Properties of the image, which tell Nova and Cinder what hardware to give to its machines. If the image was
	// built by one of this plugin's builders, the defaults are `hw_disk_bus`, `hw_vif_model` and `hw_machine_type` as
	// the image was built, and `hw_firmware_type = "bios"`, `hw_video_model = "vga"`, `os_type = "windows"` and
	// `os_distro = "win7"`. A value given here wins; an empty one removes the property. Images of other builders have
	// no default properties.
	Properties map[string]string `mapstructure:"properties"`
	// The smallest disk, in GiB, that a machine must have to be started from the image. The default is the size of
	// the image, rounded up.
	MinDisk int `mapstructure:"min_disk"`
	// The least memory, in MiB, that a machine must have to be started from the image. The default is 0: any.
	MinRAM int `mapstructure:"min_ram"`

	// How long the upload may take. The default is `6h`, which is enough for 25 GiB at 10 Mbit/s.
	UploadTimeout time.Duration `mapstructure:"upload_timeout"`
	// How long Glance may take from the end of the upload until the image can be used. The default is `15m`.
	ActiveTimeout time.Duration `mapstructure:"active_timeout"`

	ctx interpolate.Context
}
