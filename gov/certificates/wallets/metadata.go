package wallets

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/base64"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"

	"tongban/platform/sdjwt"
)

// common are the claims about the holder that every credential has, whatever its type.
var common = []any{
	map[string]any{"path": []string{"holder_name"}, "mandatory": true, "display": names("持证人", "Holder")},
	map[string]any{"path": []string{"holder_number"}, "mandatory": true, "display": names("持证人号码", "Holder's number")},
	map[string]any{"path": []string{"certificate_number"}, "mandatory": true, "display": names("证照编号", "Official number")},
	map[string]any{"path": []string{"identifier"}, "mandatory": false, "display": names("电子证照标识", "Identifier")},
}

// Metadata says what can be had here (OpenID4VCI 1.0 §12.2).
func (s *Service) Metadata(ctx context.Context) (map[string]any, error) {
	list, err := s.Types.List(ctx, "")
	if err != nil {
		return nil, err
	}
	configurations := map[string]any{}
	for _, t := range list {
		claims := slices.Clone(common)
		for _, f := range t.Fields {
			claims = append(claims, map[string]any{"path": []string{f.Key}, "mandatory": f.Required, "display": names(f.Label.Zh, f.Label.En)})
		}
		configurations[t.Code] = map[string]any{"format": CredentialType, "scope": t.Code, "vct": s.vct(t.Code), "cryptographic_binding_methods_supported": []string{"jwk"},
			"credential_signing_alg_values_supported": []string{string(jose.ES256)},
			"proof_types_supported":                   map[string]any{"jwt": map[string]any{"proof_signing_alg_values_supported": []string{string(jose.ES256), string(jose.EdDSA)}}},
			"credential_metadata":                     map[string]any{"display": names(t.Name.Zh, t.Name.En), "claims": claims}}
	}
	return map[string]any{"credential_issuer": s.BaseURL, "credential_endpoint": s.BaseURL + "/openid4vci/credential", "nonce_endpoint": s.BaseURL + "/openid4vci/nonce",
		"credential_configurations_supported": configurations}, nil
}

// TypeMetadata describes the credentials of a type to whoever follows their vct
// (SD-JWT VC, type metadata): which claims there are, and which the holder may
// withhold.
func (s *Service) TypeMetadata(ctx context.Context, code string) (map[string]any, error) {
	t, err := s.Types.InForce(ctx, code)
	if err != nil {
		return nil, err
	}
	claims := []any{}
	add := func(disclosed string, names ...string) {
		for _, n := range names {
			claims = append(claims, map[string]any{"path": []string{n}, "sd": disclosed})
		}
	}
	add("never", "type_name", "issuing_authority", "issuing_authority_code")
	add("always", "holder_name", "holder_number", "certificate_number", "identifier")
	for _, f := range t.Fields {
		add("always", f.Key)
	}
	return map[string]any{"vct": s.vct(code), "name": t.Name.Zh, "claims": claims}, nil
}

func names(zh, en string) []map[string]string {
	out := []map[string]string{{"name": zh, "locale": "zh-Hans"}}
	if en != "" {
		out = append(out, map[string]string{"name": en, "locale": "en"})
	}
	return out
}

// Authorization says how tokens are had (RFC 8414).
func (s *Service) Authorization() map[string]any {
	return map[string]any{"issuer": s.BaseURL, "token_endpoint": s.BaseURL + "/openid4vci/token", "grant_types_supported": []string{authorizationCode, PreAuthorized},
		"authorization_endpoint": s.BaseURL + "/openid4vci/authorize", "pushed_authorization_request_endpoint": s.BaseURL + "/openid4vci/par", "require_pushed_authorization_requests": true,
		"response_types_supported": []string{"code"}, "response_modes_supported": []string{"query"}, "code_challenge_methods_supported": []string{"S256"}, "token_endpoint_auth_methods_supported": []string{"none"},
		"authorization_details_types_supported": []string{"openid_credential"}, "authorization_response_iss_parameter_supported": true, "pre-authorized_grant_anonymous_access_supported": true}
}

// Keys are the public keys of the issuer (SD-JWT VC §5, jwt-vc-issuer).
func (s *Service) Keys() map[string]any {
	key, id := s.key()
	set := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: id, Algorithm: string(jose.ES256), Use: "sig"}}}
	if s.Present != nil { // wallets hold what former keys signed
		for _, k := range s.Trust().Keys {
			if pub, err := k.TokenOf(s.BaseURL); err == nil && k.ID != id {
				set.Keys = append(set.Keys, jose.JSONWebKey{Key: pub, KeyID: k.ID, Algorithm: string(jose.ES256), Use: "sig"})
			}
		}
	}
	return map[string]any{"issuer": s.BaseURL, "jwks": set}
}

// The values of a status list, two bits each (Token Status List §7.1).
const (
	statusValid     = 0
	statusInvalid   = 1
	statusSuspended = 2
)

// listLife is how long a verifier may keep a status list.
const listLife = 5 * time.Minute

// StatusList is a signed list of what became of credentials, as things stand
// now. It names no holder, and who asks for it does not say about whom.
func (s *Service) StatusList(ctx context.Context, region string, list int64) (string, error) {
	newest, taken, err := filled(ctx, s.DB, region)
	if err != nil {
		return "", err
	}
	if list > newest || list == newest && taken == 0 { // nothing is signed about a list that nobody is in
		return "", ErrNoList
	}
	now := s.Clock.Now()
	out, err := notInForce(ctx, s.DB, region, list, now)
	if err != nil {
		return "", err
	}
	bits := make([]byte, listSize/4)
	for _, o := range out {
		v := byte(statusInvalid)
		if o.status == "suspended" {
			v = statusSuspended
		}
		bits[o.idx/4] |= v << (2 * (o.idx % 4))
	}
	var packed bytes.Buffer
	w, err := zlib.NewWriterLevel(&packed, zlib.BestCompression)
	if err != nil {
		return "", err
	}
	if _, err := w.Write(bits); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	key, id := s.key()
	return sdjwt.Sign(map[string]any{"sub": s.listURI(region, list), "iss": s.BaseURL, "iat": now.Unix(), "exp": now.Add(24 * time.Hour).Unix(), "ttl": int(listLife.Seconds()),
		"status_list": map[string]any{"bits": 2, "lst": base64.RawURLEncoding.EncodeToString(packed.Bytes())}}, key, id, StatusType)
}

// StatusOf reads one place of a status list.
func StatusOf(packed []byte, idx int64) (int, error) {
	r, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return 0, err
	}
	defer r.Close()
	bits := make([]byte, listSize/4)
	n := 0
	for n < len(bits) {
		m, err := r.Read(bits[n:])
		n += m
		if err != nil {
			break
		}
	}
	if idx < 0 || idx/4 >= int64(n) {
		return 0, ErrShown
	}
	return int(bits[idx/4]>>(2*(idx%4))) & 3, nil
}
