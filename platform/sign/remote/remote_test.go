package remote

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tongban/platform/clock"
	"tongban/platform/sign"
	"tongban/platform/sign/ring"
)

var today = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)

func policy() Policy {
	work := []string{Data + ring.Purpose}
	return Policy{
		RoleData:          {sign.Ed25519, []string{Data + "paper", Checkpoint, Token + "paper+jws"}, work},
		RolePaper:         {sign.ECDSAP256, []string{PDF, Token + "paper+jws"}, work},
		RoleToken:         {sign.ECDSAP256, []string{Token + "dc+sd-jwt"}, work},
		RoleSeal:          {sign.SM2, []string{Seal, Token + "paper+jws"}, work},
		RoleAuthority:     {sign.ECDSAP256, []string{Certificate}, append(work, Authority)},
		RoleSealAuthority: {sign.SM2, []string{Certificate}, append(work, Authority)},
	}
}

// running is a signer that serves, and can be stopped and started again.
type running struct {
	t       testing.TB
	dir     string
	address string
	rate    float64
	clock   *clock.Fake
	stop    func()
	server  *Server
}

// folder has a short name, because the names of sockets are bounded.
func folder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "tsig")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func start(t testing.TB) *running {
	t.Helper()
	r := &running{t: t, dir: folder(t), rate: 1e5, clock: clock.NewFake(today)}
	r.address = "unix:" + filepath.Join(r.dir, "s.sock")
	r.serve()
	t.Cleanup(func() { r.stop() })
	return r
}

