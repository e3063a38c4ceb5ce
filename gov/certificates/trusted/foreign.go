package trusted

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"tongban/gov/certificates"
	"tongban/gov/facts"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/db"
	"tongban/platform/events"
	"tongban/platform/fault"
	"tongban/platform/id"
)

// Why a certificate of another node is not taken in.
var (
	ErrNotHolder  = fault.Forbidden("certificates.nodes.not_holder")     // it is somebody else's
	ErrNotForeign = fault.Invalid("certificates.nodes.not_foreign")      // no node of the list issued it
	ErrDead       = fault.Conflict("certificates.nodes.not_in_force")    // it does not count
	ErrNoAnswer   = fault.Unavailable("certificates.nodes.not_answered") // its node does not say so just now
	ErrNoCert     = fault.Invalid("certificates.nodes.no_certificate")   // another paper, such as a receipt
)

// askAgain is how old the status of a certificate that was taken in may be when
// somebody relies on it; pollEvery is how often its node is asked without that.
const (
	askAgain  = 10 * time.Minute
	pollEvery = 30 * time.Minute
)

// Foreign is a certificate of another node that its holder uses here.
type Foreign struct {
	certificates.Found
	Node    Node
	NodeBad error // why its node does not count any more
	// Warnings are what a careful reader would notice: an issuer with the looks of an
	// office here, names with characters that are not seen.
	Warnings []certificates.PaperWarning
	AsOf     time.Time
	Tried    time.Time
	Taken    time.Time
}

// TakeIn lets the caller use a certificate of another node in applications
// here. It has to be his own, genuine, and in force by what its node says now.
func (s *Service) TakeIn(ctx context.Context, file []byte, from string) (Foreign, error) {
	if err := authz.Door(ctx, certificates.MayHold); err != nil {
		return Foreign{}, err
	}
	now := s.Clock.Now()
	if !s.guesses.Open(now, asking(from)) {
		return Foreign{}, ErrTooMany
	}
	s.guesses.Miss(now, 1, asking(from))
	n, o, err := s.genuine(ctx, file, now)
	if err != nil {
		return Foreign{}, err
	}
	holder, name, number, err := s.Holders.Holder(ctx)
	if err != nil {
		return Foreign{}, err
	}
	p := o.Whole
	if number == "" || !strings.EqualFold(p.HolderNumber, number) || strings.TrimSpace(p.HolderName) != strings.TrimSpace(name) {
		return Foreign{}, ErrNotHolder
	}
	a, err := s.ask(ctx, n, certificates.Question{Code: p.Code})
	switch {
	case err != nil:
		return Foreign{}, ErrNoAnswer.With("name", n.Name).Because(err)
	case !a.Known:
		return Foreign{}, certificates.ErrNotRecorded
	case a.Digest != o.Digest:
		return Foreign{}, certificates.ErrRecordDiffers
	case a.Report.Status != certificates.Valid:
		return Foreign{}, ErrDead.With("status", string(a.Report.Status))
	}
	f := foreign{region: s.Region, id: id.New("fpa"), node: n.ID, code: p.Code, holder: holder, data: o.Data, status: certificates.Valid, asOf: a.At, tried: now, taken: now}
	if f, err = s.keep(ctx, n, p, f); err != nil {
		return Foreign{}, err
	}
	return s.foreign(ctx, f)
}

// genuine checks the file of a certificate.
func (s *Service) genuine(ctx context.Context, file []byte, now time.Time) (Node, certificates.Opened, error) {
	r, err := s.registry(ctx)
	if err != nil {
		return Node{}, certificates.Opened{}, err
	}
	i, ok := r.byKey[certificates.DataKey(file)]
	if !ok {
		return Node{}, certificates.Opened{}, ErrNotForeign
	}
	n := r.nodes[i]
	report, o := Check(n, file, now)
	switch {
	case !report.OK:
		return n, o, fault.Invalid(report.Reason).With("name", n.Name)
	case o.Whole.Kind != certificates.Certificate, o.Data == "":
		return n, o, ErrNoCert
	}
	return n, o, nil
}

