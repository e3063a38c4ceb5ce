package applicant

import (
	"net"
	"net/http"
)

// sender is the network address that a request comes from.
func (h pages) sender(r *http.Request) string {
	if h.Address != nil {
		return h.Address(r)
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
