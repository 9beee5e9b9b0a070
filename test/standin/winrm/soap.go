// Package winrm is a WinRM 2.0 service over HTTP with Basic authentication: the remote shell of WS-Management, as far as
// Packer's communicator uses it.
package winrm

import (
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

const (
	shellNS    = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
	transferNS = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
	namespaces = `xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" ` +
		`xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" xmlns:rsp="` + shellNS + `" xmlns:x="` + transferNS + `"`
)

// request is what the service understands of an envelope.
type request struct {
	Action      string `xml:"Header>Action"`
	MessageID   string `xml:"Header>MessageID"`
	ResourceURI string `xml:"Header>ResourceURI"`
	Timeout     string `xml:"Header>OperationTimeout"`
	Selectors   []struct {
		Name  string `xml:"Name,attr"`
		Value string `xml:",chardata"`
	} `xml:"Header>SelectorSet>Selector"`
	CommandLine struct {
		Command   string   `xml:"Command"`
		Arguments []string `xml:"Arguments"`
	} `xml:"Body>CommandLine"`
	Receive struct {
		CommandID string `xml:"CommandId,attr"`
	} `xml:"Body>Receive>DesiredStream"`
	Signal struct {
		CommandID string `xml:"CommandId,attr"`
		Code      string `xml:"Code"`
	} `xml:"Body>Signal"`
}

func (r *request) shellID() string {
	for _, s := range r.Selectors {
		if s.Name == "ShellId" {
			return strings.TrimSpace(s.Value)
		}
	}
	return ""
}

func newID() string { return strings.ToUpper(uuid.NewString()) }

// reply answers with a SOAP body. Errors of writing are the client's hanging up.
func reply(w http.ResponseWriter, status int, action, to, body string) {
	w.Header().Set("Content-Type", "application/soap+xml;charset=UTF-8")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `<s:Envelope %s><s:Header><a:Action>%s</a:Action><a:MessageID>uuid:%s</a:MessageID>`+
		`<a:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:To><a:RelatesTo>%s</a:RelatesTo></s:Header><s:Body>%s</s:Body></s:Envelope>`,
		namespaces, action, newID(), escape(to), body)
}

// fault is one of WS-Management's errors.
type fault struct {
	subcode string
	code    uint32
	text    string
}

var (
	timedOut      = fault{"w:TimedOut", 2150858793, "The WS-Management service cannot complete the operation within the time specified in OperationTimeout.  "}
	noShell       = fault{"w:InvalidSelectors", 2150858843, "The request for the Windows Remote Shell failed because the shell was not found on the server."}
	noCommand     = fault{"w:InvalidParameter", 87, "The parameter is incorrect.  "}
	notSupported  = fault{"a:ActionNotSupported", 2150858817, "The WS-Management service cannot process the request because the action is not supported."}
	badResource   = fault{"w:InvalidResourceURI", 2150858752, "The WS-Management service cannot process the request: the resource URI is not supported."}
	tooManyShells = fault{"w:QuotaLimit", 2150859173, "The WS-Management service cannot process the request. This user is allowed a maximum number of concurrent shells, which has been exceeded."}
	accessDenied  = fault{"w:AccessDenied", 5, "Access is denied.  "}
)

func (f fault) reply(w http.ResponseWriter, to string) {
	text := escape(f.text)
	reply(w, http.StatusInternalServerError, "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault", to, fmt.Sprintf(
		`<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>%s</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang="en-US">%s</s:Text></s:Reason>`+
			`<s:Detail><f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" Code="%d" Machine="localhost"><f:Message>%s</f:Message></f:WSManFault></s:Detail></s:Fault>`,
		f.subcode, text, f.code, text))
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder does not fail
	return b.String()
}

func stream(name, command string, data []byte) string {
	if len(data) == 0 {
		return ""
	}
	return fmt.Sprintf(`<rsp:Stream Name="%s" CommandId="%s">%s</rsp:Stream>`, name, command, base64.StdEncoding.EncodeToString(data))
}

var durationPart = regexp.MustCompile(`([0-9.]+)([HMS])`)

// operationTimeout reads the header's xs:duration; most is the service's own limit.
func operationTimeout(text string, most time.Duration) time.Duration {
	units := map[string]time.Duration{"H": time.Hour, "M": time.Minute, "S": time.Second}
	var d time.Duration
	for _, part := range durationPart.FindAllStringSubmatch(strings.TrimPrefix(text, "PT"), -1) {
		n, _ := strconv.ParseFloat(part[1], 64) // the pattern lets numbers through; "1.2.3" counts as 0
		d += time.Duration(n * float64(units[part[2]]))
	}
	if d <= 0 || d > most {
		return most
	}
	return d
}
