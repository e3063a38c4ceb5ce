package sdjwt

import (
	"bytes"
	"crypto"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"tongban/platform/fault"
)

// Why a token is refused. Codes are stable.
var (
	// ErrMalformed: not a token at all, or one that is too large.
	ErrMalformed = fault.Invalid("sdjwt.malformed")
	// ErrSignature: the signature is not the issuer's.
	ErrSignature = fault.Invalid("sdjwt.signature")
	// ErrKey: the issuer's key is not known.
	ErrKey = fault.Invalid("sdjwt.key")
	// ErrDisclosure: a disclosure that the issuer did not sign, or twice.
	ErrDisclosure = fault.Invalid("sdjwt.disclosure")
	// ErrTime: not yet or no longer valid.
	ErrTime = fault.Invalid("sdjwt.time")
	// ErrBinding: whoever shows the token did not prove that it is his.
	ErrBinding = fault.Invalid("sdjwt.binding")
)

// Bounds on what strangers send.
const (
	maxToken       = 1 << 20 // bytes
	maxDisclosures = 2000
	maxDepth       = 32
)

// Token is a token that was read and not yet checked.
type Token struct {
	jws         string
	disclosures []disclosure
	binding     string // the holder's proof; "" for none
}

type disclosure struct {
	raw    string
	digest string
	name   string // of a member; "" for an element of an array
	member bool
	value  any
}

// Parse reads the compact form.
func Parse(s string) (Token, error) {
	if len(s) > maxToken {
		return Token{}, ErrMalformed
	}
	parts := strings.Split(s, "~")
	if len(parts) < 2 || len(parts) > maxDisclosures+2 || strings.Count(parts[0], ".") != 2 {
		return Token{}, ErrMalformed
	}
	t := Token{jws: parts[0], binding: parts[len(parts)-1]}
	for _, p := range parts[1 : len(parts)-1] {
		d, err := readDisclosure(p)
		if err != nil {
			return Token{}, err
		}
		t.disclosures = append(t.disclosures, d)
	}
	return t, nil
}

func readDisclosure(s string) (disclosure, error) {
	d := disclosure{raw: s, digest: digest(s)}
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return d, ErrDisclosure.Because(err)
	}
	var parts []any
	if err := decode(raw, &parts); err != nil {
		return d, ErrDisclosure.Because(err)
	}
	if _, ok := first[string](parts); !ok {
		return d, ErrDisclosure.Because(errors.New("no salt"))
	}
	switch len(parts) {
	case 2:
		d.value = parts[1]
	case 3:
		name, ok := parts[1].(string)
		if !ok || slices.Contains(reserved, name) {
			return d, ErrDisclosure.Because(fmt.Errorf("the name %v", parts[1]))
		}
		d.name, d.member, d.value = name, true, parts[2]
	default:
		return d, ErrDisclosure.Because(fmt.Errorf("%d parts", len(parts)))
	}
	return d, nil
}

func first[T any](list []any) (v T, ok bool) {
	if len(list) > 0 {
		v, ok = list[0].(T)
	}
	return v, ok
}

// decode keeps numbers as they were written.
func decode(raw []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(v); err != nil {
		return err
	}
	if d.More() {
		return errors.New("more than one value")
	}
	return nil
}

// String is the compact form.
func (t Token) String() string {
	parts := []string{t.jws}
	for _, d := range t.disclosures {
		parts = append(parts, d.raw)
	}
	return strings.Join(append(parts, t.binding), "~")
}

// Check says what a verifier demands.
type Check struct {
	Key      func(h Header) (crypto.PublicKey, error) // finds the issuer's key
	Types    []string                                 // accepted header types; empty for any
	Now      time.Time
	Skew     time.Duration // between clocks; zero is a minute
	Bound    bool          // the holder has to prove that it is his
	Audience string        // to whom the proof has to be made
	Nonce    string
	Fresh    time.Duration // how old a proof may be; zero is five minutes
	// Loose leaves to the caller when a token is good and for whom it is shown: of a
	// file that somebody brought nobody knows. A proof is checked for its key and for
	// what it covers.
	Loose bool
}

