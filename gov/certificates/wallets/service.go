package wallets

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"
	"time"

	"tongban/gov/certificates"
	"tongban/gov/certificates/kinds"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/id"
	"tongban/platform/once"
	"tongban/platform/sdjwt"
)

// The refusals. Those that wallets meet end with the name that the standards
// have for them, where these have one.
var (
	ErrNotYours   = fault.NotFound("certificates.wallets.not_yours")
	ErrNotInForce = fault.Conflict("certificates.wallets.not_in_force")
	ErrNoType     = fault.Conflict("certificates.wallets.no_type")      // certificates of no known type stay on paper
	ErrGrant      = fault.Invalid("certificates.wallets.invalid_grant") // wrong or used code, wrong number, too late
	ErrToken      = fault.Unauthenticated("certificates.wallets.invalid_token")
	ErrProof      = fault.Invalid("certificates.wallets.invalid_proof")
	ErrNonce      = fault.Invalid("certificates.wallets.invalid_nonce")
	ErrConfig     = fault.Invalid("certificates.wallets.unknown_credential_configuration")
	ErrIdentifier = fault.Invalid("certificates.wallets.unknown_credential_identifier")
	ErrAsked      = fault.Invalid("certificates.wallets.invalid_credential_request")    // not what the standard calls a request
	ErrEncryption = fault.Invalid("certificates.wallets.invalid_encryption_parameters") // answers are not encrypted here
	ErrGrantType  = fault.Invalid("certificates.wallets.unsupported_grant_type")
	ErrParameter  = fault.Invalid("certificates.wallets.invalid_request") // a parameter is missing or there twice
	ErrNoList     = fault.NotFound("certificates.wallets.no_list")
	ErrNoRequest  = fault.NotFound("certificates.wallets.no_request")
	ErrAnswered   = fault.Conflict("certificates.wallets.answered")
	ErrLate       = fault.Conflict("certificates.wallets.late")
	ErrShown      = fault.Invalid("certificates.wallets.shown") // what was shown is not what was asked for, or not genuine
	ErrIncomplete = fault.Invalid("certificates.wallets.incomplete")
	ErrWanted     = fault.Invalid("certificates.wallets.wanted")
	ErrMany       = fault.Invalid("certificates.wallets.many") // more than a code holds
)

const (
	offerLife   = 10 * time.Minute
	tokenLife   = 5 * time.Minute
	nonceLife   = 5 * time.Minute
	requestLife = 10 * time.Minute
	maxTries    = 5
	listSize    = 1 << 17 // places of a status list, two bits each
	listFull    = listSize / 2
)

// Deps is what the service needs.
type Deps struct {
	DB        *db.DB
	Clock     clock.Clock
	Papers    *certificates.Service
	Types     *kinds.Service
	Key       sdjwt.Key // signs credentials and status lists: ECDSA P-256
	KeyID     string
	Secret    []byte // for nonces; the same in every process of the node
	BaseURL   string // the issuer's name
	Trust     func() certificates.Trust
	Elsewhere Elsewhere                  // nil: only credentials of this node count
	Present   func() (sdjwt.Key, string) // the key that signs now, where it is replaced while the node runs; nil: Key
}

// key is the key that signs now, with its id.
func (s *Service) key() (sdjwt.Key, string) {
	if s.Present == nil {
		return s.Key, s.KeyID
	}
	return s.Present()
}

// Service is the issuer and the verifier.
type Service struct{ Deps }

// New returns a service.
func New(d Deps) *Service {
	d.BaseURL = strings.TrimRight(d.BaseURL, "/")
	return &Service{d}
}

// Offered is what the holder sees: a code for the wallet and a number to type.
type Offered struct {
	ID      string
	URI     string // openid-credential-offer://…, for the QR code and the link
	PIN     string
	Expires time.Time
}

func hash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// pin is six digits.
func pin() string {
	n, _ := rand.Int(rand.Reader, big.NewInt(1_000_000)) // never fails (crypto/rand)
	return fmt.Sprintf("%06d", n)
}

// Offer lets a wallet fetch a certificate of the caller's own.
func (s *Service) Offer(ctx context.Context, region, paper string) (Offered, error) {
	f, err := s.Papers.Paper(ctx, region, paper)
	if err != nil {
		return Offered{}, err
	}
	switch {
	case !s.Papers.Holds(ctx, f) || f.Kind != certificates.Certificate:
		return Offered{}, ErrNotYours
	case f.Status != certificates.Valid:
		return Offered{}, ErrNotInForce
	}
	if _, err := s.Types.InForce(ctx, f.Type); err != nil {
		return Offered{}, ErrNoType.Because(err)
	}
	out := Offered{ID: id.New("off"), PIN: pin(), Expires: s.Clock.Now().Add(offerLife)}
	code := region + "." + id.Secret(20)
	out.URI = "openid-credential-offer://?credential_offer_uri=" + queryEscape(s.BaseURL+"/openid4vci/offers/"+region+"/"+out.ID+"?code="+code)
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := once.Do(ctx, tx, region, "certificates.offer "+paper, func() (string, error) {
			insertOffer(tx, offer{region: region, id: out.ID, paper: paper, holder: auth.From(ctx).Person, code: hash(code), pin: hash(out.ID + out.PIN), state: "open", expires: out.Expires})
			audit.Record(ctx, tx, audit.Entry{Region: region, Action: "certificates.credential.offered", Object: paper, At: s.Clock.Now(), Details: map[string]any{"number": f.Number}})
			return out.ID, nil
		})
		return err
	})
	return out, err
}

