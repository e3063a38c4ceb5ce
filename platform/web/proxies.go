package web

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"tongban/platform/auth"
	"tongban/platform/guess"
)

// The headers in which a proxy may tell who asked it. Because: a sender can
// write the header that the proxy does not, so exactly one is believed.
const (
	XForwardedFor = "x-forwarded-for" // with X-Forwarded-Proto
	Forwarded     = "forwarded"       // RFC 7239
)

// Proxies are the machines in front of the site that are believed when they say
// who asks. Without any, the connection alone counts.
type Proxies struct {
	Trusted []netip.Prefix
	Header  string // XForwardedFor (also when empty) or Forwarded
}

// ParseProxies reads network addresses and ranges (10.0.0.5, 10.0.0.0/8,
// fd00::/8), separated by commas or spaces.
func ParseProxies(list, header string) (Proxies, error) {
	p := Proxies{Header: header}
	if header != "" && header != XForwardedFor && header != Forwarded {
		return p, fmt.Errorf("%q is neither %s nor %s", header, XForwardedFor, Forwarded)
	}
	for _, word := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\n' }) {
		net, err := netip.ParsePrefix(word)
		if a, e := netip.ParseAddr(word); e == nil {
			net, err = netip.PrefixFrom(a.Unmap().WithZone(""), a.Unmap().BitLen()), nil
		}
		switch {
		case err != nil:
			return p, fmt.Errorf("%q is no network address and no range such as 10.0.0.0/8", word)
		case net.Bits() == 0:
			return p, fmt.Errorf("%q is everybody: whoever may name the sender can be anybody", word)
		case net.Addr().Is4In6():
			return p, fmt.Errorf("%q: write it as an IPv4 range", word)
		}
		p.Trusted = append(p.Trusted, net.Masked())
	}
	return p, nil
}

// Trusts tells whether the address belongs to one of the proxies.
func (p Proxies) Trusts(a netip.Addr) bool {
	for _, net := range p.Trusted {
		if net.Contains(a) {
			return true
		}
	}
	return false
}

type schemeKey struct{}

// Wrap gives every request the address and the scheme of whoever asked the
// outermost trusted proxy: RemoteAddr holds that address, with port 0, and
// Secure knows the scheme. Put it outside everything that looks at either.
func (p Proxies) Wrap(next http.Handler) http.Handler {
	if len(p.Trusted) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		peer, err := netip.ParseAddrPort(r.RemoteAddr)
		if err != nil || !p.Trusts(peer.Addr().Unmap()) {
			next.ServeHTTP(w, r)
			return
		}
		client, scheme := p.origin(peer.Addr().Unmap(), r.Header)
		if scheme != "" {
			r = r.WithContext(context.WithValue(r.Context(), schemeKey{}, scheme))
		} else {
			r = r.WithContext(r.Context()) // the server's own request stays as it is
		}
		r.RemoteAddr = netip.AddrPortFrom(client, 0).String()
		next.ServeHTTP(w, r)
	})
}

// Secure tells whether the reader's own connection is encrypted, as far as it
// can be known.
func Secure(r *http.Request) bool {
	if s, ok := r.Context().Value(schemeKey{}).(string); ok {
		return s == "https"
	}
	return r.TLS != nil
}

// origin walks from the connection outwards, hop by hop, as long as the hop
// that speaks is trusted. What cannot be read ends the walk at the hop that
// said it: then the sender is the nearest machine that is known.
//
// Because: only the right end of the header was written by our proxies; what is
// left of the first stranger is what the stranger wrote.
func (p Proxies) origin(peer netip.Addr, h http.Header) (client netip.Addr, scheme string) {
	name, of := "X-Forwarded-For", node
	if p.Header == Forwarded {
		name, of = "Forwarded", func(element string) (netip.Addr, bool) { return node(pair(element, "for")) }
	}
	chain := strings.Join(h.Values(name), ",")
	scheme = p.scheme(chain, h)
	client = peer
	for chain != "" && p.Trusts(client) {
		var last string
		chain, last = lastElement(chain)
		a, ok := of(last)
		if !ok {
			break
		}
		client = a
	}
	return client, scheme
}

// scheme is what the proxy that we are connected to says of its own connection.
func (p Proxies) scheme(chain string, h http.Header) string {
	var s string
	if p.Header == Forwarded {
		_, last := lastElement(chain)
		s = pair(last, "proto")
	} else {
		_, s = lastElement(strings.Join(h.Values("X-Forwarded-Proto"), ","))
	}
	if s = strings.ToLower(strings.TrimSpace(s)); s == "http" || s == "https" {
		return s
	}
	return ""
}

// lastElement cuts a list at its last comma outside quotation marks. It reads
// from the right, so that an open quotation mark further left hides nothing.
func lastElement(list string) (rest, last string) {
	quoted := false
	for i := len(list) - 1; i >= 0; i-- {
		switch list[i] {
		case '"':
			quoted = !quoted
		case ',':
			if !quoted {
				return list[:i], list[i+1:]
			}
		}
	}
	return "", list
}

// pair finds a parameter of an element such as for=192.0.2.1;proto=https.
func pair(element, name string) string {
	for part := range strings.SplitSeq(element, ";") {
		k, v, ok := strings.Cut(part, "=")
		if !ok || !strings.EqualFold(strings.TrimSpace(k), name) {
			continue
		}
		v = strings.TrimSpace(v)
		if len(v) >= 2 && v[0] == '"' && v[len(v)-1] == '"' {
			v = v[1 : len(v)-1]
		}
		return v
	}
	return ""
}

// node reads 192.0.2.1, 192.0.2.1:443, 2001:db8::1 or [2001:db8::1]:443.
func node(s string) (netip.Addr, bool) {
	s = strings.TrimSpace(s)
	if inner, rest, ok := strings.Cut(strings.TrimPrefix(s, "["), "]"); ok && s[0] == '[' && (rest == "" || rest[0] == ':') {
		s = inner
	} else if strings.Count(s, ":") == 1 {
		s, _, _ = strings.Cut(s, ":")
	}
	a, err := netip.ParseAddr(s)
	if err != nil || a.IsUnspecified() {
		return netip.Addr{}, false
	}
	return a.Unmap().WithZone(""), true
}

// Local tells whether the request comes from this machine and asks for it by
// one of its own names, and no proxy says that it speaks for somebody else.
func Local(r *http.Request) bool {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !peer.Addr().Unmap().IsLoopback() {
		return false
	}
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Real-Ip", "Via"} {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = strings.Trim(r.Host, "[]")
	}
	a, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && a.IsLoopback()
}

// Address is where a request comes from: the other end of the connection, or, behind
// Proxies, whoever asked them.
func Address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// Sender names who asks, for counting vain attempts: the account, or the network
// that the request comes from.
func Sender(r *http.Request) string {
	if p := auth.From(r.Context()); p.SignedIn() {
		return p.ID
	}
	return guess.Network(Address(r))
}
