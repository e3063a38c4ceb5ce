package remote

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"tongban/platform/clock"
	"tongban/platform/fault"
	"tongban/platform/lock"
	"tongban/platform/sign"
)

// Options say where a signer's keys lie and what they sign.
type Options struct {
	Dir        string // keys/, log/, clients/ lie in it
	Passphrase string // opens the keys; "" leaves them protected by file mode
	Policy     Policy
	Rate       float64 // signatures a second for each key
	Clock      clock.Clock
	Log        *slog.Logger
}

// Server signs for its clients.
type Server struct {
	o       Options
	vault   sign.Files
	log     *Log
	limit   *limiter
	held    *lock.Lock
	answers answers

	mu   sync.Mutex
	keys map[string]held // by name
}

// held is a key that is open.
type held struct {
	sign.KeyHolder
	id     string
	public []byte // SubjectPublicKeyInfo
}

// NewServer opens the keys of a folder and its log. Nobody else may serve it.
func NewServer(o Options) (*Server, error) {
	s := &Server{o: o, vault: sign.Files{Dir: filepath.Join(o.Dir, "keys"), Passphrase: o.Passphrase}, limit: newLimiter(o.Rate), keys: map[string]held{}}
	for _, dir := range []string{s.vault.Dir, filepath.Join(o.Dir, clientsDir)} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
	}
	var err error
	if s.held, err = lock.Take(filepath.Join(o.Dir, "signer.lock"), "signs"); err != nil {
		return nil, err
	}
	if s.log, err = openLog(filepath.Join(o.Dir, logDir)); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	names, err := s.vault.Names()
	for _, name := range names {
		rule, ok := o.Policy[RoleOf(name)]
		if !ok {
			continue
		}
		if _, e := s.key(name, rule.Algorithm, false); e != nil {
			err = errors.Join(err, fmt.Errorf("key %s: %w", name, e))
		}
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close closes the log and lets another signer have the folder.
func (s *Server) Close() error {
	var err error
	if s.log != nil {
		err = s.log.Close()
	}
	return errors.Join(err, s.held.Release())
}

// Serve answers until ctx ends, and then what was begun. An address is
// "https://HOST:PORT", or "unix:PATH" for a socket that its mode protects.
func (s *Server) Serve(ctx context.Context, address string) error {
	l, err := s.listen(address)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: s, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second, WriteTimeout: 15 * time.Second, IdleTimeout: 5 * time.Minute,
		ErrorLog: slog.NewLogLogger(s.o.Log.Handler(), slog.LevelWarn)}
	done := make(chan error, 1)
	go func() {
		<-ctx.Done()
		end, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		if server.Shutdown(end) != nil {
			done <- server.Close() // connections that nobody used; what was asked for is answered by now, or asked again
			return
		}
		done <- nil
	}()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-done
}

func (s *Server) listen(address string) (net.Listener, error) {
	if path, ok := strings.CutPrefix(address, "unix:"); ok {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) { // the lock says that nobody serves it
			return nil, err
		}
		l, err := net.Listen("unix", path)
		if err != nil {
			return nil, err
		}
		return l, os.Chmod(path, 0o660)
	}
	host, ok := strings.CutPrefix(address, "https://")
	if !ok {
		return nil, fmt.Errorf("%q: an address of a signer is https://HOST:PORT or unix:PATH", address)
	}
	conf, err := serverTLS(s.o.Dir, s.o.Clock)
	if err != nil {
		return nil, err
	}
	return tls.Listen("tcp", host, conf)
}

// key opens a key, or with create makes it.
func (s *Server) key(name, algorithm string, create bool) (held, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if k, ok := s.keys[name]; ok {
		return k, nil
	}
	h, err := s.vault.Key(name, algorithm, create)
	if err != nil {
		return held{}, err
	}
	der, err := sign.MarshalPublic(h.Public())
	if err == nil {
		s.keys[name] = held{h, sign.KeyID(h.Public()), der}
	}
	return s.keys[name], err
}

// holds tells whether a public key is that of a key here.
func (s *Server) holds(public []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.keys {
		if slices.Equal(k.public, public) {
			return true
		}
	}
	return false
}

