package trusted

import (
	"context"
	"errors"
	"strings"
	"time"

	"tongban/gov/certificates"
	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/guess"
	"tongban/platform/lookalike"
)

// ErrTooMany slows down whoever tries codes at other nodes.
var ErrTooMany = fault.TooMany("certificates.too_many_guesses")

// asking is how fast one sender may ask other nodes: each question costs them
// and us a connection.
func asking(from string) guess.Key {
	return guess.Key{Name: from, Limit: guess.Limit{Burst: 20, Every: 6 * time.Second}}
}

// File checks a file by the keys of the node that has the key of its data, and
// asks that node for the status. It is what certificates.Nodes wants.
func (s *Service) File(ctx context.Context, file []byte, key string) (certificates.Report, bool, error) {
	r, err := s.registry(ctx)
	if err != nil {
		return certificates.Report{}, false, err
	}
	i, ok := r.byKey[key]
	if !ok {
		return certificates.Report{}, false, nil
	}
	n := r.nodes[i]
	report, o := Check(n, file, s.Clock.Now())
	s.warn(ctx, n, &report)
	if o.Whole != nil && report.Genuine && n.Usable(s.Clock.Now()) == nil {
		s.status(ctx, n, o, &report)
	}
	return report, true, nil
}

// Check checks a file by the keys of one node, without a network or a database.
func Check(n Node, file []byte, now time.Time) (certificates.Report, certificates.Opened) {
	v := n.verifier
	if v == nil {
		v = certificates.NewVerifier(n.Trust)
	}
	o := v.Open(file, now)
	r := o.Report
	r.Recognised = n.recognised()
	if err := n.Usable(now); err != nil { // its keys prove nothing any more
		bare := certificates.Report{CheckedAt: now, Form: r.Form, KeyID: r.KeyID, Recognised: r.Recognised}
		bare.Refuse(err)
		return bare, o
	}
	if o.Held != nil && strings.TrimRight(o.Held.Site, "/") != n.Site {
		r = certificates.Report{CheckedAt: now, Form: r.Form, KeyID: r.KeyID, Recognised: r.Recognised}
		r.Refuse(ErrScope.With("name", n.Name)) // nobody speaks for another site
		return r, o
	}
	if o.Whole != nil {
		r.Warnings = append(odd("", o.Whole.IssuerName), odd("holder_", o.Whole.HolderName)...)
		r.Refuse(n.covers(o.Whole.Region, o.Whole.Type))
	}
	return r, o
}

// odd is what is suspicious about a name by itself; whose says which name it is.
func odd(whose, name string) []certificates.PaperWarning {
	if why := lookalike.Odd(name); why != "" {
		return []certificates.PaperWarning{{Code: whose + why, Name: name}}
	}
	return nil
}

// status adds what became of the paper: asked now, or as it was known last.
func (s *Service) status(ctx context.Context, n Node, o certificates.Opened, r *certificates.Report) {
	if o.Held != nil {
		s.fromList(ctx, n, *o.Held, r)
		return
	}
	a, err := s.ask(ctx, n, certificates.Question{Code: o.Whole.Code})
	if err == nil {
		s.remember(ctx, n, o.Whole.Code, a)
	} else {
		r.Recognised.Unanswered = fault.Of(err).Code
		s.Log.Warn("a node does not answer", "node", n.Name, "site", n.Site, "error", err)
		if a, err = answerAbout(ctx, s.DB, s.Region, n.ID, o.Whole.Code); err != nil {
			return // Online stays false: what became of it is not known
		}
	}
	r.Online, r.AsOf = r.Recognised.Unanswered == "", a.At
	switch {
	case !a.Known:
		*r = r.Denied(certificates.ErrNotRecorded)
	case !o.Same(a.Digest):
		*r = r.Denied(certificates.ErrRecordDiffers)
	default:
		if r.Form == certificates.FormCode && r.Reason == ErrKind.Code && n.covers(a.Report.Paper.Region, a.Report.Paper.Type) == nil {
			r.Reason, r.OK = "", r.Status == certificates.Valid // a code has no room for its type; the node names it
			if r.Status == certificates.Expired {
				r.Refuse(certificates.ErrExpired)
			}
		}
		r.Follow(*a.Report)
	}
}

