package web

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

func proxies(t testing.TB, list, header string) Proxies {
	t.Helper()
	p, err := ParseProxies(list, header)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// through asks a handler behind p and returns what it was told.
func through(p Proxies, peer string, header http.Header) (address string, secure bool) {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.RemoteAddr, r.Header = peer, header
	p.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		address, secure = r.RemoteAddr, Secure(r)
	})).ServeHTTP(httptest.NewRecorder(), r)
	return address, secure
}

func TestParseProxies(t *testing.T) {
	p := proxies(t, " 10.0.0.9/8, 127.0.0.1  ::1,fd00::/8", "")
	if len(p.Trusted) != 4 || p.Trusted[0].String() != "10.0.0.0/8" || p.Trusted[1].String() != "127.0.0.1/32" || p.Trusted[2].String() != "::1/128" {
		t.Error(p.Trusted)
	}
	for _, bad := range []string{"proxy.example", "10.0.0.0/33", "0.0.0.0/0", "::/0", "10.0.0", "::ffff:10.0.0.0/104"} {
		if _, err := ParseProxies(bad, ""); err == nil || !strings.Contains(err.Error(), bad) {
			t.Errorf("%s: %v", bad, err)
		}
	}
	if _, err := ParseProxies("10.0.0.1", "x-real-ip"); err == nil {
		t.Error("an unknown header is taken")
	}
}

func TestProxies_whoAsks(t *testing.T) {
	const trusted = "127.0.0.1,10.0.0.0/8,::1"
	for name, c := range map[string]struct {
		header, peer string
		lines        http.Header
		address      string
		secure       bool
	}{
		"no proxy set up":               {"-", "127.0.0.1:9", http.Header{"X-Forwarded-For": {"192.0.2.1"}, "X-Forwarded-Proto": {"https"}}, "127.0.0.1:9", false},
		"a stranger speaks":             {"", "198.51.100.7:9", http.Header{"X-Forwarded-For": {"192.0.2.1"}, "X-Forwarded-Proto": {"https"}}, "198.51.100.7:9", false},
		"one proxy":                     {"", "127.0.0.1:9", http.Header{"X-Forwarded-For": {"192.0.2.1"}, "X-Forwarded-Proto": {"https"}}, "192.0.2.1:0", true},
		"one proxy, plain":              {"", "127.0.0.1:9", http.Header{"X-Forwarded-For": {"192.0.2.1"}, "X-Forwarded-Proto": {"http"}}, "192.0.2.1:0", false},
		"what the sender wrote first":   {"", "127.0.0.1:9", http.Header{"X-Forwarded-For": {"203.0.113.9, 192.0.2.1"}}, "192.0.2.1:0", false},
		"two proxies":                   {"", "127.0.0.1:9", http.Header{"X-Forwarded-For": {"203.0.113.9, 192.0.2.1, 10.1.2.3"}}, "192.0.2.1:0", false},
		"several lines":                 {"", "127.0.0.1:9", http.Header{"X-Forwarded-For": {"203.0.113.9", "192.0.2.1", "10.1.2.3"}}, "192.0.2.1:0", false},
		"asked from within":             {"", "127.0.0.1:9", http.Header{"X-Forwarded-For": {"10.9.9.9, 10.1.2.3"}}, "10.9.9.9:0", false},
		"nothing said":                  {"", "127.0.0.1:9", http.Header{}, "127.0.0.1:0", false},
		"nonsense said":                 {"", "127.0.0.1:9", http.Header{"X-Forwarded-For": {"192.0.2.1, unknown"}}, "127.0.0.1:0", false},
		"nonsense further out":          {"", "127.0.0.1:9", http.Header{"X-Forwarded-For": {"nonsense, 10.1.2.3"}}, "10.1.2.3:0", false},
		"IPv6 and ports":                {"", "[::1]:9", http.Header{"X-Forwarded-For": {"[2001:db8::1]:443, 10.1.2.3:80"}}, "[2001:db8::1]:0", false},
		"IPv4 in IPv6":                  {"", "[::ffff:127.0.0.1]:9", http.Header{"X-Forwarded-For": {"::ffff:192.0.2.1"}}, "192.0.2.1:0", false},
		"the other header is not asked": {"", "127.0.0.1:9", http.Header{"Forwarded": {"for=203.0.113.9;proto=https"}, "X-Forwarded-For": {"192.0.2.1"}}, "192.0.2.1:0", false},
		"nor the other way round":       {Forwarded, "127.0.0.1:9", http.Header{"Forwarded": {"for=192.0.2.1"}, "X-Forwarded-For": {"203.0.113.9"}, "X-Forwarded-Proto": {"https"}}, "192.0.2.1:0", false},
		"RFC 7239":                      {Forwarded, "127.0.0.1:9", http.Header{"Forwarded": {`for=203.0.113.9, For="[2001:db8:cafe::17]:4711";Proto=HTTPS;by=203.0.113.43`}}, "[2001:db8:cafe::17]:0", true},
		"a quotation mark left open":    {Forwarded, "127.0.0.1:9", http.Header{"Forwarded": {`for="203.0.113.9`, `for=192.0.2.1;proto=https`}}, "192.0.2.1:0", true},
		"a hidden node":                 {Forwarded, "127.0.0.1:9", http.Header{"Forwarded": {`for=192.0.2.1, for=_secret`}}, "127.0.0.1:0", false},
		"the nearest proxy's scheme":    {"", "127.0.0.1:9", http.Header{"X-Forwarded-For": {"192.0.2.1"}, "X-Forwarded-Proto": {"https, http"}}, "192.0.2.1:0", false},
	} {
		p := Proxies{}
		if c.header != "-" {
			p = proxies(t, trusted, c.header)
		}
		if address, secure := through(p, c.peer, c.lines); address != c.address || secure != c.secure {
			t.Errorf("%s: %s secure=%v, want %s %v", name, address, secure, c.address, c.secure)
		}
	}
}

