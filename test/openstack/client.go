package openstack

import (
	"testing"

	"github.com/gophercloud/gophercloud/v2"
	sdk "github.com/gophercloud/gophercloud/v2/openstack"
	"github.com/gophercloud/gophercloud/v2/openstack/config"
	"github.com/gophercloud/gophercloud/v2/openstack/config/clouds"
)

// Client returns a client for the cloud's Glance, logged in as the administrator, who sees every image. It owes nothing
// to the code that is tested with it.
func (c Cloud) Client(t testing.TB) *gophercloud.ServiceClient {
	t.Helper()
	auth, endpoint, tlsConfig, err := clouds.Parse(clouds.WithLocations(c.ClientConfigFile), clouds.WithCloudName(c.CloudName))
	if err != nil {
		t.Fatal(err)
	}
	provider, err := config.NewProviderClient(t.Context(), auth, config.WithTLSConfig(tlsConfig))
	if err != nil {
		t.Fatal(err)
	}
	client, err := sdk.NewImageV2(provider, endpoint)
	if err != nil {
		t.Fatal(err)
	}
	return client
}
