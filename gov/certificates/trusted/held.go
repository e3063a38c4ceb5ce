package trusted

import (
	"context"
	"crypto"
	"net/http"

	"tongban/gov/certificates"
	"tongban/gov/certificates/credential"
	"tongban/platform/fault"
)

// TokenKey is the key with which the node at a site signs what wallets hold. It
// is one half of what wallets.Elsewhere wants.
func (s *Service) TokenKey(ctx context.Context, site, keyID string) (crypto.PublicKey, error) {
	n, ok := s.AtSite(ctx, site)
	if !ok {
		return nil, ErrNoNode
	}
	if err := n.Usable(s.Clock.Now()); err != nil {
		return nil, err
	}
	return n.tokenKey(site, keyID)
}

func (n Node) tokenKey(site, keyID string) (crypto.PublicKey, error) {
	for _, k := range n.Trust.Keys {
		if k.ID == keyID && k.Issuer == site { // the file may have it under former addresses too
			return k.TokenOf(site)
		}
	}
	return nil, certificates.ErrUnknownKey.With("key", keyID)
}

// Standing asks the node of a credential for its status list. The list is of
// thousands: the node does not learn which one is being checked.
func (s *Service) Standing(ctx context.Context, c credential.Credential) (credential.State, error) {
	n, ok := s.AtSite(ctx, c.Site)
	if !ok {
		return credential.Dead, ErrNoNode
	}
	if err := n.Usable(s.Clock.Now()); err != nil {
		return credential.Dead, err
	}
	region, _, ok := c.Listed()
	if !ok {
		return credential.Dead, credential.ErrNone
	}
	if err := n.covers(region, c.Kind); err != nil {
		return credential.Dead, err
	}
	_, state, err := s.list(ctx, n, c)
	return state, err
}

// list fetches the status list of a credential from its node.
func (s *Service) list(ctx context.Context, n Node, c credential.Credential) (credential.List, credential.State, error) {
	raw, err := s.fetch(ctx, http.MethodGet, c.List, nil, maxList)
	if err != nil {
		return credential.List{}, credential.Dead, err
	}
	l, err := credential.ReadList(string(raw), c.List, n.tokenKey, s.Clock.Now())
	if err != nil {
		return l, credential.Dead, ErrAnswer.Because(err)
	}
	state, err := l.Of(c.Place)
	if err != nil {
		return l, credential.Dead, ErrAnswer.Because(err)
	}
	return l, state, nil
}

// fromList adds to a report what the status list says.
func (s *Service) fromList(ctx context.Context, n Node, c credential.Credential, r *certificates.Report) {
	l, state, err := s.list(ctx, n, c)
	if err != nil {
		r.Recognised.Unanswered = fault.Of(err).Code
		s.Log.Warn("a node does not answer", "node", n.Name, "site", n.Site, "error", err)
		return // Online stays false: what became of it is not known
	}
	r.Online, r.AsOf = true, l.At
	switch state {
	case credential.Good:
	case credential.Suspended:
		r.Follow(certificates.Report{Status: certificates.Suspended, Reason: certificates.ErrSuspended.Code})
	default:
		if r.Status != certificates.Expired {
			r.Follow(certificates.Report{Status: certificates.Ended, Reason: certificates.ErrEnded.Code})
		}
	}
}
