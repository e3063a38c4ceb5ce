package certificates

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tongban/gov/certificates/identifier"
	"tongban/gov/certificates/notices"
	"tongban/gov/facts"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/db"
	"tongban/platform/events"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/once"
	"tongban/platform/schedule"
)

// The refusals of acts on certificates.
var (
	// ErrNoAct: there is no such act.
	ErrNoAct = fault.Invalid("certificates.no_act")
	// ErrNotNow: the act cannot be done to a paper in its state; the details
	// "act" and "status" name both.
	ErrNotNow = fault.Conflict("certificates.not_now")
	// ErrNotIssuer: only the issuing office acts on its papers.
	ErrNotIssuer = fault.Forbidden("certificates.not_issuer")
	// ErrNeedReason, ErrNeedBasis: both are told to the holder.
	ErrNeedReason = fault.Invalid("certificates.need_reason")
	ErrNeedBasis  = fault.Invalid("certificates.need_basis")
	// ErrUntil: a suspension ends, and a next version is valid, after today.
	ErrUntil = fault.Invalid("certificates.until")
	// ErrRenewUntil: a renewed certificate ends on a later day than now, ErrSuspendUntil:
	// a suspension not after it; the detail "end" is the day that counts.
	ErrRenewUntil, ErrSuspendUntil = fault.Invalid("certificates.renew_until"), fault.Invalid("certificates.suspend_until")
	// ErrNoEnd: what has no end is not renewed.
	ErrNoEnd = fault.Invalid("certificates.no_end")
	// ErrUnchanged: a change that changes nothing.
	ErrUnchanged = fault.Invalid("certificates.unchanged")
	// ErrNoField, ErrEmptied: a change of what does not stand on the certificate, or
	// that leaves nothing there; the detail "field" is the key.
	ErrNoField, ErrEmptied = fault.Invalid("certificates.no_field"), fault.Invalid("certificates.emptied")
	// ErrTooLong: a reason or a clause that no notice could hold.
	ErrTooLong = fault.Invalid("certificates.too_long")
)

// MaxReason is how many characters a reason may have, MaxBasis a clause.
const (
	MaxReason = 500
	MaxBasis  = 200
)

// Order is what an office wants done to a certificate.
type Order struct {
	Act    Act
	Reason string
	Basis  string            // the clause
	Until  time.Time         // end of a suspension; of a renewal, how long it is good for
	Fields map[string]string // of a change: new values by key
	Told   bool              // the caller tells the holder himself
}

// Done is one act in the history of a paper.
type Done struct {
	Seq                  int64
	Act                  Act
	From, To             Status
	At                   time.Time
	Officer, OfficerName string
	Reason, Basis        string
	Until                time.Time
	Notice               string // id of the paper that tells the holder
	Successor            string // id of the next version
}

// Act does to a paper what its office orders: the state, the next version if
// there is one, the notice to the holder, the record and the fact commit
// together. It returns the paper that stands afterwards.
//
// Law: 行政许可法 art. 49, 50, 69, 70: on the grounds named there only; art. 38 ¶2,
// 行政处罚法 art. 59: reasons and remedies are told in writing.
func (s *Service) Act(ctx context.Context, region, paper string, o Order) (after Found, err error) {
	id := ""
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		id, err = once.Do(ctx, tx, region, "certificates.act "+paper+" "+string(o.Act), func() (string, error) {
			return s.ActTx(ctx, tx, region, paper, o)
		})
		return err
	})
	if err != nil {
		return Found{}, err
	}
	return s.Paper(ctx, region, id)
}

// ActTx is Act in somebody else's transaction; it returns the id of the paper
// that stands afterwards.
func (s *Service) ActTx(ctx context.Context, tx *db.Tx, region, paper string, o Order) (string, error) {
	r, err := loadPaper(ctx, tx, region, paper)
	if fault.IsKind(err, fault.KindNotFound) {
		return "", ErrNoPaper
	}
	if err != nil {
		return "", err
	}
	f, err := s.found(r)
	if err != nil {
		return "", err
	}
	rule, ok := RuleOf(o.Act)
	if err := s.MayManage(ctx, f); err != nil {
		return "", err
	}
	if !ok {
		return "", ErrNoAct.With("act", string(o.Act))
	}
	return s.actTx(ctx, tx, f, rule, o)
}