// Header is what the issuer says about his signature.
type Header struct {
	KeyID string
	Type  string
	Issue string           // claim iss, not yet checked
	Key   *jose.JSONWebKey // header jwk, as in proofs of possession
}

// Result is what a token says, after everything was checked.
type Result struct {
	Header
	Claims   map[string]any
	Holder   *jose.JSONWebKey // the key that the issuer bound it to; nil for none
	Withheld int              // digests in the signed part whose values were not shown; decoys count
	Proved   bool             // the holder's proof was there and is good

	IssuedAt, Until time.Time // claims iat and exp; zero without
	Dated           bool      // there is an iat
}

// Verify reads a token and checks everything: signature, disclosures, time,
// and the holder's proof if one is demanded.
func Verify(s string, c Check) (Result, error) {
	t, err := Parse(s)
	if err != nil {
		return Result{}, err
	}
	return t.Verify(c)
}

// Verify checks a token that was read.
func (t Token) Verify(c Check) (Result, error) {
	if c.Skew == 0 {
		c.Skew = time.Minute
	}
	body, h, err := opened(t.jws, c.Key)
	r := Result{Header: h} // of a refused token it tells whom to ask
	if err != nil {
		return r, err
	}
	if len(c.Types) > 0 && !slices.Contains(c.Types, h.Type) {
		return r, ErrMalformed.With("type", h.Type)
	}
	var payload map[string]any
	if err := decode(body, &payload); err != nil || payload == nil {
		return r, ErrMalformed
	}
	if r.Claims, r.Withheld, err = t.reveal(payload); err != nil {
		return r, err
	}
	if err := inTime(r.Claims, c); err != nil {
		return r, err
	}
	r.IssuedAt, r.Dated = seconds(r.Claims["iat"])
	r.Until, _ = seconds(r.Claims["exp"])
	if r.Holder, err = holderKey(r.Claims); err != nil {
		return r, err
	}
	if c.Bound || t.binding != "" {
		err = t.checkBinding(c, r.Holder)
		r.Proved = err == nil
	}
	return r, err
}

// allowed are the algorithms that signatures may have.
var allowed = []jose.SignatureAlgorithm{jose.EdDSA, jose.ES256}

// Open checks a signed JSON token in the compact form and returns its payload.
func Open(jws string, key func(Header) (crypto.PublicKey, error)) ([]byte, Header, error) {
	if len(jws) > maxToken {
		return nil, Header{}, ErrMalformed
	}
	return opened(jws, key)
}

func opened(jws string, key func(Header) (crypto.PublicKey, error)) ([]byte, Header, error) {
	parsed, err := jose.ParseSignedCompact(jws, allowed)
	if err == nil {
		err = oneSpelling(jws)
	}
	if err != nil {
		return nil, Header{}, ErrMalformed.Because(err)
	}
	p := parsed.Signatures[0].Protected
	h := Header{KeyID: p.KeyID, Key: p.JSONWebKey}
	h.Type, _ = p.ExtraHeaders[jose.HeaderType].(string)
	var claims struct {
		Issuer string `json:"iss"`
	}
	json.Unmarshal(parsed.UnsafePayloadWithoutVerification(), &claims) // for finding the key only; what is no object has no issuer
	h.Issue = claims.Issuer
	pub, err := key(h)
	if err != nil || pub == nil {
		return nil, h, ErrKey.Because(err)
	}
	body, err := parsed.Verify(pub)
	if err != nil {
		return nil, h, ErrSignature.Because(err)
	}
	return body, h, nil
}

// oneSpelling refuses base64url that other decoders would take too: bits behind
// the last byte, line breaks.
func oneSpelling(jws string) error {
	for part := range strings.SplitSeq(jws, ".") {
		if _, err := base64.RawURLEncoding.Strict().DecodeString(part); err != nil || strings.ContainsAny(part, "\r\n") {
			return errors.Join(errors.New("not in the one spelling"), err)
		}
	}
	return nil
}

