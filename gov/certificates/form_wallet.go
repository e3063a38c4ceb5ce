package certificates

import (
	"context"
	"crypto"
	"errors"
	"slices"
	"strings"
	"time"

	"tongban/gov/certificates/credential"
	"tongban/platform/auth"
	"tongban/platform/fault"
	"tongban/platform/jws"
	"tongban/platform/sdjwt"
	"tongban/platform/sign/ring"
)

// FormWallet is a certificate as a wallet holds it (SD-JWT VC).
const FormWallet = "wallet"

// wallet checks a token from a wallet. It has neither the code nor the signed
// data of the paper: the record finds it by its place in the status list.
func (v *Verifier) wallet(b []byte, c *checkedFile) {
	c.Form = FormWallet
	held, err := credential.Open(b, v.tokenKey)
	c.KeyID = held.KeyID
	if errors.Is(err, sdjwt.ErrKey) { // why the key does not count
		_, issued := credential.Key(b)
		err = v.trust.Unknown(issued)
		if v.knows(c.KeyID) {
			_, err = v.tokenKey(held.Site, c.KeyID)
		}
	}
	if err != nil {
		c.refuse(err)
		return
	}
	region, _, ok := held.Listed()
	if !ok {
		c.refuse(credential.ErrNone)
		return
	}
	if k := v.key(c.KeyID); k.State == ring.Retired && held.IssuedAt.After(k.Until) {
		c.refuse(ErrKeyEnded.With("key", c.KeyID).With("until", k.Until))
		return
	}
	c.FileSignatureOK, c.WholeDocument, c.DataSignatureOK, c.PagesMatch, c.Algorithm, c.Bound = true, true, true, true, jws.ES256, held.Bound
	c.held, c.SignedAt = &held, held.IssuedAt
	c.paper = &Paper{Region: region, Kind: Certificate, Type: held.Kind, Title: held.Title, Issuer: held.Code, IssuerName: held.Office, Number: held.Number, Identifier: held.Identifier,
		HolderName: held.Holder, HolderNumber: held.HolderNumber, IssuedAt: held.IssuedAt, ValidUntil: held.Until, Grade: held.Grade}
	for _, s := range held.Shown {
		c.Says = append(c.Says, Said{s[0], s[1]})
	}
}

// tokenKey is the key that signs what wallets of an issuer hold.
func (v *Verifier) tokenKey(site, id string) (crypto.PublicKey, error) {
	for _, k := range v.trust.Keys {
		if k.ID == id && k.Issuer == site { // the list may have it under former addresses too
			return k.TokenOf(site)
		}
	}
	return nil, ErrUnknownKey.With("key", id)
}

// recordOf is the record of the paper in a file.
func (s *Service) recordOf(ctx context.Context, c checkedFile) (Found, error) {
	if c.held == nil {
		return s.ByCode(ctx, c.paper.Code)
	}
	region, list, ok := c.held.Listed()
	if !ok || s.Held == nil || c.held.Site != strings.TrimRight(s.BaseURL, "/") || !slices.Contains(s.Regions, region) {
		return Found{}, ErrNoPaper
	}
	paper, err := s.Held.PaperAt(ctx, region, list, c.held.Place)
	if fault.IsKind(err, fault.KindNotFound) {
		return Found{}, ErrNoPaper
	}
	if err != nil {
		return Found{}, err
	}
	return s.Paper(auth.System(ctx, "wallets"), region, paper)
}

// shown tells whether the record says what a wallet shows of it.
func (c checkedFile) shown(p Paper) bool {
	h := c.held
	said := map[string]string{}
	for _, f := range p.Fields {
		if _, twice := said[f.Key]; !twice {
			said[f.Key] = f.Value
		}
	}
	differs := slices.ContainsFunc(h.Shown, func(s [2]string) bool { return said[s[0]] != s[1] })
	same := func(shown, is string) bool { return shown == "" || shown == is }
	return !differs && h.Title == p.Title && h.Office == p.IssuerName && h.Code == p.Issuer && h.Kind == p.Type && h.IssuedAt.Unix() == p.IssuedAt.Unix() && sameEnd(h.Until, p.ValidUntil) &&
		same(h.Number, p.Number) && same(h.Identifier, p.Identifier) && same(h.Holder, p.HolderName) && same(h.HolderNumber, p.HolderNumber)
}

// labelled gives what a wallet shows the labels of the record.
func (c checkedFile) labelled(p Paper) (out []Said) {
	for _, s := range c.Says {
		if i := slices.IndexFunc(p.Fields, func(f Field) bool { return f.Key == s.Label }); i >= 0 {
			s.Label = p.Fields[i].Label
		}
		out = append(out, s)
	}
	return out
}

func sameEnd(a, b time.Time) bool {
	return a.IsZero() == b.IsZero() && (a.IsZero() || a.Unix() == b.Unix())
}
