package wallets

import (
	"context"
	"crypto"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/url"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"tongban/gov/certificates"
	"tongban/gov/certificates/credential"
	"tongban/gov/certificates/kinds"
	"tongban/gov/certificates/promised"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/platform/sdjwt"
)

// The types of tokens that the standards name.
const (
	CredentialType = credential.Type
	proofType      = "openid4vci-proof+jwt"
	StatusType     = credential.ListType
)

func queryEscape(s string) string { return url.QueryEscape(s) }

// vct names the type of a credential; it leads to the catalogue.
func (s *Service) vct(code string) string { return s.BaseURL + "/certificate-types/" + code }

// proofClaims is what a wallet signs to show that it has its key.
type proofClaims struct {
	Audience string `json:"aud"`
	Nonce    string `json:"nonce"`
	IssuedAt int64  `json:"iat"`
}

// possession checks a wallet's proof and returns the key that it has
// (OpenID4VCI 1.0 appendix F.1).
func (s *Service) possession(proof string) (key *jose.JSONWebKey, nonce string, err error) {
	body, h, err := sdjwt.Open(proof, func(h sdjwt.Header) (crypto.PublicKey, error) {
		if h.Key == nil || !h.Key.Valid() || !h.Key.IsPublic() {
			return nil, errors.New("no key in the header")
		}
		return h.Key.Key, nil
	})
	if err != nil {
		return nil, "", ErrProof.Because(err)
	}
	var c proofClaims
	if err := json.Unmarshal(body, &c); err != nil {
		return nil, "", ErrProof.Because(err)
	}
	age := s.Clock.Now().Sub(time.Unix(c.IssuedAt, 0))
	switch {
	case h.Type != proofType, c.Audience != s.BaseURL:
		return nil, "", ErrProof.Because(fmt.Errorf("type %q for %q", h.Type, c.Audience))
	case c.Nonce == "":
		return nil, "", ErrProof.Because(errors.New("no nonce"))
	case !s.freshNonce(c.Nonce):
		return nil, "", ErrNonce
	case age < -time.Minute || age > nonceLife+time.Minute:
		return nil, "", ErrProof.Because(errors.New("made at another time"))
	}
	return h.Key, c.Nonce, nil
}

// Issue gives a wallet the credential that its access token is for, bound to
// the key of its proof, once. The nonce of the proof is used up with it: a proof
// that somebody else saw is worth nothing with another token.
func (s *Service) Issue(ctx context.Context, token, configuration, proof string) (string, error) {
	region, _, ok := strings.Cut(token, ".")
	if !ok {
		return "", ErrToken
	}
	key, nonce, err := s.possession(proof)
	if err != nil {
		return "", err
	}
	thumb, err := key.Thumbprint(crypto.SHA256)
	if err != nil {
		return "", ErrProof.Because(err)
	}
	ctx = auth.System(ctx, "wallets")
	credential := ""
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		o, err := offerByToken(ctx, tx, region, hash(token))
		if err != nil || o.state != "redeemed" || s.Clock.Now().After(o.expires) {
			return ErrToken.Because(err)
		}
		f, err := s.Papers.PaperTx(ctx, tx, region, o.paper)
		if err != nil {
			return err
		}
		if f.Type != configuration {
			return ErrConfig.With("configuration", configuration)
		}
		if f.Status != certificates.Valid {
			return ErrNotInForce
		}
		t, err := s.Types.InForce(ctx, f.Type)
		if err != nil {
			return ErrNoType.Because(err)
		}
		list, idx, err := place(ctx, tx, region)
		if err != nil {
			return err
		}
		if credential, err = s.credential(f, t, key, list, idx); err != nil {
			return err
		}
		o.state = "spent"
		if err := move(ctx, tx, o, "redeemed"); err != nil {
			return ErrToken.Because(err)
		}
		if err := useNonce(ctx, tx, o, hash(nonce)); err != nil {
			return err
		}
		audit.Record(ctx, tx, audit.Entry{Region: region, Action: "certificates.credential.issued", Object: f.ID, At: s.Clock.Now(),
			Details: map[string]any{"number": f.Number, "list": list, "place": idx}})
		return insertCredential(ctx, tx, region, list, idx, f.ID, base64.RawURLEncoding.EncodeToString(thumb), s.Clock.Now())
	})
	return credential, err
}

// place draws a free place of the newest list; a list that is half full is
// followed by the next, so that drawing stays short and places tell nothing
// about when a credential was issued.
func place(ctx context.Context, tx *db.Tx, region string) (list, idx int64, err error) {
	list, n, err := filled(ctx, tx, region)
	if err != nil {
		return 0, 0, err
	}
	if n >= listFull {
		list++
	}
	for range 100 {
		draw, _ := rand.Int(rand.Reader, big.NewInt(listSize)) // never fails (crypto/rand)
		used, err := taken(ctx, tx, region, list, draw.Int64())
		if err != nil || !used {
			return list, draw.Int64(), err
		}
	}
	return 0, 0, errors.New("no free place in the status list")
}

// credential is the certificate as a wallet holds it: everything about its
// holder can be withheld, one by one.
func (s *Service) credential(f certificates.Found, t kinds.Type, holder *jose.JSONWebKey, list, idx int64) (string, error) {
	c := sdjwt.Claims{"iss": s.BaseURL, "vct": s.vct(t.Code), "iat": f.IssuedAt.Unix(), "cnf": map[string]any{"jwk": holder},
		"status":            map[string]any{"status_list": map[string]any{"idx": idx, "uri": s.listURI(f.Region, list)}},
		"type_name":         f.Title,
		"issuing_authority": f.IssuerName, "issuing_authority_code": f.Issuer,
		"certificate_number": sdjwt.Hidden{Value: f.Number}, "holder_name": sdjwt.Hidden{Value: f.HolderName}, "holder_number": sdjwt.Hidden{Value: f.HolderNumber}}
	if f.Identifier != "" {
		c["identifier"] = sdjwt.Hidden{Value: f.Identifier}
	}
	if f.Grade != "" {
		c[credential.GradeClaim] = f.Grade
	}
	if !f.ValidUntil.IsZero() {
		c["exp"] = f.ValidUntil.Unix()
	}
	for _, field := range f.Fields {
		if _, there := c[field.Key]; !there && field.Key != "" && !strings.HasPrefix(field.Key, "_") && field.Key != "..." {
			c[field.Key] = sdjwt.Hidden{Value: field.Value}
		}
	}
	key, id := s.key()
	token, err := sdjwt.Issue(c, sdjwt.Options{Key: key, KeyID: id, Type: CredentialType, Decoys: 2})
	if err != nil {
		return "", err
	}
	if err := promised.Credential(token, key.Public(), c, CredentialType, s.Clock.Now()); err != nil {
		return "", certificates.ErrDiffers.Because(err)
	}
	return token, nil
}

// listURI is where a status list is found.
func (s *Service) listURI(region string, list int64) string {
	return credential.ListAt(s.BaseURL, region, list)
}
