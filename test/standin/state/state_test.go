package state

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestStoreKeepsWhatWasChanged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.json")
	st, err := Create(path, New())
	require.NoError(t, err)
	require.NoError(t, st.Update(func(s *State) error {
		s.ComputerName = "GUEST"
		s.Account("administrator").Enabled = true
		return nil
	}))

	again, err := Open(path)
	require.NoError(t, err)
	s := again.View()
	require.Equal(t, "GUEST", s.ComputerName)
	require.True(t, s.Account("ADMINISTRATOR").Enabled)
	require.False(t, s.Account("Guest").Enabled)
}

func TestFailedChangeChangesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.json")
	st, err := Create(path, New())
	require.NoError(t, err)
	called := false
	st.OnChange(func(State) { called = true })
	before, err := os.ReadFile(path)
	require.NoError(t, err)

	wrong := errors.New("refused")
	err = st.Update(func(s *State) error { s.Accounts[0].Name = "X"; return wrong })
	require.ErrorIs(t, err, wrong)

	require.False(t, called)
	s := st.View()
	require.NotNil(t, s.Account("Administrator"))
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(before), string(after))
}

func TestViewIsACopy(t *testing.T) {
	st, err := Create(filepath.Join(t.TempDir(), "state.json"), New())
	require.NoError(t, err)
	s := st.View()
	s.Accounts[0].Name = "X"
	s = st.View()
	require.NotNil(t, s.Account("Administrator"))
}

func TestPortOpen(t *testing.T) {
	allow := Rule{Name: "a", Inbound: true, Allow: true, Protocol: "TCP", LocalPort: "5985"}
	tests := []struct {
		name  string
		rules []Rule
		want  bool
	}{
		{"no rule", nil, false},
		{"allowed", []Rule{allow}, true},
		{"another port", []Rule{{Inbound: true, Allow: true, Protocol: "TCP", LocalPort: "80"}}, false},
		{"UDP", []Rule{{Inbound: true, Allow: true, Protocol: "UDP", LocalPort: "5985"}}, false},
		{"outbound", []Rule{{Allow: true, Protocol: "TCP", LocalPort: "5985"}}, false},
		{"any port of any protocol", []Rule{{Inbound: true, Allow: true, Protocol: "any", LocalPort: "any"}}, true},
		{"a block wins", []Rule{allow, {Name: "b", Inbound: true, Protocol: "TCP", LocalPort: "5985"}}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, (&State{Firewall: tt.rules}).PortOpen("5985"))
		})
	}
}