// keep stores a certificate once a holder; taking it in again asks anew.
func (s *Service) keep(ctx context.Context, n Node, p *certificates.Paper, f foreign) (foreign, error) {
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		before, err := foreignByCode(ctx, tx, s.Region, f.code)
		if err != nil {
			return err
		}
		for _, b := range before {
			if b.holder == f.holder && b.node == f.node {
				was := b.status
				b.status, b.reason, b.basis, b.since, b.asOf, b.tried = f.status, "", "", time.Time{}, f.asOf, f.tried
				f = b
				tx.Unaudited("it is here already")
				return turnForeign(ctx, tx, b, was)
			}
		}
		audit.Record(ctx, tx, audit.Entry{Region: s.Region, Action: "certificates.foreign.taken_in", Object: f.id, At: f.taken,
			Details: map[string]any{"node": n.Name, "number": p.Number, "title": p.Title}})
		return insertForeign(ctx, tx, f)
	})
	return f, err
}

// foreign reads a row, with what its node is worth now. A node that does not
// count any more makes the certificate count no more, as if it were suspended.
func (s *Service) foreign(ctx context.Context, f foreign) (Foreign, error) {
	p, err := certificates.ParsePaper(f.data)
	if err != nil {
		return Foreign{}, err
	}
	out := Foreign{AsOf: f.asOf, Tried: f.tried, Taken: f.taken}
	p.Region, p.ID, p.Owners, p.Case, p.CaseNumber = s.Region, f.id, []string{f.holder}, "", ""
	out.Found = certificates.Found{Paper: p, Status: f.status, Reason: f.reason, Basis: f.basis, Since: db.At(f.since)}
	now := s.Clock.Now()
	if out.Status == certificates.Valid {
		out.Status = p.StatusAt(now)
	}
	if out.Node, err = s.Node(ctx, f.node); errors.Is(err, ErrNoNode) {
		out.NodeBad = ErrRemoved
	} else if err != nil {
		return out, err
	} else if out.NodeBad = out.Node.Usable(now); out.NodeBad == nil {
		out.NodeBad = out.Node.covers(f.nodeRegion(), p.Type)
	}
	out.Warnings = append(odd("", p.IssuerName), odd("holder_", p.HolderName)...)
	if s.Issuers != nil {
		known, err := s.Issuers.Known(ctx)
		if err != nil {
			return out, err
		}
		out.Warnings = append(out.Warnings, Alike(p.IssuerName, p.Issuer, known)...)
	}
	if out.NodeBad != nil && out.Status == certificates.Valid {
		out.Status, out.Reason = certificates.Suspended, "互认清单：签发节点不再被认可。"+out.Node.Reason
	}
	return out, nil
}

// nodeRegion is the region in the signed data.
func (f foreign) nodeRegion() string {
	p, err := certificates.ParsePaper(f.data)
	if err != nil {
		return ""
	}
	return p.Region
}

