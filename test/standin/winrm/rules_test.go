package winrm

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guestprep/packer-plugin-guestprep/test/standin/state"
)

// opened is a machine after all that has to be done to reach it over the network.
func opened() *state.State {
	return &state.State{
		Accounts: []state.Account{
			{Name: "bot", Password: "x", Administrator: true, Enabled: true},
			{Name: "blank", Administrator: true, Enabled: true},
			{Name: "user", Password: "x", Enabled: true},
			{Name: "off", Password: "x", Administrator: true},
			{Name: "Administrator", Password: "x", Administrator: true, BuiltIn: true, Enabled: true},
		},
		Firewall: []state.Rule{{Inbound: true, Allow: true, Protocol: "TCP", LocalPort: "5985"}},
		WinRM:    state.WinRM{Listeners: []state.Listener{{Address: "*", Transport: "HTTP", Port: 5985}}, AllowUnencrypted: true, Basic: true},
	}
}

func TestAddress(t *testing.T) {
	tests := []struct {
		name    string
		running bool
		change  func(*state.State)
		want    string
	}{
		{"all there", true, func(*state.State) {}, ":5985"},
		{"service stopped", false, func(*state.State) {}, ""},
		{"no listener", true, func(s *state.State) { s.WinRM.Listeners = nil }, ""},
		{"no firewall rule", true, func(s *state.State) { s.Firewall = nil }, ""},
		{"rule for another port", true, func(s *state.State) { s.WinRM.Listeners[0].Port = 80 }, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := opened()
			tt.change(s)
			require.Equal(t, tt.want, Address(s, tt.running))
		})
	}
}

func TestJudge(t *testing.T) {
	fresh := Policy{LimitBlankPasswordUse: true, EnableLUA: true}
	filtered := Policy{LimitBlankPasswordUse: true, EnableLUA: true, LocalAccountTokenFilterPolicy: true}
	tests := []struct {
		name, user, password string
		policy               Policy
		change               func(*state.State)
		want                 Verdict
	}{
		{"an administrator with LocalAccountTokenFilterPolicy", "BOT", "x", filtered, nil, Granted},
		{"an administrator without", "bot", "x", fresh, nil, AccessDenied},
		{"an administrator without UAC", "bot", "x", Policy{LimitBlankPasswordUse: true}, nil, Granted},
		{"the built-in administrator", "Administrator", "x", fresh, nil, Granted},
		{"no administrator", "user", "x", filtered, nil, AccessDenied},
		{"wrong password", "bot", "X", filtered, nil, Refused},
		{"unknown", "nobody", "x", filtered, nil, Refused},
		{"disabled", "off", "x", filtered, nil, Refused},
		{"blank password", "blank", "", filtered, nil, Refused},
		{"blank password, allowed", "blank", "", Policy{LocalAccountTokenFilterPolicy: true}, nil, Granted},
		{"Basic is off", "bot", "x", filtered, func(s *state.State) { s.WinRM.Basic = false }, Refused},
		{"unencrypted is off", "bot", "x", filtered, func(s *state.State) { s.WinRM.AllowUnencrypted = false }, Refused},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := opened()
			if tt.change != nil {
				tt.change(s)
			}
			require.Equal(t, tt.want, Judge(s, tt.policy, tt.user, tt.password))
		})
	}
}
