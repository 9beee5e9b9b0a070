package winrm

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Verdict is what the machine's rules say about somebody who wants in.
type Verdict int

// The verdicts.
const (
	Refused      Verdict = iota // 401
	AccessDenied                // known, but without the rights of an administrator
	Granted
)

// Machine is what the service serves.
type Machine interface {
	// Authenticate judges a name and a password, which came in the clear.
	Authenticate(name, password string) Verdict
	// Limits returns winrm/config's MaxTimeoutms and winrs' MaxShellsPerUser.
	Limits() (timeout time.Duration, shells int)
	// Execute runs a command line in cmd to its end and kills it if ctx ends first.
	Execute(ctx context.Context, name, line string, stdout, stderr io.Writer) uint32
}

// Server is the HTTP handler.
type Server struct {
	machine Machine
	mu      sync.Mutex
	shells  map[string]*shell
}

type shell struct {
	user     string
	commands map[string]*command
}

// NewServer serves a machine.
func NewServer(m Machine) *Server { return &Server{machine: m, shells: map[string]*shell{}} }

// mostRequest is WinRM's own limit of an envelope, 150 KiB, with room.
const mostRequest = 512 << 10

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	user, password, ok := r.BasicAuth()
	verdict := Refused
	if ok {
		verdict = s.machine.Authenticate(user, password)
	}
	if verdict == Refused {
		w.Header().Set("WWW-Authenticate", `Basic realm="WSMAN"`)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if r.URL.Path != "/wsman" || r.Method != http.MethodPost {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	var req request
	if err := xml.NewDecoder(io.LimitReader(r.Body, mostRequest)).Decode(&req); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if verdict == AccessDenied {
		accessDenied.reply(w, req.MessageID)
		return
	}
	s.dispatch(w, r, user, &req)
}

func (s *Server) dispatch(w http.ResponseWriter, r *http.Request, user string, req *request) {
	if req.ResourceURI != shellNS+"/cmd" {
		badResource.reply(w, req.MessageID)
		return
	}
	if req.Action == transferNS+"/Create" {
		s.create(w, r, user, req)
		return
	}
	s.mu.Lock()
	sh := s.shells[req.shellID()]
	s.mu.Unlock()
	if sh == nil || !strings.EqualFold(sh.user, user) {
		noShell.reply(w, req.MessageID)
		return
	}
	switch req.Action {
	case transferNS + "/Delete":
		s.remove(req.shellID())
		reply(w, http.StatusOK, req.Action+"Response", req.MessageID, "")
	case shellNS + "/Command":
		s.command(w, sh, req)
	case shellNS + "/Receive":
		s.receive(w, r, sh, req)
	case shellNS + "/Signal":
		s.signal(w, sh, req)
	default:
		notSupported.reply(w, req.MessageID)
	}
}

func (s *Server) create(w http.ResponseWriter, r *http.Request, user string, req *request) {
	_, most := s.machine.Limits()
	id := newID()
	if !s.open(id, user, most) {
		tooManyShells.reply(w, req.MessageID)
		return
	}
	reply(w, http.StatusOK, req.Action+"Response", req.MessageID, fmt.Sprintf(
		`<x:ResourceCreated><a:Address>http://%s/wsman</a:Address><a:ReferenceParameters><w:ResourceURI>%s/cmd</w:ResourceURI>`+
			`<w:SelectorSet><w:Selector Name="ShellId">%s</w:Selector></w:SelectorSet></a:ReferenceParameters></x:ResourceCreated>`+
			`<rsp:Shell><rsp:ShellId>%s</rsp:ShellId><rsp:ResourceUri>%s/cmd</rsp:ResourceUri><rsp:InputStreams>stdin</rsp:InputStreams>`+
			`<rsp:OutputStreams>stdout stderr</rsp:OutputStreams></rsp:Shell>`, escape(r.Host), shellNS, id, id, shellNS))
}

func (s *Server) open(id, user string, most int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	count := 0
	for _, sh := range s.shells {
		if strings.EqualFold(sh.user, user) {
			count++
		}
	}
	if count >= most {
		return false
	}
	s.shells[id] = &shell{user: user, commands: map[string]*command{}}
	return true
}

// remove closes a shell with all that runs in it.
func (s *Server) remove(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.shells[id].commands {
		c.cancel()
	}
	delete(s.shells, id)
}

// Close ends all shells, as stopping the service does.
func (s *Server) Close() {
	s.mu.Lock()
	ids := make([]string, 0, len(s.shells))
	for id := range s.shells {
		ids = append(ids, id)
	}
	s.mu.Unlock()
	for _, id := range ids {
		s.remove(id)
	}
}

func (s *Server) command(w http.ResponseWriter, sh *shell, req *request) {
	line := strings.Join(append([]string{req.CommandLine.Command}, req.CommandLine.Arguments...), " ")
	ctx, cancel := context.WithCancel(context.Background()) // it outlives this request
	c := newCommand(cancel)
	id := newID()
	s.mu.Lock()
	sh.commands[id] = c
	s.mu.Unlock()
	go func() {
		defer cancel()
		c.end(s.machine.Execute(ctx, sh.user, line, c.stdout(), c.stderr()))
	}()
	reply(w, http.StatusOK, shellNS+"/CommandResponse", req.MessageID,
		fmt.Sprintf(`<rsp:CommandResponse><rsp:CommandId>%s</rsp:CommandId></rsp:CommandResponse>`, id))
}

// receive waits for output; when none comes in time, the client gets a fault that means "ask again".
func (s *Server) receive(w http.ResponseWriter, r *http.Request, sh *shell, req *request) {
	s.mu.Lock()
	c := sh.commands[req.Receive.CommandID]
	s.mu.Unlock()
	if c == nil {
		noCommand.reply(w, req.MessageID)
		return
	}
	limit, _ := s.machine.Limits()
	over := time.After(operationTimeout(req.Timeout, limit))
	for {
		out, err, ended, code := c.take()
		if len(out)+len(err) > 0 || ended {
			reply(w, http.StatusOK, shellNS+"/ReceiveResponse", req.MessageID, received(req.Receive.CommandID, out, err, ended, code))
			return
		}
		select {
		case <-c.wake:
		case <-over:
			timedOut.reply(w, req.MessageID)
			return
		case <-r.Context().Done():
			return
		}
	}
}

func received(id string, out, err []byte, ended bool, code uint32) string {
	body := stream("stdout", id, out) + stream("stderr", id, err)
	state := fmt.Sprintf(`<rsp:CommandState CommandId="%s" State="%s/CommandState/Running"/>`, id, shellNS)
	if ended {
		state = fmt.Sprintf(`<rsp:Stream Name="stdout" CommandId="%s" End="true"/><rsp:Stream Name="stderr" CommandId="%s" End="true"/>`+
			`<rsp:CommandState CommandId="%s" State="%s/CommandState/Done"><rsp:ExitCode>%d</rsp:ExitCode></rsp:CommandState>`, id, id, id, shellNS, int32(code))
	}
	return "<rsp:ReceiveResponse>" + body + state + "</rsp:ReceiveResponse>"
}

// signal ends a command. Clients send it after each one, also to say that they have read everything.
func (s *Server) signal(w http.ResponseWriter, sh *shell, req *request) {
	s.mu.Lock()
	if c := sh.commands[req.Signal.CommandID]; c != nil {
		c.cancel()
		delete(sh.commands, req.Signal.CommandID)
	}
	s.mu.Unlock()
	reply(w, http.StatusOK, shellNS+"/SignalResponse", req.MessageID, "<rsp:SignalResponse/>")
}
