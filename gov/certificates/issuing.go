package certificates

import (
	"context"
	"errors"

	"tongban/gov/certificates/keys"
)

// issuing are the keys of one office in use.
type issuing struct {
	Signer
	Seal  Sealer
	Forms FormKeys // nil: there are none
}

// keys are those that sign for an office now: its own, or the node's. A key of
// one office is never handed out for another.
func (s *Service) keys(office string) (issuing, error) {
	if s.Keyring == nil {
		return issuing{s.Signer, s.Seal, s.Forms}, nil
	}
	k, err := s.Keyring.Keys(office)
	return issuing{k, k, k}, err
}

// checks is what checks signatures by one list of keys.
type checks struct {
	trust    *Trust
	verifier *Verifier
}

// TrustList is the public half of all keys as they are now.
func (s *Service) TrustList() Trust { return s.present().verifier.trust }

func (s *Service) verifier() *Verifier { return s.present().verifier }

func (s *Service) present() *checks {
	c := s.checks.Load()
	if c != nil && s.Keyring == nil {
		return c
	}
	trust := &s.Trust
	if s.Keyring != nil {
		trust = s.Keyring.Trust()
	}
	if c == nil || c.trust != trust {
		c = &checks{trust, NewVerifier(*trust)}
		s.checks.Store(c)
	}
	return c
}

// checker checks data signatures.
func (s *Service) checker() Checker {
	if s.Keyring == nil {
		return s.Checker
	}
	return s.verifier()
}

// Check implements Checker.
func (v *Verifier) Check(keyID string, message, signature []byte) bool {
	k, ok := v.index.Key(keyID)
	return ok && Trust{Keys: []TrustKey{k}}.Check(keyID, message, signature)
}

// stands judges the key of a paper on record. Of a key that others got to know
// later it asks the record when the paper was there.
func (s *Service) stands(r record, p Paper) error {
	if s.Keyring == nil {
		return nil
	}
	x := s.verifier().index
	err := x.Stands(r.keyID, p.Issuer, p.IssuedAt)
	if errors.Is(err, ErrWitness) {
		issue := keys.Issue{Kind: string(r.kind), Case: r.caseID, Number: p.Number, Digest: digestOf(r.data)}
		if err = issue.Witnessed(context.Background(), s.DB, r.region, r.id, s.verifier().key(r.keyID).Until); errors.Is(err, keys.ErrOtherData) {
			return r.tampered().Because(err)
		}
	}
	return err
}
