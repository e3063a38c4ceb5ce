package sdjwt

import (
	"crypto"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// bindingType is the header type of a holder's proof (RFC 9901 §4.3).
const bindingType = "kb+jwt"

// Present is the token with those values only that keep wants, and without a
// proof. path names a value from the outside in, elements of arrays by their
// number. A value inside a hidden one comes along only with that one.
func (t Token) Present(keep func(path []string) bool) (Token, error) {
	_, rest, _ := strings.Cut(t.jws, ".")
	part, _, _ := strings.Cut(rest, ".")
	var body map[string]any
	if payload, err := base64.RawURLEncoding.DecodeString(part); err != nil || decode(payload, &body) != nil {
		return Token{}, ErrMalformed
	}
	w := walker{by: map[string]disclosure{}, keep: keep, kept: map[string]bool{}}
	for _, d := range t.disclosures {
		w.by[d.digest] = d
	}
	w.walk(body, nil, 0)
	out := Token{jws: t.jws}
	for _, d := range t.disclosures {
		if w.kept[d.digest] {
			out.disclosures = append(out.disclosures, d)
		}
	}
	return out, nil
}

// Names lists the paths of the values that can be withheld, in the order of
// their disclosures.
func (t Token) Names() (out [][]string) {
	t.Present(func(path []string) bool { // a token that cannot be read has no names
		out = append(out, append([]string(nil), path...))
		return true
	})
	return out
}

type walker struct {
	by   map[string]disclosure
	keep func([]string) bool
	kept map[string]bool
}

func (w *walker) walk(v any, path []string, depth int) {
	if depth > maxDepth {
		return
	}
	switch v := v.(type) {
	case map[string]any:
		for name, x := range v {
			if name != "_sd" {
				w.walk(x, append(path[:len(path):len(path)], name), depth+1)
			}
		}
		list, _ := v["_sd"].([]any)
		for _, d := range list {
			w.take(d, path, -1, depth)
		}
	case []any:
		for i, x := range v {
			if m, ok := x.(map[string]any); ok && m["..."] != nil {
				w.take(m["..."], path, i, depth)
				continue
			}
			w.walk(x, append(path[:len(path):len(path)], strconv.Itoa(i)), depth+1)
		}
	}
}

func (w *walker) take(digest any, path []string, element, depth int) {
	s, _ := digest.(string)
	d, ok := w.by[s]
	if !ok || w.kept[s] {
		return
	}
	at := append(path[:len(path):len(path)], d.name)
	if element >= 0 {
		at[len(at)-1] = strconv.Itoa(element)
	}
	if w.keep(at) {
		w.kept[s] = true
		w.walk(d.value, at, depth+1)
	}
}

// Binding is what the holder proves.
type Binding struct {
	Audience string
	Nonce    string
	At       time.Time
}

// Bind adds the holder's proof that the token is his, for one verifier and one
// occasion.
func (t Token) Bind(key Key, b Binding) (Token, error) {
	t.binding = ""
	proof, err := Sign(map[string]any{"iat": b.At.Unix(), "aud": b.Audience, "nonce": b.Nonce, "sd_hash": digest(t.String())}, key, "", bindingType)
	t.binding = proof
	return t, err
}

// checkBinding checks the holder's proof.
func (t Token) checkBinding(c Check, holder *jose.JSONWebKey) error {
	if t.binding == "" || holder == nil {
		return ErrBinding.Because(errors.New("none"))
	}
	body, h, err := opened(t.binding, func(Header) (crypto.PublicKey, error) { return holder.Key, nil })
	if err != nil {
		return ErrBinding.Because(err)
	}
	var proof struct {
		At       json.Number `json:"iat"`
		Audience string      `json:"aud"`
		Nonce    string      `json:"nonce"`
		Hash     string      `json:"sd_hash"`
	}
	if err := decode(body, &proof); err != nil {
		return ErrBinding.Because(err)
	}
	at, ok := seconds(proof.At)
	fresh := c.Fresh
	if fresh == 0 {
		fresh = 5 * time.Minute
	}
	bare := t
	bare.binding = ""
	switch {
	case h.Type != bindingType, proof.Hash != digest(bare.String()), !c.Loose && (proof.Audience != c.Audience || proof.Nonce != c.Nonce):
		return ErrBinding.Because(errors.New("made for another occasion"))
	case c.Loose:
	case !ok || at.After(c.Now.Add(c.Skew)) || c.Now.Sub(at) > fresh+c.Skew:
		return ErrBinding.Because(errors.New("too old, or not yet made"))
	}
	return nil
}

// holderKey is the key in cnf (RFC 7800 §3.2).
func holderKey(claims map[string]any) (*jose.JSONWebKey, error) {
	cnf, ok := claims["cnf"].(map[string]any)
	if !ok {
		return nil, nil
	}
	raw, err := json.Marshal(cnf["jwk"])
	if err != nil {
		return nil, ErrMalformed.Because(err)
	}
	return ReadKey(raw)
}

// ReadKey reads a public key as JSON; private and symmetric ones are refused.
func ReadKey(raw []byte) (*jose.JSONWebKey, error) {
	var k jose.JSONWebKey
	if err := json.Unmarshal(raw, &k); err != nil {
		return nil, ErrMalformed.Because(err)
	}
	if !k.Valid() || !k.IsPublic() {
		return nil, ErrMalformed.Because(errors.New("not a public key"))
	}
	return &k, nil
}
