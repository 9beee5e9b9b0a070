package wine

import "sync"

// atomicMap holds the running jobs by their id.
type atomicMap struct {
	mu   sync.Mutex
	jobs map[string]*Job
}

func (m *atomicMap) get(id string) (*Job, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	j, ok := m.jobs[id]
	return j, ok
}

func (m *atomicMap) set(id string, j *Job) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.jobs == nil {
		m.jobs = map[string]*Job{}
	}
	m.jobs[id] = j
}

func (m *atomicMap) delete(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.jobs, id)
}
