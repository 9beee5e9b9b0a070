package windows

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/hashicorp/packer-plugin-sdk/multistep/commonsteps"
)

// The data of a build that a provisioner is given, by the keys of Packer.
const (
	dataHTTPIP = "PackerHTTPIP"
	dataUser   = "User"
)

// hostAddress is the address of this machine as the guest sees it.
func (c *Config) hostAddress(data map[string]interface{}) (string, error) {
	if c.HostAddress != "" {
		return c.HostAddress, nil
	}
	ip, _ := data[dataHTTPIP].(string)
	if ip == "" || ip == commonsteps.HttpIPNotImplemented {
		return "", errors.New("the builder does not say at which address the guest reaches this machine: set host_address" +
			" (10.0.2.2 behind the user-mode NAT of QEMU or VirtualBox)")
	}
	if errs := checkHostAddress(ip); errs != nil {
		return "", fmt.Errorf("the builder gives an address that the guest cannot use, set host_address: %w", errs[0])
	}
	return ip, nil
}

func checkHostAddress(address string) []error {
	addr, err := netip.ParseAddr(address)
	switch {
	case err != nil:
		return []error{option("host_address", address, "an IP address is wanted")}
	case addr.IsUnspecified():
		return []error{option("host_address", address, "it stands for all addresses; the one that the guest connects to is wanted")}
	}
	return nil
}

// buildUser is the account that Packer connects with.
func buildUser(data map[string]interface{}) string {
	user, _ := data[dataUser].(string)
	return user
}
