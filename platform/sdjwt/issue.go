package sdjwt

import (
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// Claims is the payload of a token: JSON values, and Hidden ones.
type Claims map[string]any

// Hidden marks a value, a member of an object or an element of an array, that
// its holder may withhold. The value may hold further hidden ones.
type Hidden struct{ Value any }

// Key signs whole messages; the key may lie in a file, a module or elsewhere.
// sign.KeyHolder is one.
type Key interface {
	Algorithm() string // "Ed25519" or "ECDSA-P256-SHA256"
	Public() crypto.PublicKey
	Sign(message []byte) ([]byte, error)
}

// Options say how a token is made.
type Options struct {
	Key    Key
	KeyID  string         // header kid; "" for none
	Type   string         // header typ, such as "dc+sd-jwt"
	Header map[string]any // further members of the header, such as x5c
	Decoys int            // digests without a value beside every group of hidden ones
	Salt   func() string  // nil is random; tests give fixed ones
}

// members that say something about digests and cannot be claims.
var reserved = []string{"_sd", "...", "_sd_alg"}

// Issue signs claims and returns the token with all its disclosures.
func Issue(claims Claims, o Options) (string, error) {
	if o.Salt == nil {
		o.Salt = salt
	}
	b := builder{o: o}
	payload, err := b.object(claims)
	if err != nil {
		return "", err
	}
	if len(b.disclosures) > 0 {
		payload["_sd_alg"] = "sha-256"
	}
	body, err := json.Marshal(payload)
	if err != nil {
		return "", err
	}
	jws, err := signed(body, o.Key, o.KeyID, o.Type, o.Header)
	if err != nil {
		return "", err
	}
	return strings.Join(append(append([]string{jws}, b.disclosures...), ""), "~"), nil
}

// salt is 128 random bits (RFC 9901 §9.3).
func salt() string {
	raw := make([]byte, 16)
	rand.Read(raw)
	return base64.RawURLEncoding.EncodeToString(raw)
}

type builder struct {
	o           Options
	disclosures []string
}

func (b *builder) object(in map[string]any) (map[string]any, error) {
	out := map[string]any{}
	var digests []string
	for _, name := range slices.Sorted(maps.Keys(in)) {
		if slices.Contains(reserved, name) {
			return nil, fmt.Errorf("sdjwt: %q cannot be the name of a claim", name)
		}
		h, hidden := in[name].(Hidden)
		v, err := b.value(in[name])
		switch {
		case err != nil:
			return nil, err
		case !hidden:
			out[name] = v
		default:
			if v, err = b.value(h.Value); err != nil {
				return nil, err
			}
			d, err := b.disclose(b.o.Salt(), name, v)
			if err != nil {
				return nil, err
			}
			digests = append(digests, d)
		}
	}
	if len(digests) > 0 {
		for range b.o.Decoys {
			digests = append(digests, digest(b.o.Salt()))
		}
		slices.Sort(digests) // the order of the values is nobody's business
		out["_sd"] = digests
	}
	return out, nil
}

func (b *builder) value(v any) (any, error) {
	switch v := v.(type) {
	case Claims:
		return b.object(v)
	case map[string]any:
		return b.object(v)
	case []any:
		out := make([]any, 0, len(v))
		for _, e := range v {
			h, hidden := e.(Hidden)
			if hidden {
				e = h.Value
			}
			x, err := b.value(e)
			if err != nil {
				return nil, err
			}
			if hidden {
				d, err := b.disclose(b.o.Salt(), x)
				if err != nil {
					return nil, err
				}
				x = map[string]any{"...": d}
			}
			out = append(out, x)
		}
		return out, nil
	case Hidden:
		return nil, nil // object and array look into it themselves
	}
	return v, nil
}

// disclose keeps a disclosure and returns its digest.
func (b *builder) disclose(parts ...any) (string, error) {
	raw, err := json.Marshal(parts)
	if err != nil {
		return "", err
	}
	d := base64.RawURLEncoding.EncodeToString(raw)
	b.disclosures = append(b.disclosures, d)
	return digest(d), nil
}

// digest is what stands in the signed part for a disclosure.
func digest(disclosure string) string {
	sum := sha256.Sum256([]byte(disclosure))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// opaque lets go-jose sign with a Key.
type opaque struct {
	key Key
	id  string
}

var algorithms = map[string]jose.SignatureAlgorithm{"Ed25519": jose.EdDSA, "ECDSA-P256-SHA256": jose.ES256}

func (s opaque) Public() *jose.JSONWebKey {
	return &jose.JSONWebKey{Key: s.key.Public(), KeyID: s.id, Algorithm: string(algorithms[s.key.Algorithm()])}
}

func (s opaque) Algs() []jose.SignatureAlgorithm {
	return []jose.SignatureAlgorithm{algorithms[s.key.Algorithm()]}
}

// SignPayload writes signatures of ECDSA as JWS wants them: both numbers, 32
// bytes each (RFC 7518 §3.4).
func (s opaque) SignPayload(payload []byte, alg jose.SignatureAlgorithm) ([]byte, error) {
	sig, err := s.key.Sign(payload)
	if err != nil || alg != jose.ES256 {
		return sig, err
	}
	var pair struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(sig, &pair); err != nil || len(rest) > 0 || pair.R.BitLen() > 256 || pair.S.BitLen() > 256 {
		return nil, fmt.Errorf("sdjwt: the key gave no signature of ECDSA: %w", err)
	}
	out := make([]byte, 64)
	pair.R.FillBytes(out[:32])
	pair.S.FillBytes(out[32:])
	return out, nil
}

// Sign makes a signed JSON token in the compact form, such as a proof or a
// status list.
func Sign(payload any, key Key, keyID, typ string) (string, error) {
	body, err := json.Marshal(payload)
	if err != nil {
		return "", err
	}
	return signed(body, key, keyID, typ, nil)
}

func signed(body []byte, key Key, id, typ string, header map[string]any) (string, error) {
	alg, ok := algorithms[key.Algorithm()]
	if !ok {
		return "", fmt.Errorf("sdjwt: no token is signed with %s", key.Algorithm())
	}
	o := (&jose.SignerOptions{}).WithType(jose.ContentType(typ))
	for name, v := range header {
		o = o.WithHeader(jose.HeaderKey(name), v)
	}
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: opaque{key, id}}, o)
	if err != nil {
		return "", err
	}
	jws, err := s.Sign(body)
	if err != nil {
		return "", err
	}
	return jws.CompactSerialize()
}
