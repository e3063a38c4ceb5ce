package remote

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"tongban/platform/clock"
	"tongban/platform/fault"
	"tongban/platform/sign"
)

// How long a client waits. A signature is asked for with a transaction open, so
// that it is better refused than waited for.
const (
	onceWait = 2 * time.Second        // for one try
	tries    = 3                      // of one request
	between  = 50 * time.Millisecond  // two tries, then twice as long
	rest     = 500 * time.Millisecond // after a failure everybody is refused at once
	maxReply = 1 << 20
)

// pinsFile has the public keys by their names, as the signer gave them first.
const pinsFile = "signer-keys.json"

// ClientOptions say where the signer is.
type ClientOptions struct {
	Address string // https://HOST:PORT or unix:PATH
	Dir     string // of the certificates of the connection and of the public keys
}

// Client is the sign.Vault of keys that another process keeps. It is safe for
// use by several goroutines.
type Client struct {
	base string
	http *http.Client
	dir  string
	away atomic.Int64 // until when nobody is asked, in nanoseconds

	mu   sync.Mutex
	pins map[string]PublicKey
}

// Dial makes a client. It does not yet ask anything.
func Dial(o ClientOptions) (*Client, error) {
	c := &Client{dir: o.Dir, pins: map[string]PublicKey{}}
	t := &http.Transport{MaxIdleConns: 64, MaxIdleConnsPerHost: 64, IdleConnTimeout: time.Minute, TLSHandshakeTimeout: onceWait}
	if path, ok := strings.CutPrefix(o.Address, "unix:"); ok && path != "" {
		c.base = "http://signer"
		t.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", path)
		}
	} else if strings.HasPrefix(o.Address, "https://") {
		conf, err := clientTLS(o.Dir, clock.System)
		if err != nil {
			return nil, err
		}
		c.base, t.TLSClientConfig = strings.TrimRight(o.Address, "/"), conf
	} else {
		return nil, fmt.Errorf("%q: an address of a signer is https://HOST:PORT or unix:PATH", o.Address)
	}
	c.http = &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return c, c.readPins()
}

func (c *Client) readPins() error {
	b, err := os.ReadFile(filepath.Join(c.dir, pinsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(b, &c.pins)
	}
	return err
}

// Key implements sign.Vault. The public half of a key that was seen before is
// known without asking, so that a node starts while the signer is away.
func (c *Client) Key(name, algorithm string, create bool) (sign.KeyHolder, error) {
	c.mu.Lock()
	pin, there := c.pins[name]
	c.mu.Unlock()
	if there {
		return c.holder(pin, algorithm)
	}
	var got PublicKey
	err := c.call(http.MethodGet, "/v1/keys/"+name, nil, &got)
	if errors.Is(err, sign.ErrNoKey) && create {
		err = c.call(http.MethodPost, "/v1/keys", PublicKey{Name: name, Algorithm: algorithm}, &got)
	}
	if err != nil {
		return nil, err
	}
	got.Name = name
	h, err := c.holder(got, algorithm)
	if err != nil {
		return nil, err
	}
	return h, c.pin(got)
}

// pin keeps what the signer said first.
func (c *Client) pin(k PublicKey) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.readPins(); err != nil { // what another process of the node learned
		return err
	}
	if before, there := c.pins[k.Name]; there && !bytes.Equal(before.Public, k.Public) {
		return ErrStranger.With("key", k.Name)
	}
	all := maps.Clone(c.pins)
	all[k.Name] = k
	b, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		return err
	}
	c.pins = all
	return sign.ReplaceFile(filepath.Join(c.dir, pinsFile), append(b, '\n'), 0o644)
}

func (c *Client) holder(k PublicKey, algorithm string) (sign.KeyHolder, error) {
	if k.Algorithm != algorithm {
		return nil, sign.ErrUnsupported.With("algorithm", k.Algorithm)
	}
	pub, err := sign.ParsePublic(algorithm, k.Public)
	if err != nil {
		return nil, err
	}
	return key{c, k.Name, algorithm, sign.KeyID(pub), pub}, nil
}

// Health asks the signer how it is.
func (c *Client) Health(ctx context.Context) (h Health, err error) {
	ctx, cancel := context.WithTimeout(ctx, onceWait)
	defer cancel()
	return h, c.once(ctx, http.MethodGet, "/v1/health", nil, &h)
}

// key is a sign.KeyHolder whose private half is at the signer.
type key struct {
	c                   *Client
	name, algorithm, id string
	public              crypto.PublicKey
}

// Algorithm implements sign.KeyHolder.
func (k key) Algorithm() string { return k.algorithm }

// Public implements sign.KeyHolder.
func (k key) Public() crypto.PublicKey { return k.public }

// Sign implements sign.KeyHolder. What comes back is believed when it is a
// signature of that key over that message.
func (k key) Sign(message []byte) ([]byte, error) {
	purpose, err := Recognise(message)
	if err != nil {
		return nil, err
	}
	id := make([]byte, 16)
	rand.Read(id) // never fails (crypto/rand)
	var out SignatureAnswer
	in := SignatureRequest{Request: hex.EncodeToString(id), Name: k.name, Key: k.id, Purpose: purpose, Message: message}
	if err := k.c.call(http.MethodPost, "/v1/signatures", in, &out); err != nil {
		return nil, err
	}
	if !sign.VerifyWith(k.public, message, out.Signature) {
		return nil, ErrStranger.With("key", k.name)
	}
	return out.Signature, nil
}

// call asks until it is answered or until the tries are used up. The request
// is the same each time, so that nothing is signed twice.
func (c *Client) call(method, path string, in, out any) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return err
		}
	}
	if clock.System.Now().UnixNano() < c.away.Load() {
		return ErrAway
	}
	var err error
	for n, wait := 0, between; n < tries; n, wait = n+1, 2*wait {
		if n > 0 {
			time.Sleep(wait)
		}
		ctx, cancel := context.WithTimeout(context.Background(), onceWait)
		err = c.once(ctx, method, path, body, out)
		slow := ctx.Err() != nil
		cancel()
		if !errors.Is(err, ErrBusy) && (!errors.Is(err, ErrAway) || slow) {
			break
		}
	}
	if errors.Is(err, ErrAway) {
		c.away.Store(clock.System.Now().Add(rest).UnixNano())
	}
	return err
}

// once asks once.
func (c *Client) once(ctx context.Context, method, path string, body []byte, out any) error {
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	reply, err := c.http.Do(r)
	if err != nil {
		return ErrAway.Because(err)
	}
	defer reply.Body.Close()
	b, err := io.ReadAll(io.LimitReader(reply.Body, maxReply))
	if err != nil {
		return ErrAway.Because(err)
	}
	if reply.StatusCode == http.StatusOK {
		if err := json.Unmarshal(b, out); err != nil {
			return ErrAway.Because(err)
		}
		return nil
	}
	return refusal(reply.StatusCode, b)
}

// refusals are those that the signer's client tells apart.
var refusals = []*fault.Fault{ErrBusy, ErrPurpose, ErrRefused, ErrClosed, ErrStranger, ErrLog, ErrRequest, sign.ErrNoKey, sign.ErrKeySealed, sign.ErrKeyDamaged, sign.ErrKeyOpen, sign.ErrName}

func refusal(status int, body []byte) error {
	var p Problem
	if json.Unmarshal(body, &p) == nil {
		for _, f := range refusals {
			if f.Code == p.Code {
				for k, v := range p.Details {
					f = f.With(k, v)
				}
				return f
			}
		}
	}
	return ErrAway.Because(fmt.Errorf("status %d %s", status, p.Code))
}