func (r *running) serve() {
	r.t.Helper()
	s, err := NewServer(Options{Dir: r.dir, Policy: policy(), Rate: r.rate, Clock: r.clock, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		r.t.Fatal(err)
	}
	if _, err := ServerCertificate(r.dir, r.clock); err != nil {
		r.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, r.address) }()
	r.server = s
	r.stop = sync.OnceFunc(func() {
		cancel()
		if err := errors.Join(<-done, s.Close()); err != nil {
			r.t.Error(err)
		}
	})
	network, at := "tcp", strings.TrimPrefix(r.address, "https://")
	if path, ok := strings.CutPrefix(r.address, "unix:"); ok {
		network, at = "unix", path
	}
	for range 400 {
		if c, err := net.Dial(network, at); err == nil {
			c.Close()
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	r.t.Fatal("the signer does not listen")
}

// open opens the signer for work on keys.
func (r *running) open() {
	r.t.Helper()
	if err := OpenFor(r.dir, r.clock.Now().Add(time.Hour)); err != nil {
		r.t.Fatal(err)
	}
}

func (r *running) client(dir string) *Client {
	r.t.Helper()
	c, err := Dial(ClientOptions{Address: r.address, Dir: dir})
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

// node has its keys at the signer.
func (r *running) node() (*ring.Ring, string) {
	r.t.Helper()
	r.open()
	dir := r.t.TempDir()
	n, err := ring.Open(sign.Options{Dir: dir, Name: "node", Vault: r.client(dir), Clock: r.clock})
	if err != nil {
		r.t.Fatal(err)
	}
	if err := OpenFor(r.dir, r.clock.Now()); err != nil {
		r.t.Fatal(err)
	}
	return n, dir
}

// A node's keys are made, used, replaced and given to an office at the signer;
// its own folder has no private key, and the log has every signature.
func TestClient_isAVault(t *testing.T) {
	r := start(t)
	n, dir := r.node()
	s := n.Node()
	message := []byte("text")
	sig, err := s.SignFor("paper", message)
	if err != nil || !sign.VerifyFor(s.PublicKey(), "paper", message, sig) {
		t.Fatalf("data: %v", err)
	}
	if _, err := s.SignNote("node/audit/440000\n7\n" + strings.Repeat("A", 43) + "=\n2026\n"); err != nil {
		t.Errorf("checkpoint: %v", err)
	}
	if _, err := n.Rotate(ring.Order{Role: ring.Data, Reason: "更换"}); !errors.Is(err, ErrClosed) {
		t.Errorf("work on keys while the signer is closed: %v", err)
	}
	r.open()
	if _, err := n.Rotate(ring.Order{Role: ring.Data, Reason: "更换"}); err != nil {
		t.Fatal(err)
	}
	if _, err := n.Join("114499019000000222", "某局（虚构）", "自有密钥"); err != nil {
		t.Fatal(err)
	}
	own, err := n.Signer("114499019000000222")
	if err != nil || own.KeyID() == n.Node().KeyID() {
		t.Fatalf("an office of its own: %v", err)
	}
	if private, _ := filepath.Glob(filepath.Join(dir, "*.key")); len(private) > 0 {
		t.Errorf("private keys beside the node: %v", private)
	}
	signed, refused := 0, ""
	lines, head, err := VerifyLog(r.dir, func(e Entry) {
		if e.Refused != "" {
			refused += e.Name + " " + e.Purpose + " " + e.Refused
		}
		if e.Signature != "" {
			signed++
		}
	})
	h, herr := r.client(dir).Health(t.Context())
	if err != nil || herr != nil || signed < 10 || h.Entries != lines || h.Head != head || refused != "node.data-1 create "+ErrClosed.Code {
		t.Errorf("log: %d lines, %d signatures, refused %q, %v; health %+v %v", lines, signed, refused, err, h, herr)
	}
}

// What nobody here writes, or what is for another key, is not signed, and the
// refusal stands in the log.
func TestSignature_refused(t *testing.T) {
	r := start(t)
	n, dir := r.node()
	c := r.client(dir)
	holder := func(name, algorithm string) key {
		h, err := c.Key(name, algorithm, false)
		if err != nil {
			t.Fatal(err)
		}
		return h.(key)
	}
	data, paper, ca := holder("node.data", sign.Ed25519), holder("node.paper", sign.ECDSAP256), holder("ca", sign.ECDSAP256)
	stranger, err := sign.Files{Dir: t.TempDir()}.Key("x.paper", sign.ECDSAP256, true)
	if err != nil {
		t.Fatal(err)
	}
	certificate := func(own bool, authority bool) []byte {
		pub := stranger.Public()
		if own {
			pub = paper.Public()
		}
		x := &x509.Certificate{SerialNumber: n.Node().Certificate().SerialNumber, NotBefore: today, NotAfter: today.AddDate(1, 0, 0), IsCA: authority, BasicConstraintsValid: true}
		caught := catcher{ca, new([]byte)}
		_, _ = x509.CreateCertificate(nil, x, x, pub, caught) // the signature is no matter, what is signed is
		return *caught.message
	}
	for name, c := range map[string]struct {
		key     key
		message []byte
		purpose string // said; "" as it is recognised
		want    error
	}{
		"nothing":                           {data, nil, "", ErrPurpose},
		"any text":                          {data, []byte("pay 100"), "", ErrPurpose},
		"a digest":                          {data, bytes.Repeat([]byte{7}, 32), "", ErrPurpose},
		"another purpose":                   {data, sign.Framed("exchange", []byte("x")), "", ErrRefused},
		"no purpose":                        {data, sign.Framed("", []byte("x")), "", ErrRefused},
		"said to be another":                {data, sign.Framed("paper", []byte("x")), Checkpoint, ErrRefused},
		"a paper, by the key for PDF":       {paper, sign.Framed("paper", []byte("x")), "", ErrRefused},
		"a token of wallets, by data":       {data, []byte("eyJhbGciOiJFZERTQSIsInR5cCI6ImRjK3NkLWp3dCJ9.e30"), "", ErrRefused},
		"a token without a type":            {data, []byte("eyJhbGciOiJFZERTQSJ9.e30"), "", ErrPurpose},
		"a statement":                       {data, sign.Framed(ring.Purpose, []byte("{}")), "", ErrClosed},
		"a certificate for a stranger":      {ca, certificate(false, false), "", ErrRefused},
		"an authority":                      {ca, certificate(true, true), "", ErrClosed},
		"a certificate, by the key for PDF": {paper, certificate(true, false), "", ErrRefused},
		"a certificate":                     {ca, certificate(true, false), "", nil},
	} {
		purpose := c.purpose
		if purpose == "" {
			purpose, _ = Recognise(c.message)
		}
		var out SignatureAnswer
		err := c.key.c.call(http.MethodPost, "/v1/signatures", SignatureRequest{Request: "request-" + name, Name: c.key.name, Key: c.key.id, Purpose: purpose, Message: c.message}, &out)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	refused := 0
	if _, _, err := VerifyLog(r.dir, func(e Entry) {
		if e.Refused != "" {
			refused++
		}
	}); err != nil || refused != 13 {
		t.Errorf("%d refusals in the log: %v", refused, err)
	}
}

// catcher is a key that keeps what it is to sign.
type catcher struct {
	k       key
	message *[]byte
}

// Public implements crypto.Signer.
func (c catcher) Public() crypto.PublicKey { return c.k.Public() }

// SignMessage implements crypto.MessageSigner.
func (c catcher) SignMessage(_ io.Reader, m []byte, _ crypto.SignerOpts) ([]byte, error) {
	*c.message = m
	return nil, errors.New("caught")
}

// Sign implements crypto.Signer.
func (c catcher) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errors.New("whole messages only")
}

// The signer goes away in the middle: signing is refused at once and with the
// right reason, what is known stays known, also to a node that starts then;
// when it is back, signing goes on and the log is whole.
func TestClient_signerAway(t *testing.T) {
	r := start(t)
	n, dir := r.node()
	s := n.Node()
	if _, err := s.SignFor("paper", []byte("1")); err != nil {
		t.Fatal(err)
	}
	r.stop()
	began := clock.System.Now()
	for range 100 {
		if _, err := s.SignFor("paper", []byte("2")); !errors.Is(err, ErrAway) {
			t.Fatalf("away: %v", err)
		}
	}
	if took := clock.System.Now().Sub(began); took > time.Second {
		t.Errorf("a hundred refusals took %s", took)
	}
	again, err := ring.Open(sign.Options{Dir: dir, Name: "node", Vault: r.client(dir), Clock: r.clock})
	if err != nil || again.Node().KeyID() != s.KeyID() {
		t.Fatalf("a node that starts meanwhile: %v", err)
	}
	r.serve()
	time.Sleep(rest)
	for _, x := range []*sign.Signer{s, again.Node()} {
		if _, err := x.SignFor("paper", []byte("3")); err != nil {
			t.Errorf("back: %v", err)
		}
	}
	if _, _, err := VerifyLog(r.dir, nil); err != nil {
		t.Error(err)
	}
}

// A request that comes twice is signed once; with another message under its id
// it is refused.
func TestSignature_sentTwice(t *testing.T) {
	r := start(t)
	_, dir := r.node()
	c := r.client(dir)
	h, err := c.Key("node.data", sign.Ed25519, false)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(text string) (SignatureAnswer, error) {
		var out SignatureAnswer
		return out, c.call(http.MethodPost, "/v1/signatures", SignatureRequest{Request: "the-same-one", Name: "node.data", Key: sign.KeyID(h.Public()), Purpose: Data + "paper", Message: sign.Framed("paper", []byte(text))}, &out)
	}
	one, err := ask("x")
	two, err2 := ask("x")
	if err != nil || err2 != nil || one.Entry != two.Entry || !bytes.Equal(one.Signature, two.Signature) {
		t.Errorf("%v %v %d %d", err, err2, one.Entry, two.Entry)
	}
	if _, err := ask("y"); !errors.Is(err, ErrRequest) {
		t.Errorf("another message: %v", err)
	}
}

// Over TCP both ends know each other by their certificates, and nobody else.
func TestServe_mutualTLS(t *testing.T) {
	r := start(t)
	r.stop()
	r.address = "https://127.0.0.1:39443"
	r.serve()
	dir := t.TempDir()
	server, err := ServerCertificate(r.dir, r.clock)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Dial(ClientOptions{Address: r.address, Dir: dir}); err == nil {
		t.Error("a client that does not know the signer")
	}
	copyFile(t, filepath.Join(dir, peerFile), server)
	own, err := Introduce(dir, r.clock)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.client(dir).Health(t.Context()); !errors.Is(err, ErrAway) {
		t.Errorf("a client that was not admitted: %v", err)
	}
	copyFile(t, filepath.Join(r.dir, clientsDir, "node-a.pem"), own)
	c := r.client(dir)
	if h, err := c.Health(t.Context()); err != nil || h.Status != "ok" {
		t.Fatalf("%+v %v", h, err)
	}
	if err := os.Remove(filepath.Join(r.dir, clientsDir, "node-a.pem")); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Health(t.Context()); !errors.Is(err, ErrStranger) {
		t.Errorf("shut out while connected: %v", err)
	}
	copyFile(t, filepath.Join(dir, peerFile), own)
	if _, err := r.client(dir).Health(t.Context()); !errors.Is(err, ErrAway) {
		t.Errorf("a signer with another certificate: %v", err)
	}
}

func copyFile(t *testing.T, to, from string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A signer with other keys under the same names is not believed.
func TestClient_otherKeys(t *testing.T) {
	r := start(t)
	n, _ := r.node()
	r.stop()
	if err := os.RemoveAll(filepath.Join(r.dir, "keys")); err != nil {
		t.Fatal(err)
	}
	r.serve()
	r.node() // makes others
	if _, err := n.Node().SignFor("paper", []byte("x")); err == nil || errors.Is(err, ErrAway) {
		t.Errorf("another key signed: %v", err)
	}
}

// More than the limit is refused, and let through later.
func TestLimiter(t *testing.T) {
	l := newLimiter(10)
	count := func(now time.Time) (n int) {
		for range 100 {
			if l.take("k", now) {
				n++
			}
		}
		return n
	}
	if n := count(today); n != 20 {
		t.Errorf("at once %d", n)
	}
	if n := count(today.Add(time.Second)); n != 10 {
		t.Errorf("a second later %d", n)
	}
	if !l.take("other", today) {
		t.Error("another key")
	}
}

// A line changed, left out or cut off is noticed; what a crash left is taken away.
func TestVerifyLog_changed(t *testing.T) {
	r := start(t)
	r.node()
	r.stop()
	file := filepath.Join(r.dir, logDir, logPrefix+"2026-11"+logSuffix)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	n, _, err := VerifyLog(r.dir, nil)
	if err != nil || n < 8 {
		t.Fatalf("%d lines, %v", n, err)
	}
	lines := bytes.SplitAfter(whole, []byte("\n"))
	for name, b := range map[string][]byte{
		"changed":  bytes.Replace(whole, []byte(`"caller":"unix"`), []byte(`"caller":"root"`), 1),
		"left out": bytes.Join(append(append([][]byte{}, lines[:2]...), lines[3:]...), nil),
		"cut off":  whole[:len(whole)-5],
	} {
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := VerifyLog(r.dir, nil); !errors.Is(err, ErrLog) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := os.WriteFile(file, whole[:len(whole)-5], 0o600); err != nil {
		t.Fatal(err)
	}
	r.serve() // takes away the line that was cut off
	if got, _, err := VerifyLog(r.dir, nil); err != nil || got != n-1 {
		t.Errorf("after a crash %d lines, %v", got, err)
	}
}

// Nothing that anybody sends makes Recognise panic or take one thing for two.
func FuzzRecognise(f *testing.F) {
	f.Add(sign.Framed("paper", []byte("x")))
	f.Add([]byte("eyJhbGciOiJFZERTQSIsInR5cCI6ImEifQ.e30"))
	f.Add([]byte("node/audit/440000\n7\n" + strings.Repeat("A", 43) + "=\n"))
	f.Add([]byte{0x31, 0})
	f.Add([]byte{0x30, 3, 2, 1, 4})
	f.Fuzz(func(t *testing.T, b []byte) {
		purpose, err := Recognise(b)
		if (err == nil) == (purpose == "") {
			t.Errorf("%q %v", purpose, err)
		}
	})
}

func BenchmarkSign(b *testing.B) {
	for _, over := range []string{"unix", "https"} {
		b.Run(over, func(b *testing.B) {
			r := start(b)
			dir := b.TempDir()
			if over == "https" {
				r.stop()
				r.address = "https://127.0.0.1:39444"
				r.rate = 1e9
				r.serve()
				server, _ := ServerCertificate(r.dir, r.clock)
				own, _ := Introduce(dir, r.clock)
				for to, from := range map[string]string{filepath.Join(dir, peerFile): server, filepath.Join(r.dir, clientsDir, "n.pem"): own} {
					raw, _ := os.ReadFile(from)
					_ = os.WriteFile(to, raw, 0o600)
				}
			}
			r.server.limit.rate = 1e9
			r.open()
			h, err := r.client(dir).Key("node.data", sign.Ed25519, true)
			if err != nil {
				b.Fatal(err)
			}
			message := sign.Framed("paper", bytes.Repeat([]byte("x"), 2000))
			b.SetParallelism(8)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if _, err := h.Sign(message); err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "signatures/s")
		})
	}
}

// At the turn of a month another file begins while lines of the old one wait to be
// flushed; that is no failure, and nothing is lost.
func TestLog_turnOfMonth(t *testing.T) {
	dir := t.TempDir()
	l, err := openLog(filepath.Join(dir, logDir))
	if err != nil {
		t.Fatal(err)
	}
	for month := range 3 {
		if _, err := l.write(Entry{At: today.AddDate(0, month, 0)}); err != nil {
			t.Fatal(err)
		}
		old := l.file
		if n, err := l.Append(Entry{At: today.AddDate(0, month+1, 0)}); err != nil || n != int64(2*month+2) {
			t.Fatalf("%d: %v", n, err)
		}
		if err := flushed(old); err != nil {
			t.Errorf("who waits for the old file: %v", err)
		}
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if n, _, err := VerifyLog(dir, nil); n != 6 || err != nil {
		t.Errorf("%d lines: %v", n, err)
	}
}