// Offer of the standard (OpenID4VCI 1.0 §4.1).
type CredentialOffer struct {
	Issuer         string         `json:"credential_issuer"`
	Configurations []string       `json:"credential_configuration_ids"`
	Grants         map[string]any `json:"grants"`
}

// PreAuthorized is the name of the flow.
const PreAuthorized = "urn:ietf:params:oauth:grant-type:pre-authorized_code"

// Offered gives the offer to the wallet that has the code.
func (s *Service) Offered(ctx context.Context, region, offerID, code string) (CredentialOffer, error) {
	o, err := offerByID(ctx, s.DB, region, offerID)
	if err != nil || subtle.ConstantTimeCompare([]byte(o.code), []byte(hash(code))) != 1 || o.state != "open" || s.Clock.Now().After(o.expires) {
		return CredentialOffer{}, ErrGrant.Because(err)
	}
	f, err := s.Papers.Paper(auth.System(ctx, "wallets"), region, o.paper)
	if err != nil {
		return CredentialOffer{}, err
	}
	return CredentialOffer{Issuer: s.BaseURL, Configurations: []string{f.Type}, Grants: map[string]any{PreAuthorized: map[string]any{
		"pre-authorized_code": code, "tx_code": map[string]any{"input_mode": "numeric", "length": 6, "description": "页面上的 6 位数字 · the six digits on the page"}}}}, nil
}

// Redeem gives an access token for a code and the number on the holder's
// screen. Five wrong numbers end the offer: the standard sets no limit, and six
// digits are guessed in an afternoon without one. details are the
// authorization_details of the request; "" is none.
func (s *Service) Redeem(ctx context.Context, code, number, details string) (Granted, error) {
	region, _, ok := strings.Cut(code, ".")
	if !ok {
		return Granted{}, ErrGrant
	}
	asked := ""
	if details != "" {
		var err error
		if asked, err = detailed(details); err != nil {
			return Granted{}, err
		}
	}
	ctx = auth.System(ctx, "wallets")
	out := Granted{Token: region + "." + id.Secret(20), Life: tokenLife}
	wrong := false
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		wrong = false
		o, err := offerByCode(ctx, tx, region, hash(code))
		if err != nil || o.state != "open" || o.tries >= maxTries || s.Clock.Now().After(o.expires) {
			return ErrGrant.Because(err)
		}
		if subtle.ConstantTimeCompare([]byte(o.pin), []byte(hash(o.id+number))) != 1 {
			wrong = true
			o.tries++
			audit.Record(ctx, tx, audit.Entry{Region: region, Action: "certificates.credential.number_wrong", Object: o.paper, At: s.Clock.Now(), Details: map[string]any{"tries": o.tries}})
			return move(ctx, tx, o, "open")
		}
		f, err := s.Papers.PaperTx(ctx, tx, region, o.paper)
		if err != nil {
			return err
		}
		if out.Type = f.Type; asked != "" && asked != f.Type {
			return ErrDetails.With("configuration", asked)
		}
		if asked != "" {
			out.Identifier = identifierPrefix + f.Type
		}
		o.state, o.token, o.expires = "redeemed", hash(out.Token), s.Clock.Now().Add(tokenLife)
		audit.Record(ctx, tx, audit.Entry{Region: region, Action: "certificates.credential.redeemed", Object: o.paper, At: s.Clock.Now()})
		return move(ctx, tx, o, "open")
	})
	if wrong && err == nil {
		err = ErrGrant
	}
	if err != nil {
		return Granted{}, err
	}
	return out, nil
}

// Nonce is a fresh word that a wallet has to sign, so that a proof cannot be
// made beforehand or shown twice long after.
func (s *Service) Nonce() string {
	raw := make([]byte, 16, 16+sha256.Size)
	binary.BigEndian.PutUint64(raw, uint64(s.Clock.Now().Unix()))
	rand.Read(raw[8:])
	return base64.RawURLEncoding.EncodeToString(append(raw, s.sealed(raw)...))
}

func (s *Service) sealed(raw []byte) []byte {
	m := hmac.New(sha256.New, s.Secret)
	m.Write(raw)
	return m.Sum(nil)
}

func (s *Service) freshNonce(nonce string) bool {
	raw, err := base64.RawURLEncoding.DecodeString(nonce)
	if err != nil || len(raw) != 16+sha256.Size || !hmac.Equal(raw[16:], s.sealed(raw[:16])) {
		return false
	}
	age := s.Clock.Now().Sub(time.Unix(int64(binary.BigEndian.Uint64(raw)), 0))
	return age >= -time.Minute && age < nonceLife
}

// Sweep forgets offers and requests whose time is long over.
func (s *Service) Sweep(ctx context.Context) error {
	return s.DB.Tidy(auth.System(ctx, "wallets"), func(tx *db.Tx) error {
		tx.Unaudited("offers and requests have a limited life")
		before := s.Clock.Now().Add(-time.Hour)
		if err := forgetOffers(ctx, tx, before); err != nil {
			return err
		}
		return forgetRequests(ctx, tx, before.AddDate(0, 0, -30))
	})
}

// MayAsk lets officers ask wallets for certificates.
var MayAsk = authz.Define("certificates.ask", "ask somebody present to show a certificate from his wallet")