// maxRequest bounds what is sent, in bytes: a token of a paper with its base64.
const maxRequest = 12 << 20

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	caller, err := s.caller(r)
	if err != nil {
		answerFault(w, err)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxRequest)
	var out any
	switch path := r.Method + " " + r.URL.Path; {
	case path == "GET /v1/health":
		out, err = s.health()
	case path == "POST /v1/signatures":
		out, err = s.signature(r, caller)
	case path == "POST /v1/keys":
		out, err = s.create(r, caller)
	case strings.HasPrefix(path, "GET /v1/keys/"):
		out, err = s.show(strings.TrimPrefix(r.URL.Path, "/v1/keys/"))
	default:
		err = fault.NotFound("platform.not_found")
	}
	if err != nil {
		s.o.Log.Warn("refused", "caller", caller, "path", r.URL.Path, "error", err)
		answerFault(w, err)
		return
	}
	answer(w, http.StatusOK, out)
}

// caller is the name under which the caller's certificate was admitted.
func (s *Server) caller(r *http.Request) (string, error) {
	if r.TLS == nil {
		return "unix", nil // whoever may open the socket
	}
	return admitted(s.o.Dir, r.TLS.PeerCertificates[0].Raw)
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the caller is gone: it asks again with the same request id
}

// Problem is the answer to what is refused.
type Problem struct {
	Code    string         `json:"code"`
	Details map[string]any `json:"details,omitempty"`
}

func answerFault(w http.ResponseWriter, err error) {
	f := fault.Of(err)
	status := map[fault.Kind]int{fault.KindUnavailable: http.StatusServiceUnavailable, fault.KindConflict: http.StatusConflict, fault.KindNotFound: http.StatusNotFound, fault.KindInvalid: http.StatusUnprocessableEntity}[f.Kind]
	switch {
	case errors.Is(err, sign.ErrNoKey):
		status = http.StatusNotFound
	case errors.Is(err, ErrBusy):
		status = http.StatusTooManyRequests
	case errors.Is(err, ErrRefused), errors.Is(err, ErrPurpose), errors.Is(err, ErrStranger):
		status = http.StatusForbidden
	case status == 0:
		status = http.StatusInternalServerError
	}
	answer(w, status, Problem{f.Code, f.Details})
}

// Health is what the signer says of itself.
type Health struct {
	Status    string    `json:"status"` // "ok"
	Keys      int       `json:"keys"`
	OpenUntil time.Time `json:"open_until,omitzero"` // for work on keys
	Entries   int64     `json:"log_entries"`
	Head      string    `json:"log_head"` // hash of the last line, for whoever keeps it elsewhere
}

func (s *Server) health() (Health, error) {
	n, head, err := s.log.Head()
	if err != nil {
		return Health{}, err
	}
	until, err := s.open()
	s.mu.Lock()
	defer s.mu.Unlock()
	return Health{"ok", len(s.keys), until, n, head}, err
}

// open is until when work on keys is done; zero when it is over.
func (s *Server) open() (time.Time, error) {
	until, err := openUntil(s.o.Dir)
	if err != nil || !s.o.Clock.Now().Before(until) {
		return time.Time{}, err
	}
	return until, nil
}

// PublicKey is the public half of a key.
type PublicKey struct {
	Name      string `json:"name"`
	Algorithm string `json:"algorithm"`
	Public    []byte `json:"public,omitempty"` // SubjectPublicKeyInfo
}

func (s *Server) show(name string) (PublicKey, error) {
	rule, ok := s.o.Policy[RoleOf(name)]
	if !ok {
		return PublicKey{}, sign.ErrNoKey.With("key", name)
	}
	k, err := s.key(name, rule.Algorithm, false)
	return PublicKey{name, rule.Algorithm, k.public}, err
}

func (s *Server) create(r *http.Request, caller string) (PublicKey, error) {
	var in PublicKey
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return in, ErrRequest.Because(err)
	}
	rule, ok := s.o.Policy[RoleOf(in.Name)]
	if !ok || rule.Algorithm != in.Algorithm {
		return in, ErrRefused.With("key", in.Name).With("algorithm", in.Algorithm)
	}
	if k, err := s.key(in.Name, in.Algorithm, false); !errors.Is(err, sign.ErrNoKey) {
		return PublicKey{in.Name, in.Algorithm, k.public}, err
	}
	until, err := s.open()
	if err != nil {
		return in, err
	}
	if until.IsZero() {
		_, err := s.log.Append(Entry{At: s.o.Clock.Now(), Caller: caller, Name: in.Name, Purpose: "create", Refused: ErrClosed.Code})
		return in, errors.Join(ErrClosed.With("purpose", "create"), err)
	}
	if _, err := s.log.Append(Entry{At: s.o.Clock.Now(), Caller: caller, Name: in.Name, Purpose: "create"}); err != nil {
		return in, err
	}
	k, err := s.key(in.Name, in.Algorithm, true)
	return PublicKey{in.Name, in.Algorithm, k.public}, err
}