// reveal puts disclosed values where their digests stand (RFC 9901 §7.1).
func (t Token) reveal(payload map[string]any) (map[string]any, int, error) {
	if alg, ok := payload["_sd_alg"]; ok && alg != "sha-256" {
		return nil, 0, ErrMalformed.With("_sd_alg", alg)
	}
	delete(payload, "_sd_alg")
	r := revealer{by: map[string]disclosure{}, met: map[string]bool{}, used: map[string]bool{}}
	for _, d := range t.disclosures {
		if _, twice := r.by[d.digest]; twice {
			return nil, 0, ErrDisclosure.Because(errors.New("sent twice"))
		}
		r.by[d.digest] = d
	}
	v, err := r.object(payload, 0)
	if err != nil {
		return nil, 0, err
	}
	if len(r.used) != len(r.by) {
		return nil, 0, ErrDisclosure.Because(errors.New("not signed by the issuer"))
	}
	return v, len(r.met) - len(r.used), nil
}

type revealer struct {
	by   map[string]disclosure
	met  map[string]bool // digests seen in the signed part
	used map[string]bool
}

func (r *revealer) meet(d any) (disclosure, bool, error) {
	s, ok := d.(string)
	if !ok {
		return disclosure{}, false, ErrMalformed
	}
	if r.met[s] {
		return disclosure{}, false, ErrDisclosure.Because(errors.New("a digest stands twice"))
	}
	r.met[s] = true
	found, ok := r.by[s]
	r.used[s] = ok
	if !ok {
		delete(r.used, s)
	}
	return found, ok, nil
}

func (r *revealer) object(in map[string]any, depth int) (map[string]any, error) {
	if depth > maxDepth {
		return nil, ErrMalformed
	}
	out := map[string]any{}
	for name, v := range in {
		if name == "_sd" {
			continue
		}
		if name == "..." {
			return nil, ErrMalformed
		}
		x, err := r.value(v, depth+1)
		if err != nil {
			return nil, err
		}
		out[name] = x
	}
	digests, present := in["_sd"]
	list, ok := digests.([]any)
	if present && !ok {
		return nil, ErrMalformed
	}
	for _, d := range list {
		found, shown, err := r.meet(d)
		if err != nil {
			return nil, err
		}
		if !shown {
			continue
		}
		if _, there := out[found.name]; !found.member || there {
			return nil, ErrDisclosure.Because(fmt.Errorf("the claim %q", found.name))
		}
		if out[found.name], err = r.value(found.value, depth+1); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (r *revealer) value(v any, depth int) (any, error) {
	if depth > maxDepth {
		return nil, ErrMalformed
	}
	switch v := v.(type) {
	case map[string]any:
		return r.object(v, depth)
	case []any:
		return r.array(v, depth)
	}
	return v, nil
}

func (r *revealer) array(in []any, depth int) (any, error) {
	out := []any{}
	for _, e := range in {
		m, ok := e.(map[string]any)
		d, hidden := m["..."]
		if !ok || !hidden {
			x, err := r.value(e, depth+1)
			if err != nil {
				return nil, err
			}
			out = append(out, x)
			continue
		}
		if len(m) != 1 {
			return nil, ErrMalformed
		}
		found, shown, err := r.meet(d)
		if err != nil {
			return nil, err
		}
		if !shown {
			continue
		}
		if found.member {
			return nil, ErrDisclosure.Because(errors.New("a member stands for an element"))
		}
		x, err := r.value(found.value, depth+1)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// inTime checks exp and nbf (RFC 7519 §4.1), in seconds.
func inTime(claims map[string]any, c Check) error {
	for name, wrong := range map[string]func(time.Time) bool{
		"exp": func(t time.Time) bool { return !c.Loose && !c.Now.Before(t.Add(c.Skew)) },
		"nbf": func(t time.Time) bool { return !c.Loose && c.Now.Before(t.Add(-c.Skew)) },
	} {
		v, there := claims[name]
		if !there {
			continue
		}
		at, ok := seconds(v)
		if !ok {
			return ErrMalformed.With("claim", name)
		}
		if wrong(at) {
			return ErrTime.With("claim", name)
		}
	}
	return nil
}

func seconds(v any) (time.Time, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return time.Time{}, false
	}
	f, err := n.Float64()
	if err != nil || f < 0 || f > 1<<40 {
		return time.Time{}, false
	}
	return time.Unix(int64(f), 0), true
}