// Mine are the certificates that the caller took in.
func (s *Service) Mine(ctx context.Context) ([]Foreign, error) {
	if err := authz.Door(ctx, certificates.MayHold); err != nil {
		return nil, err
	}
	rows, err := foreignOf(ctx, s.DB, s.Region, auth.From(ctx).Owner())
	if err != nil {
		return nil, err
	}
	var out []Foreign
	for _, row := range rows {
		f, err := s.foreign(ctx, row)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// ByCode finds a certificate that was taken in, for whoever relies on it: what
// is old is asked anew, and what cannot be asked keeps the status that is known.
func (s *Service) ByCode(ctx context.Context, code string) (certificates.Found, error) {
	rows, err := foreignByCode(ctx, s.DB, s.Region, certificates.CleanCode(code))
	if err != nil {
		return certificates.Found{}, err
	}
	if len(rows) == 0 {
		return certificates.Found{}, certificates.ErrNoPaper
	}
	row := rows[0]
	if s.Clock.Now().Sub(row.tried) > askAgain {
		if row, err = s.look(ctx, row); err != nil {
			return certificates.Found{}, err
		}
	}
	f, err := s.foreign(ctx, row)
	for _, r := range rows[1:] { // the same certificate, of several holders
		f.Owners = append(f.Owners, r.holder)
	}
	return f.Found, err
}

// Paper finds a certificate that was taken in by its id here, for the machinery
// that tells cases of changes.
func (s *Service) Paper(ctx context.Context, region, paper string) (certificates.Found, error) {
	row, err := foreignByID(ctx, s.DB, region, paper)
	if fault.IsKind(err, fault.KindNotFound) {
		return certificates.Found{}, certificates.ErrNoPaper
	}
	if err != nil {
		return certificates.Found{}, err
	}
	f, err := s.foreign(ctx, row)
	if err == nil && auth.From(ctx).Kind != auth.KindSystem && !slices.Contains(f.Owners, auth.From(ctx).Owner()) {
		return certificates.Found{}, certificates.ErrNoPaper
	}
	return f.Found, err
}

// Poll asks after what was taken in and not asked after for a while. Whoever
// relied on one that changed hears of it.
func (s *Service) Poll(ctx context.Context) error {
	rows, err := foreignDue(ctx, s.DB, s.Region, s.Clock.Now().Add(-pollEvery))
	if err != nil {
		return err
	}
	for _, row := range rows {
		if _, err := s.look(ctx, row); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// Sweep forgets old answers.
func (s *Service) Sweep(ctx context.Context) error {
	return s.DB.Tidy(auth.System(ctx, "nodes"), func(tx *db.Tx) error {
		tx.Unaudited("answers have a limited life")
		return forgetAnswers(ctx, tx, s.Region, s.Clock.Now().AddDate(0, 0, -30))
	})
}

// acts are what a node did to a certificate, by the status that came of it.
var acts = map[certificates.Status]certificates.Act{certificates.Valid: certificates.Restore, certificates.Suspended: certificates.Suspend, certificates.Withdrawn: certificates.Withdraw,
	certificates.Revoked: certificates.Revoke, certificates.Cancelled: certificates.Cancel, certificates.Superseded: certificates.Change, certificates.Moved: certificates.TransferOut, certificates.Expired: "expire"}

// look asks the node of a row and keeps what it says.
func (s *Service) look(ctx context.Context, row foreign) (foreign, error) {
	was, now := row.status, s.Clock.Now()
	row.tried = now
	n, err := s.Node(ctx, row.node)
	if err != nil && !errors.Is(err, ErrNoNode) {
		return row, err
	}
	if bad := n.Usable(now); err != nil || bad != nil {
		row.status, row.reason, row.basis, row.since = certificates.Suspended, "互认清单：签发节点不再被认可。"+n.Reason, "《国务院关于在线政务服务的若干规定》第十条", now
	} else if a, err := s.ask(ctx, n, certificates.Question{Code: row.code}); err == nil && a.Known {
		row.status, row.reason, row.basis, row.since, row.asOf = a.Report.Status, a.Report.Because, a.Report.Basis, a.Report.Since, a.At
	} else if err == nil { // it does not know it any more
		row.status, row.reason, row.asOf = certificates.Withdrawn, "签发节点已无此证照记录", a.At
	} else {
		s.Log.Warn("a node does not answer", "node", n.Name, "site", n.Site, "error", err)
	}
	if acts[row.status] == "" {
		row.status = was
	}
	return row, s.settle(ctx, n, row, was)
}

// settle keeps a row that was looked at, and announces what changed.
func (s *Service) settle(ctx context.Context, n Node, row foreign, was certificates.Status) error {
	ctx = auth.System(ctx, "nodes")
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		tx.Unaudited("nothing changed")
		if row.status != was {
			p, err := certificates.ParsePaper(row.data)
			if err != nil {
				return err
			}
			audit.Record(ctx, tx, audit.Entry{Region: s.Region, Action: "certificates.foreign.changed", Object: row.id, At: row.tried,
				Details: map[string]any{"node": n.Name, "number": p.Number, "from": string(was), "to": string(row.status)}})
			events.Emit(ctx, tx, s.Region, row.id, facts.PaperStatusChanged{Region: s.Region, Paper: row.id, Identifier: p.Identifier, Title: p.Title, Issuer: p.Issuer,
				Act: string(acts[row.status]), From: string(was), To: string(row.status), Reason: row.reason, Basis: row.basis, At: row.tried})
		}
		return turnForeign(ctx, tx, row, was)
	})
}