// Wrong is everything that is wrong with an order about a certificate; it trims what
// was written. Days are compared, not hours: a form gives the end of a day.
func (o *Order) Wrong(f Found, now time.Time) (wrong []error) {
	o.Reason, o.Basis = strings.TrimSpace(o.Reason), strings.TrimSpace(o.Basis)
	if o.Act != Suspend && o.Act != Renew {
		o.Until = time.Time{}
	}
	until, end := lastDay(o.Until), lastDay(f.ValidUntil)
	for _, x := range []struct {
		bad bool
		err error
	}{
		{o.Act == Renew && f.ValidUntil.IsZero(), ErrNoEnd},
		{(o.Act == Renew || !o.Until.IsZero()) && !o.Until.After(now), ErrUntil},
		{o.Act == Renew && o.Until.After(now) && until <= end, ErrRenewUntil.With("end", Day(f.ValidUntil))},
		{o.Act == Suspend && end != "" && until > end, ErrSuspendUntil.With("end", Day(f.ValidUntil))},
		{o.Reason == "", ErrNeedReason},
		{len([]rune(o.Reason)) > MaxReason, ErrTooLong.With("field", "reason").With("limit", MaxReason)},
		{o.Basis == "", ErrNeedBasis},
		{len([]rune(o.Basis)) > MaxBasis, ErrTooLong.With("field", "basis").With("limit", MaxBasis)},
	} {
		if x.bad {
			wrong = append(wrong, x.err)
		}
	}
	if o.Act == Change {
		wrong = append(wrong, o.wrongFields(f)...)
	}
	return wrong
}

// wrongFields is what is wrong with the new values of a change.
func (o *Order) wrongFields(f Found) (wrong []error) {
	changed := false
	for _, key := range slices.Sorted(maps.Keys(o.Fields)) {
		i := slices.IndexFunc(f.Fields, func(x Field) bool { return x.Key == key })
		switch v := strings.TrimSpace(o.Fields[key]); {
		case i < 0:
			wrong = append(wrong, ErrNoField.With("field", key))
		case v == "" && f.Fields[i].Value != "":
			wrong = append(wrong, ErrEmptied.With("field", key))
		}
		changed = changed || i < 0 || strings.TrimSpace(o.Fields[key]) != f.Fields[i].Value
	}
	if !changed {
		wrong = append(wrong, ErrUnchanged)
	}
	return wrong
}

// lastDay is the day of a time, for comparing; "" for none.
func lastDay(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.In(i18n.Zone).Format(time.DateOnly)
}

// actTx does it in a transaction and returns the id of the paper that stands
// afterwards.
func (s *Service) actTx(ctx context.Context, tx *db.Tx, f Found, rule Rule, o Order) (string, error) {
	if !rule.Fits(f.Kind, f.Status) {
		return "", ErrNotNow.With("act", o.Act).With("status", f.Status)
	}
	now, by := s.Clock.Now(), auth.From(ctx)
	if wrong := o.Wrong(f, now); len(wrong) > 0 {
		return "", wrong[0]
	}
	if len(f.Owners) == 0 && f.Kind == Certificate && s.Stock != nil { // who holds one from before is told
		var err error
		if f.Owners, err = s.Stock.HoldersOf(ctx, tx, f.Region, f.ID); err != nil {
			return "", err
		}
	}
	done := Done{Act: o.Act, From: f.Status, To: rule.To, At: now, Officer: by.ID, OfficerName: by.Name, Reason: o.Reason, Basis: o.Basis, Until: o.Until}
	var err error
	if done.Seq, err = nextAct(ctx, tx, f.Region, f.ID); err != nil {
		return "", err
	}
	stands, next := f.ID, Paper{}
	var held []Done // what its suspension rests on
	if f.Status == Suspended {
		if held, err = loadActs(ctx, tx, f.Region, f.ID); err != nil {
			return "", err
		}
	}
	if rule.Next {
		if next, err = s.nextVersion(ctx, tx, f, o); err != nil {
			return "", err
		}
		done.Successor, stands = next.ID, next.ID
	}
	if ended := o.Act == Expire; !o.Told && (!ended || f.Kind == Certificate && len(f.Owners) > 0) {
		notice, err := s.IssueTx(ctx, tx, f.notice(done, next))
		if err != nil && !(ended && untold(err)) {
			return "", err
		}
		if err == nil {
			done.Notice = notice.ID
		}
	}
	if err := turn(ctx, tx, f.record, rule.To, o, now); err != nil {
		return "", ErrNotNow.With("act", o.Act).With("status", f.Status).Because(err)
	}
	insertAct(tx, f.record, done)
	schedule.Cancel(tx, f.Region, JobRestore, f.ID)
	if rule.Next && f.Status == Suspended {
		s.carry(tx, next, held)
	}
	if o.Act == Suspend && !o.Until.IsZero() {
		schedule.Set(tx, schedule.Job{Region: f.Region, Kind: JobRestore, Key: f.ID, At: o.Until})
	}
	audit.Record(ctx, tx, audit.Entry{Region: f.Region, Action: "certificates.paper.act", Object: f.ID, At: now,
		Details: map[string]any{"act": o.Act, "from": f.Status, "to": rule.To, "reason": o.Reason, "basis": o.Basis, "number": f.Number, "issuer": f.Issuer, "successor": done.Successor}})
	events.Emit(ctx, tx, f.Region, f.ID, facts.PaperStatusChanged{Region: f.Region, Paper: f.ID, Identifier: f.Identifier, Title: f.Title, Case: f.Case, Issuer: f.Issuer,
		Act: string(o.Act), From: string(f.Status), To: string(rule.To), Successor: done.Successor, Reason: o.Reason, Basis: o.Basis, At: now})
	return stands, nil
}

