// Package glancetest is a Keystone and a Glance that can misbehave on the wire as real ones cannot be made to.
package glancetest

import (
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// Faults are what goes wrong. The zero value is a cloud that is well.
type Faults struct {
	Login      int   // status of the answer to a login
	Create     int   // status of the answer to the creation of an image
	FirstPut   int   // status of the answer to the first upload; later ones are well
	FirstRead  int64 // bytes that are read of the first upload before it is answered
	CutAfter   int64 // bytes after which the connection of an upload breaks
	Lose       int64 // bytes missing at the end of what is stored
	Hash       string
	Algorithm  string
	Status     string // of an image after its upload, instead of active
	Delete     int    // status of the answer to a deletion
	SilentShow bool   // Glance does not answer any more when an image is shown
}

// Image is an image as Glance shows it.
type Image map[string]any

// Server is the cloud.
type Server struct {
	URL    string // of Keystone and Glance alike
	Faults Faults

	t       testing.TB
	mu      sync.Mutex
	puts    int
	logins  int
	images  map[string]Image
	deleted []string
	lengths []int64
	gone    chan struct{}
}

// New starts a cloud that ends with the test.
func New(t testing.TB, faults Faults) *Server {
	t.Helper()
	s := &Server{Faults: faults, t: t, images: map[string]Image{}, gone: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v3/auth/tokens", s.login)
	mux.HandleFunc("GET /{$}", s.versions)
	mux.HandleFunc("POST /v2/images", s.create)
	mux.HandleFunc("PUT /v2/images/{id}/file", s.put)
	mux.HandleFunc("GET /v2/images/{id}", s.show)
	mux.HandleFunc("DELETE /v2/images/{id}", s.delete)
	server := httptest.NewServer(mux)
	s.URL = server.URL
	t.Cleanup(func() {
		close(s.gone)
		server.CloseClientConnections()
		server.Close()
	})
	return s
}

// Images are the images that are there now.
func (s *Server) Images() []Image {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Image
	for _, image := range s.images {
		all = append(all, image)
	}
	return all
}

// Deleted are the ids of the images that were deleted.
func (s *Server) Deleted() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.deleted...)
}

// Logins is how often somebody logged in.
func (s *Server) Logins() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.logins
}

// Lengths are the Content-Length values of the uploads, -1 for none.
func (s *Server) Lengths() []int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]int64(nil), s.lengths...)
}

func (s *Server) login(w http.ResponseWriter, _ *http.Request) {
	if s.Faults.Login != 0 {
		http.Error(w, "<html><head><title>401</title></head><body>no</body></html>", s.Faults.Login)
		return
	}
	s.mu.Lock()
	s.logins++
	s.mu.Unlock()
	w.Header().Set("X-Subject-Token", "token")
	s.answer(w, http.StatusCreated, map[string]any{"token": map[string]any{
		"expires_at": "2126-01-01T00:00:00.000000Z",
		"catalog": []any{map[string]any{"type": "image", "name": "glance", "endpoints": []any{
			map[string]any{"interface": "public", "region": "RegionOne", "region_id": "RegionOne", "url": s.URL},
		}}},
	}})
}

func (s *Server) versions(w http.ResponseWriter, _ *http.Request) {
	s.answer(w, http.StatusMultipleChoices, map[string]any{"versions": []any{
		map[string]any{"id": "v2.16", "status": "CURRENT"},
	}})
}

func (s *Server) create(w http.ResponseWriter, r *http.Request) {
	if s.Faults.Create != 0 {
		http.Error(w, "<html><body>not this one</body></html>", s.Faults.Create)
		return
	}
	var image Image
	if err := json.NewDecoder(r.Body).Decode(&image); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	image["status"] = "queued"
	s.mu.Lock()
	s.images[image["id"].(string)] = image
	s.mu.Unlock()
	s.answer(w, http.StatusCreated, image)
}

func (s *Server) put(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.puts++
	first := s.puts == 1
	s.lengths = append(s.lengths, r.ContentLength)
	s.mu.Unlock()
	switch {
	case first && s.Faults.FirstPut != 0:
		_, _ = io.CopyN(io.Discard, r.Body, s.Faults.FirstRead)
		http.Error(w, "not now", s.Faults.FirstPut)
	case s.Faults.CutAfter != 0:
		_, _ = io.CopyN(io.Discard, r.Body, s.Faults.CutAfter)
		panic(http.ErrAbortHandler) // the server's way to break the connection
	default:
		s.store(w, r)
	}
}

func (s *Server) store(w http.ResponseWriter, r *http.Request) {
	data, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	sum := sha512.Sum512(data)
	s.mu.Lock()
	defer s.mu.Unlock()
	image := s.images[r.PathValue("id")]
	image["size"] = int64(len(data)) - s.Faults.Lose
	image["os_hash_algo"] = or(s.Faults.Algorithm, "sha512")
	image["os_hash_value"] = or(s.Faults.Hash, hex.EncodeToString(sum[:]))
	image["status"] = or(s.Faults.Status, "active")
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) show(w http.ResponseWriter, r *http.Request) {
	if s.Faults.SilentShow {
		select {
		case <-r.Context().Done():
		case <-s.gone:
		}
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	image, ok := s.images[r.PathValue("id")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	s.answer(w, http.StatusOK, image)
}

func (s *Server) delete(w http.ResponseWriter, r *http.Request) {
	if s.Faults.Delete != 0 {
		http.Error(w, "cannot delete", s.Faults.Delete)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id := r.PathValue("id")
	if _, ok := s.images[id]; !ok {
		http.NotFound(w, r)
		return
	}
	delete(s.images, id)
	s.deleted = append(s.deleted, id)
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		s.t.Errorf("glancetest: answer: %v", err)
	}
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