// SignatureRequest asks for one signature.
type SignatureRequest struct {
	Request string `json:"request"` // id, the same when it is sent again
	Name    string `json:"name"`    // of the key
	Key     string `json:"key"`     // its id, so that nobody signs with another than he thinks
	Purpose string `json:"purpose"` // as Recognise names it
	Message []byte `json:"message"` // all of it: Ed25519 and SM2 sign no bare digest
}

// SignatureAnswer is the answer.
type SignatureAnswer struct {
	Signature []byte `json:"signature"`
	Entry     int64  `json:"entry"` // line of the log
}

func (s *Server) signature(r *http.Request, caller string) (SignatureAnswer, error) {
	var in SignatureRequest
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return SignatureAnswer{}, ErrRequest.Because(err)
	}
	if len(in.Request) < 8 || len(in.Request) > 100 || len(in.Name) > 100 || len(in.Purpose) > 100 {
		return SignatureAnswer{}, ErrRequest
	}
	sum := sha256.Sum256(append([]byte(in.Name+"\x00"), in.Message...))
	if before, there := s.answers.find(caller + " " + in.Request); there {
		if before.of != sum {
			return SignatureAnswer{}, ErrRequest.With("request", in.Request)
		}
		return before.SignatureAnswer, nil
	}
	out, err := s.sign(in, caller)
	if err == nil {
		s.answers.keep(caller+" "+in.Request, given{out, sum})
	}
	return out, err
}

// sign checks what is asked, signs, and answers when the log has it.
func (s *Server) sign(in SignatureRequest, caller string) (out SignatureAnswer, err error) {
	now := s.o.Clock.Now()
	k, err := s.key(in.Name, s.o.Policy[RoleOf(in.Name)].Algorithm, false)
	if err != nil {
		return out, err
	}
	if !s.limit.take(in.Name, now) {
		return out, ErrBusy.With("key", in.Name)
	}
	e := Entry{At: now, Request: in.Request, Caller: caller, Name: in.Name, Key: k.id, Purpose: in.Purpose, Message: hashOf(in.Message)}
	if err := s.allowed(in, k); err != nil {
		e.Refused = fault.Of(err).Code
		_, noted := s.log.Append(e)
		return out, errors.Join(err, noted)
	}
	if out.Signature, err = k.Sign(in.Message); err != nil {
		return out, err
	}
	e.Signature = hashOf(out.Signature)
	out.Entry, err = s.log.Append(e)
	return out, err
}

func (s *Server) allowed(in SignatureRequest, k held) error {
	purpose, err := Recognise(in.Message)
	if err != nil {
		return err
	}
	if purpose != in.Purpose || in.Key != k.id {
		return ErrRefused.With("key", in.Name).With("purpose", purpose)
	}
	until, err := s.open()
	if err != nil {
		return err
	}
	if err := s.o.Policy.may(in.Name, purpose, !until.IsZero()); err != nil {
		return err
	}
	if purpose == Certificate || purpose == Authority {
		if r, err := readRequest(in.Message); err != nil || !s.holds(r.public) {
			return ErrRefused.With("key", in.Name).With("purpose", purpose).Because(errors.New("a certificate for a key that is not here"))
		}
	}
	return nil
}

// given is an answer with what it was an answer to.
type given struct {
	SignatureAnswer
	of [32]byte
}

// answers remembers the last answers by their requests.
type answers struct {
	mu    sync.Mutex
	by    map[string]given
	order []string
	next  int
}

// maxAnswers is how many: a client asks again within seconds.
const maxAnswers = 1 << 14

func (a *answers) find(request string) (given, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	g, ok := a.by[request]
	return g, ok
}

func (a *answers) keep(request string, g given) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.by == nil {
		a.by = map[string]given{}
	}
	if len(a.order) < maxAnswers {
		a.order = append(a.order, request)
	} else {
		delete(a.by, a.order[a.next])
		a.order[a.next] = request
		a.next = (a.next + 1) % maxAnswers
	}
	a.by[request] = g
}
