package system

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/guestprep/packer-plugin-guestprep/test/standin/state"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/tools"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/unattend"
	"github.com/guestprep/packer-plugin-guestprep/test/standin/wine/winetest"
)

func bot(password string) state.Account {
	return state.Account{Name: "bot", Password: password, Administrator: true, Enabled: true}
}

func TestDecideLogon(t *testing.T) {
	type values map[string]string
	auto := values{"AutoAdminLogon": "1", "DefaultUserName": "bot", "DefaultPassword": "x"}
	tests := []struct {
		name     string
		registry values
		accounts []state.Account
		want     Logon
	}{
		{"automatic", auto, []state.Account{bot("x")}, Logon{"bot", "automatic logon"}},
		{"automatic, after the password was blanked", auto, []state.Account{bot("")}, Logon{Why: "The user name or password is incorrect. [ OK ]"}},
		{"automatic, for an account that is gone", auto, nil, Logon{Why: "The user name or password is incorrect. [ OK ]"}},
		{"switched off", values{"AutoAdminLogon": "0", "DefaultUserName": "bot"}, []state.Account{bot("x")}, Logon{Why: "the account bot has a password"}},
		{"one account without a password", nil, []state.Account{bot("")}, Logon{"bot", "the only enabled account has no password"}},
		{"a second account", nil, []state.Account{bot(""), {Name: "x", Enabled: true}}, Logon{Why: "2 accounts to choose from"}},
		{"a second account, disabled", nil, []state.Account{bot(""), {Name: "x"}}, Logon{"bot", "the only enabled account has no password"}},
		{"no account", nil, nil, Logon{Why: "0 accounts to choose from"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := winetest.Registry(t)
			for name, value := range tt.registry {
				require.NoError(t, r.SetString(winlogon, name, value))
			}
			got, err := decideLogon(&state.State{Accounts: tt.accounts}, r)
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
		})
	}
}

func TestAutoLogonIsUsedUp(t *testing.T) {
	tests := []struct {
		name   string
		auto   unattend.AutoLogon
		logons int // -1 for more than this test tries
	}{
		{"a count of one gives two, as on Windows", unattend.AutoLogon{Username: "bot", Password: "x", LogonCount: 1}, 2},
		{"no count", unattend.AutoLogon{Username: "bot", Password: "x"}, -1},
		{"a blank password serves once", unattend.AutoLogon{Username: "bot", LogonCount: 9}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := &Guest{Machine: &tools.Machine{Registry: winetest.Registry(t)}}
			require.NoError(t, g.setAutoLogon(&tt.auto))
			// A second account, so that nobody logs on for having no password.
			s := &state.State{Accounts: []state.Account{bot(tt.auto.Password), {Name: "x", Enabled: true}}}
			const tries = 5
			logons := 0
			for range tries {
				logon, err := decideLogon(s, g.Registry)
				require.NoError(t, err)
				if logon.User != "" {
					logons++
				}
			}
			if tt.logons < 0 {
				require.Equal(t, tries, logons)
				return
			}
			require.Equal(t, tt.logons, logons)
			left, err := g.Registry.String(winlogon, "AutoAdminLogon")
			require.NoError(t, err)
			require.Equal(t, "0", left)
		})
	}
}

func TestMask(t *testing.T) {
	in := "<LocalAccount><Password>\n  <Value>se cret</Value><PlainText>true</PlainText></Password></LocalAccount><MetaData><Value>kept</Value></MetaData>"
	want := "<LocalAccount><Password>\n  <Value>*SENSITIVE*DATA*DELETED*</Value><PlainText>true</PlainText></Password></LocalAccount><MetaData><Value>kept</Value></MetaData>"
	require.Equal(t, want, string(mask([]byte(in))))
}
