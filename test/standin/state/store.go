package state

import (
	"encoding/json"
	"fmt"
	"os"
	"sync"
)

// Store keeps the state in a file and gives out copies.
type Store struct {
	mu      sync.Mutex
	path    string
	state   *State
	changed []func(State)
}

// Create makes a store with a state of its own.
func Create(path string, s *State) (*Store, error) {
	st := &Store{path: path, state: s}
	return st, st.save(s)
}

// Open reads a store.
func Open(path string) (*Store, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the machine's state: %w", err)
	}
	st := &Store{path: path, state: &State{}}
	if err := json.Unmarshal(data, st.state); err != nil {
		return nil, fmt.Errorf("reading the machine's state from %s: %w", path, err)
	}
	return st, nil
}

// View returns a copy that the caller may keep.
func (st *Store) View() State {
	st.mu.Lock()
	defer st.mu.Unlock()
	return *clone(st.state)
}

// Update changes the state and stores it before it returns. If change fails, nothing is changed.
func (st *Store) Update(change func(*State) error) error {
	next, err := st.update(change)
	if err != nil {
		return err
	}
	for _, f := range st.changed {
		f(*clone(next))
	}
	return nil
}

func (st *Store) update(change func(*State) error) (*State, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	next := clone(st.state)
	if err := change(next); err != nil {
		return nil, err
	}
	if err := st.save(next); err != nil {
		return nil, err
	}
	st.state = next
	return next, nil
}

// OnChange calls f after each change. It must be called before the store is shared.
func (st *Store) OnChange(f func(State)) { st.changed = append(st.changed, f) }

// save replaces the file in one step, so that a power cut leaves the old state or the new one.
func (st *Store) save(s *State) error {
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Errorf("writing the machine's state: %w", err)
	}
	next := st.path + ".next"
	if err := os.WriteFile(next, data, 0o600); err != nil {
		return fmt.Errorf("writing the machine's state: %w", err)
	}
	if err := os.Rename(next, st.path); err != nil {
		return fmt.Errorf("writing the machine's state: %w", err)
	}
	return nil
}

// clone goes through JSON: what a copy shares with the original is then nothing, whatever fields come later.
func clone(s *State) *State {
	data, err := json.Marshal(s)
	if err != nil {
		panic(err) // State holds nothing that JSON cannot write
	}
	out := &State{}
	if err := json.Unmarshal(data, out); err != nil {
		panic(err)
	}
	return out
}