// Whatever a stranger writes to the left changes nothing: chains of random
// length, with every kind of nonsense in front of them.
func TestProxies_nothingFromTheLeftCounts(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		header, spell := XForwardedFor, func(a string) string { return a }
		if rnd.IntN(2) == 0 {
			header, spell = Forwarded, func(a string) string { return "proto=http;for=" + a }
		}
		p := proxies(t, "10.0.0.0/8", header)
		name := http.CanonicalHeaderKey(header)
		client := fmt.Sprintf("192.0.2.%d", 1+rnd.IntN(200))
		chain := spell(client)
		for range rnd.IntN(4) {
			chain += [...]string{",", ", ", " ,"}[rnd.IntN(3)] + spell(fmt.Sprintf("10.0.%d.%d", rnd.IntN(9), 1+rnd.IntN(9)))
		}
		junk := [...]string{"203.0.113.1", "10.0.0.1", `"`, `for="`, `for="1,`, ";;;", "\\", "for=203.0.113.1;proto=https", "unknown", strings.Repeat("10.0.0.1,", 50)}[rnd.IntN(10)]
		lines := http.Header{name: {junk, chain}}
		if rnd.IntN(2) == 0 {
			lines = http.Header{name: {junk + "," + chain}}
		}
		if got, _ := through(p, "10.0.0.1:5", lines); got != client+":0" {
			t.Fatalf("%v: %s, want %s", lines, got, client)
		}
	}
}

func FuzzProxies(f *testing.F) {
	f.Add("192.0.2.1, 10.0.0.1", "https", false)
	f.Add(`for="[2001:db8::1]:99";proto=https, for=10.0.0.1`, "", true)
	f.Add(`for="a\",b", for=10.0.0.1;for=10.0.0.2`, "x", true)
	f.Fuzz(func(t *testing.T, chain, proto string, rfc bool) {
		header := XForwardedFor
		if rfc {
			header = Forwarded
		}
		p := proxies(t, "10.0.0.0/8", header)
		lines := http.Header{http.CanonicalHeaderKey(header): {chain}, "X-Forwarded-Proto": {proto}}
		address, _ := through(p, "10.0.0.1:5", lines)
		got, err := netip.ParseAddrPort(address)
		if err != nil || got.Addr() != got.Addr().Unmap() || got.Addr().Zone() != "" {
			t.Fatalf("%q: the sender is %q: %v", chain, address, err)
		}
		if p.Trusts(got.Addr()) {
			return
		}
		// Somebody else was found: whatever stands further left must not change it.
		lines[http.CanonicalHeaderKey(header)] = []string{`203.0.113.5, for="`, chain}
		if again, _ := through(p, "10.0.0.1:5", lines); again != address {
			t.Fatalf("%q: %s, and with more in front %s", chain, address, again)
		}
		// And a stranger who says the same is not believed.
		if stranger, _ := through(p, "198.51.100.1:5", lines); stranger != "198.51.100.1:5" {
			t.Fatalf("a stranger is believed: %s", stranger)
		}
	})
}

func TestLocal(t *testing.T) {
	for name, c := range map[string]struct {
		peer, host string
		header     string
		local      bool
	}{
		"this machine":                 {"127.0.0.1:5", "127.0.0.1:8080", "", true},
		"by name":                      {"[::1]:5", "localhost", "", true},
		"IPv6":                         {"[::1]:5", "[::1]:8080", "", true},
		"another machine":              {"192.0.2.1:5", "127.0.0.1:8080", "", false},
		"a proxy of ours":              {"127.0.0.1:5", "zwfw.example.cn", "", false},
		"a proxy that says so":         {"127.0.0.1:5", "127.0.0.1:8080", "X-Forwarded-For", false},
		"a name that was turned to us": {"127.0.0.1:5", "evil.example", "", false},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr, r.Host = c.peer, c.host
		if c.header != "" {
			r.Header.Set(c.header, "192.0.2.1")
		}
		if Local(r) != c.local {
			t.Errorf("%s: %v", name, !c.local)
		}
	}
}