// untold tells whether a notice cannot be written at all, since the office has no keys
// any more or something in it cannot be printed. A term ends all the same; what
// failed wrote nothing (IssueTx).
func untold(err error) bool {
	return fault.IsKind(err, fault.KindInvalid) || fault.IsKind(err, fault.KindConflict)
}

// carry leaves the next version of a suspended certificate suspended: what stands on
// it was corrected, and nothing was given back.
func (s *Service) carry(tx *db.Tx, next Paper, held []Done) {
	if len(held) == 0 {
		return
	}
	d := held[len(held)-1]
	suspendLater(tx, next, d)
	d.Seq, d.Notice, d.Successor = 1, "", ""
	insertAct(tx, record{region: next.Region, id: next.ID}, d)
	if !d.Until.IsZero() {
		schedule.Set(tx, schedule.Job{Region: next.Region, Kind: JobRestore, Key: next.ID, At: d.Until})
	}
}

// nextVersion issues the certificate anew: same serial number, next version,
// linked with the one before.
//
// Law: GB/T 36904: the version counts on; GB/T 36903 links predecessor and successor.
func (s *Service) nextVersion(ctx context.Context, tx *db.Tx, f Found, o Order) (Paper, error) {
	p := f.Paper
	p.ID, p.Code, p.Identifier, p.Version, p.Predecessor = "", "", "", max(f.Version, 1)+1, cmp.Or(f.Identifier, f.ID)
	if f.Identifier != "" {
		at, err := identifier.Parse(f.Identifier)
		if err != nil {
			return p, err
		}
		if at, err = at.Next(); err != nil {
			return p, err
		}
		p.Identifier = at.String()
	}
	p.Fields = slices.Clone(f.Fields)
	for i, field := range p.Fields {
		if v := strings.TrimSpace(o.Fields[field.Key]); o.Act == Change && v != "" && v != field.Value {
			p.Fields[i].Value = v
			switch field.Value { // the holder is named twice: in the table and in the data
			case f.HolderName:
				p.HolderName = p.Fields[i].Value
			case f.HolderNumber:
				p.HolderNumber = p.Fields[i].Value
			}
		}
	}
	if o.Act == Renew { // its term counts anew from the decision, also of one from the stock
		p.ValidFrom, p.ValidUntil, p.Granted = s.Clock.Now(), o.Until, time.Time{}
	}
	p.retell(f.Paper)
	return s.IssueTx(ctx, tx, p)
}

// retell changes what sentences and fields say of the end and of changed
// particulars, so that the next version does not contradict itself.
func (p *Paper) retell(old Paper) {
	var pairs []string
	if !old.ValidUntil.IsZero() && !old.ValidUntil.Equal(p.ValidUntil) {
		pairs = append(pairs, day(old.ValidUntil), day(p.ValidUntil))
		for i, f := range p.Fields {
			p.Fields[i].Value = strings.ReplaceAll(f.Value, day(old.ValidUntil), day(p.ValidUntil))
		}
	}
	for i, f := range old.Fields {
		if f.Value != p.Fields[i].Value && len([]rune(f.Value)) > 1 && !slices.Contains(pairs, f.Value) {
			pairs = append(pairs, f.Value, p.Fields[i].Value)
		}
	}
	if !old.ValidFrom.Equal(p.ValidFrom) { // renewed: it is issued on another day
		pairs = append(pairs, day(old.GrantedOn()), day(p.ValidFrom))
	}
	told := strings.NewReplacer(pairs...)
	p.Text = slices.Clone(old.Text)
	for i, t := range p.Text {
		p.Text[i] = told.Replace(t)
	}
}