// remember keeps an answer for the time when the node cannot be reached.
func (s *Service) remember(ctx context.Context, n Node, code string, a certificates.Answer) {
	err := s.DB.Tidy(auth.System(ctx, "nodes"), func(tx *db.Tx) error {
		tx.Unaudited("what another node said, kept for a while")
		return keepAnswer(ctx, tx, s.Region, n.ID, code, a)
	})
	if err != nil {
		s.Log.Warn("an answer is not kept", "node", n.Name, "error", err)
	}
}

// Ask asks one node about a paper by its code, or by number and holder. When it
// cannot be reached, what it said last is told with its time; without that it
// is ErrUnreachable.
func (s *Service) Ask(ctx context.Context, node string, q certificates.Question, from string) (certificates.Report, error) {
	n, err := s.Node(ctx, node)
	if err != nil {
		return certificates.Report{}, err
	}
	now := s.Clock.Now()
	if err := n.Usable(now); err != nil {
		r := certificates.Report{CheckedAt: now, Recognised: n.recognised()}
		r.Refuse(err)
		return r, nil
	}
	if !s.guesses.Open(now, asking(from)) {
		return certificates.Report{}, ErrTooMany
	}
	s.guesses.Miss(now, 1, asking(from))
	if q.Code = certificates.CleanCode(q.Code); q.Code == "" && (strings.TrimSpace(q.Number) == "" || strings.TrimSpace(q.Holder) == "") {
		return certificates.Report{}, certificates.ErrNoPaper
	}
	a, err := s.ask(ctx, n, q)
	unanswered := ""
	switch {
	case err == nil && a.Known:
		s.remember(ctx, n, a.Report.Paper.Code, a)
	case err != nil:
		unanswered = fault.Of(err).Code
		s.Log.Warn("a node does not answer", "node", n.Name, "site", n.Site, "error", err)
		old, none := answerAbout(ctx, s.DB, s.Region, n.ID, q.Code)
		if none != nil {
			return certificates.Report{}, fault.Of(err).With("name", n.Name)
		}
		a = old
	}
	if !a.Known {
		return certificates.Report{}, certificates.ErrNoPaper
	}
	r := *a.Report
	r.Recognised, r.CheckedAt, r.AsOf, r.Online = n.recognised(), now, a.At, unanswered == ""
	r.Recognised.Unanswered = unanswered
	if r.Reason == "" && !r.Paper.ValidUntil.IsZero() && now.After(r.Paper.ValidUntil) { // since it was asked
		r.Status = certificates.Expired
		r.Refuse(certificates.ErrExpired)
	}
	r.Warnings = odd("", r.Paper.IssuerName)
	r.Refuse(n.covers(r.Paper.Region, r.Paper.Type))
	s.warn(ctx, n, &r)
	return r, nil
}

// warn says what a careful reader would notice: odd names, an issuer that looks
// like an office that is known here, a list that is overdue.
func (s *Service) warn(ctx context.Context, n Node, r *certificates.Report) {
	if n.List != "" && s.Clock.Now().After(n.ListNext) {
		r.Warnings = append(r.Warnings, certificates.PaperWarning{Code: "list_overdue", Name: n.List})
	}
	if r.Paper == nil {
		return
	}
	known := map[string]string{}
	if s.Issuers != nil {
		var err error
		if known, err = s.Issuers.Known(ctx); err != nil {
			s.Log.Warn("names of offices", "error", err)
		}
	}
	r.Warnings = append(r.Warnings, Alike(r.Paper.IssuerName, r.Paper.Issuer, known)...)
}

// Alike looks at the name of an issuer: known are the names of offices by code.
func Alike(name, code string, known map[string]string) (out []certificates.PaperWarning) {
	for c, k := range known {
		if lookalike.Alike(name, k) || c != code && lookalike.Plain(name) == lookalike.Plain(k) {
			return append(out, certificates.PaperWarning{Code: "lookalike", Name: name, Known: k})
		}
	}
	return out
}

// Unreachable tells whether a node could not be asked.
func Unreachable(err error) bool {
	return errors.Is(err, ErrUnreachable) || errors.Is(err, ErrAnswer)
}