// notice tells the holder what was done, why, on which ground, and what he can do
// against it; next is the version in its place, if there is one.
func (f Found) notice(d Done, next Paper) Paper {
	told := notices.Told{Act: string(d.Act), Certificate: f.Title, Number: f.Number, Identifier: f.Identifier, Reason: d.Reason, Basis: d.Basis, At: d.At}
	if d.Act == Expire {
		told.Ends = f.ValidUntil
	}
	if told.Until = d.Until; next.ID != "" {
		told.Until, told.Version, told.Ends = time.Time{}, next.Version, next.ValidUntil
	}
	p := Paper{Region: f.Region, Kind: Standing, Case: f.Case, CaseNumber: f.CaseNumber, Item: f.Item, ItemName: f.ItemName, Issuer: f.Issuer, IssuerName: f.IssuerName,
		Owners: f.Owners, HolderName: f.HolderName, HolderNumber: f.HolderNumber, Title: told.Title(), Text: told.Sentences(),
		Number: fmt.Sprintf("证告〔%d〕%s-%d号", d.At.In(i18n.Zone).Year(), strings.ToUpper(f.ID[max(0, len(f.ID)-10):]), d.Seq)}
	for _, row := range told.Rows() {
		p.Fields = append(p.Fields, Field(row))
	}
	return p
}

// MayManage lets in officers of the issuing office; whether a paper exists is not
// for everybody.
func (s *Service) MayManage(ctx context.Context, f Found) error {
	if auth.From(ctx).Kind == auth.KindSystem {
		return nil
	}
	if err := authz.Require(ctx, MayManage, authz.Object{Region: f.Region, Orgs: []string{f.Issuer}}); err != nil {
		if !s.mayOpen(ctx, f) {
			return ErrNoPaper
		}
		return ErrNotIssuer.Because(err)
	}
	return nil
}

// Acts are what the caller may do to the paper now.
func (s *Service) Acts(ctx context.Context, f Found) (out []Rule) {
	if f.Status == Damaged || s.MayManage(ctx, f) != nil {
		return nil
	}
	for _, r := range Rules {
		if r.Act != Expire && r.Fits(f.Kind, f.Status) && (r.Act != Renew || !f.ValidUntil.IsZero()) {
			out = append(out, r)
		}
	}
	return out
}

// History is what was done to a paper after its issue, oldest first. The
// caller has already been let into the paper.
func (s *Service) History(ctx context.Context, f Found) ([]Done, error) {
	return loadActs(ctx, s.DB, f.Region, f.ID)
}

// JobRestore gives a certificate back when its suspension ends.
const JobRestore = "certificates.restore"

// Handle registers the work that falls due.
func (s *Service) Handle(r *schedule.Runner) {
	r.Handle(JobRestore, func(ctx context.Context, tx *db.Tx, j schedule.Job) error {
		r, err := loadPaper(ctx, tx, j.Region, j.Key)
		if err != nil {
			return err
		}
		f, err := s.found(r)
		if err != nil || f.Status != Suspended {
			return err
		}
		rule, _ := RuleOf(Restore)
		_, err = s.actTx(ctx, tx, f, rule, Order{Act: Restore, Reason: "暂扣期满", Basis: r.basis})
		return err
	})
}

// sweepBatch is how many papers one transaction of Sweep touches.
const sweepBatch = 200

// Sweep puts on record which certificates have come to their end, with the fact
// that others wait for, and fills columns that older records lack. A check by
// code never waits for it: it looks at the date.
func (s *Service) Sweep(ctx context.Context) error {
	ctx = auth.System(ctx, "certificates")
	for _, region := range s.Regions {
		for _, step := range []func(context.Context, string) (int, error){s.fill, s.expire} {
			for {
				n, err := step(ctx, region)
				if err != nil {
					return err
				}
				if n < sweepBatch {
					break
				}
			}
		}
	}
	return nil
}

// expire puts a batch of expired certificates on record.
func (s *Service) expire(ctx context.Context, region string) (int, error) {
	due, err := loadDue(ctx, s.DB, region, s.Clock.Now(), sweepBatch)
	if err != nil || len(due) == 0 {
		return 0, err
	}
	rule := Rules[slices.IndexFunc(Rules, func(r Rule) bool { return r.Act == Expire })]
	moved := 0
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		tx.Unaudited("a batch in which every record was damaged or moved on")
		moved = 0
		for _, r := range due {
			f, err := s.found(r)
			if err != nil {
				continue // damaged: it is listed as such
			}
			f.Status = Valid // as recorded; the date has passed
			if _, err := s.actTx(ctx, tx, f, rule, Order{Act: Expire, Reason: "有效期届满", Basis: "行政许可法第五十条"}); err != nil && fault.Of(err).Kind != fault.KindConflict {
				return err
			}
			moved++
		}
		return nil
	})
	if moved == 0 {
		return 0, err
	}
	return len(due), err
}

// fill writes the columns of records that are older than these.
func (s *Service) fill(ctx context.Context, region string) (int, error) {
	old, err := loadUnnumbered(ctx, s.DB, region, sweepBatch)
	if err != nil || len(old) == 0 {
		return 0, err
	}
	filled := 0
	err = s.DB.Tidy(ctx, func(tx *db.Tx) error {
		tx.Unaudited("columns repeat what was signed")
		filled = 0
		for _, r := range old {
			if p, err := s.proved(r, record.paper); err == nil && p.Number != "" {
				setColumns(tx, p)
				filled++
			}
		}
		return nil
	})
	if filled == 0 {
		return 0, err
	}
	return len(old), err
}

// CheckNumber says what became of the paper with an official number, to anybody
// who also knows whose it is: numbers can be guessed, and a number alone says
// nothing about its bearer.
func (s *Service) CheckNumber(ctx context.Context, number, holder, from string) (Report, error) {
	now := s.Clock.Now()
	if !s.guesses.Open(now, sender(from)) {
		return Report{}, ErrTooManyGuesses
	}
	records, err := s.numbered(ctx, strings.TrimSpace(number))
	if err != nil {
		return Report{}, err
	}
	for _, r := range records {
		f, err := s.standingOf(r)
		if err == nil && f.HolderName == strings.TrimSpace(holder) {
			return f.report(now), nil
		}
	}
	s.guesses.Miss(now, 1, sender(from))
	return Report{}, ErrNoPaper
}

// numbered finds papers by number; a certificate from before that was released
// and not signed yet is signed when it is asked for first.
func (s *Service) numbered(ctx context.Context, number string) ([]record, error) {
	records, err := loadByNumber(ctx, s.DB, number)
	if err == nil && len(records) == 0 && s.Stock != nil && number != "" {
		var n int
		if n, err = s.Stock.FirstUse(ctx, number); err == nil && n > 0 {
			return loadByNumber(ctx, s.DB, number)
		}
	}
	return records, err
}

// recognise finds out who of some is the holder whom a certificate from before
// names: nobody was known by that number when it was signed.
func (s *Service) recognise(ctx context.Context, f *Found, holders ...string) {
	if len(f.Owners) > 0 || f.Kind != Certificate || s.Stock == nil {
		return
	}
	for _, holder := range holders {
		if holder != "" && s.Stock.Holds(ctx, holder, f.Paper) {
			f.Owners = append(f.Owners, holder)
		}
	}
}

// HoldTx notes who holds a certificate that was signed before he was known here.
// What is signed in it still says who he is, and is asked each time.
func (s *Service) HoldTx(ctx context.Context, tx *db.Tx, region, paper, holder string) error {
	f, err := s.PaperTx(auth.System(ctx, "stock"), tx, region, paper)
	if err == nil && (len(f.Owners) > 0 || f.Kind != Certificate) {
		err = ErrNoPaper
	}
	if err == nil {
		insertHolder(tx, f.Paper, holder)
	}
	return err
}

// StatusOf is what a paper is worth now, by its id, for whoever relied on it: one
// read by key, without what is on the paper and without checking its signature,
// which was checked when it was relied on.
func (s *Service) StatusOf(ctx context.Context, region, paper string) (Status, error) {
	status, until, err := loadStatus(ctx, s.DB, region, paper)
	if fault.IsKind(err, fault.KindNotFound) {
		err = ErrNoPaper
	}
	if status == Valid {
		status = Paper{ValidUntil: until}.StatusAt(s.Clock.Now())
	}
	return status, err
}
