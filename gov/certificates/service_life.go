package certificates

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"tongban/gov/certificates/identifier"
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
	// ErrUnchanged: a change that changes nothing.
	ErrUnchanged = fault.Invalid("certificates.unchanged")
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
	rule, err := o.clean(s.Clock.Now())
	if err != nil {
		return Found{}, err
	}
	id := ""
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		id, err = once.Do(ctx, tx, region, "certificates.act "+paper+" "+string(o.Act), func() (string, error) {
			return s.order(ctx, tx, region, paper, rule, o)
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
	rule, err := o.clean(s.Clock.Now())
	if err != nil {
		return "", err
	}
	return s.order(ctx, tx, region, paper, rule, o)
}

// order does to a paper what an officer who may wants done.
func (s *Service) order(ctx context.Context, tx *db.Tx, region, paper string, rule Rule, o Order) (string, error) {
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
	if err := s.MayManage(ctx, f); err != nil {
		return "", err
	}
	return s.actTx(ctx, tx, f, rule, o)
}

// clean trims the order and says what is missing in it.
func (o *Order) clean(now time.Time) (Rule, error) {
	o.Reason, o.Basis = strings.TrimSpace(o.Reason), strings.TrimSpace(o.Basis)
	rule, ok := RuleOf(o.Act)
	switch {
	case !ok:
		return rule, ErrNoAct.With("act", string(o.Act))
	case o.Reason == "":
		return rule, ErrNeedReason
	case o.Basis == "":
		return rule, ErrNeedBasis
	case len([]rune(o.Reason)) > MaxReason:
		return rule, ErrTooLong.With("field", "reason").With("limit", MaxReason)
	case len([]rune(o.Basis)) > MaxBasis:
		return rule, ErrTooLong.With("field", "basis").With("limit", MaxBasis)
	case o.Act != Suspend && o.Act != Renew:
		o.Until = time.Time{}
	case o.Until.IsZero() && o.Act == Suspend: // until it is given back
	case !o.Until.After(now):
		return rule, ErrUntil
	}
	return rule, nil
}

// actTx does it in a transaction and returns the id of the paper that stands
// afterwards.
func (s *Service) actTx(ctx context.Context, tx *db.Tx, f Found, rule Rule, o Order) (string, error) {
	if !rule.Fits(f.Kind, f.Status) {
		return "", ErrNotNow.With("act", string(o.Act)).With("status", string(f.Status))
	}
	if len(f.Owners) == 0 && f.Kind == Certificate && s.Stock != nil { // who holds one from before is told
		var err error
		if f.Owners, err = s.Stock.HoldersOf(ctx, tx, f.Region, f.ID); err != nil {
			return "", err
		}
	}
	now, by := s.Clock.Now(), auth.From(ctx)
	done := Done{Act: o.Act, From: f.Status, To: rule.To, At: now, Officer: by.ID, OfficerName: by.Name, Reason: o.Reason, Basis: o.Basis, Until: o.Until}
	var err error
	if done.Seq, err = nextAct(ctx, tx, f.Region, f.ID); err != nil {
		return "", err
	}
	stands := f.ID
	if rule.Next {
		next, err := s.nextVersion(ctx, tx, f, o)
		if err != nil {
			return "", err
		}
		done.Successor, stands = next.ID, next.ID
	} else if o.Act != Expire {
		notice, err := s.IssueTx(ctx, tx, f.notice(done))
		if err != nil {
			return "", err
		}
		done.Notice = notice.ID
	}
	if err := turn(ctx, tx, f.record, rule.To, o, now); err != nil {
		return "", ErrNotNow.With("act", string(o.Act)).With("status", string(f.Status)).Because(err)
	}
	insertAct(tx, f.record, done)
	schedule.Cancel(tx, f.Region, JobRestore, f.ID)
	if o.Act == Suspend && !o.Until.IsZero() {
		schedule.Set(tx, schedule.Job{Region: f.Region, Kind: JobRestore, Key: f.ID, At: o.Until})
	}
	audit.Record(ctx, tx, audit.Entry{Region: f.Region, Action: "certificates.paper.act", Object: f.ID, At: now,
		Details: map[string]any{"act": o.Act, "from": f.Status, "to": rule.To, "reason": o.Reason, "basis": o.Basis, "number": f.Number, "issuer": f.Issuer, "successor": done.Successor}})
	events.Emit(ctx, tx, f.Region, f.ID, facts.PaperStatusChanged{Region: f.Region, Paper: f.ID, Identifier: f.Identifier, Title: f.Title, Case: f.Case, Issuer: f.Issuer,
		Act: string(o.Act), From: string(f.Status), To: string(rule.To), Successor: done.Successor, Reason: o.Reason, Basis: o.Basis, At: now})
	return stands, nil
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
	changed := false
	for i, field := range p.Fields {
		if v, ok := o.Fields[field.Key]; ok && o.Act == Change && strings.TrimSpace(v) != field.Value && strings.TrimSpace(v) != "" {
			p.Fields[i].Value, changed = strings.TrimSpace(v), true
			switch field.Value { // the holder is named twice: in the table and in the data
			case f.HolderName:
				p.HolderName = p.Fields[i].Value
			case f.HolderNumber:
				p.HolderNumber = p.Fields[i].Value
			}
		}
	}
	if o.Act == Change && !changed {
		return p, ErrUnchanged
	}
	if o.Act == Renew {
		if !o.Until.After(f.ValidUntil) {
			return p, ErrUntil
		}
		p.ValidUntil = o.Until
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
	told := strings.NewReplacer(pairs...)
	p.Text = slices.Clone(old.Text)
	for i, t := range p.Text {
		p.Text[i] = told.Replace(t)
	}
}

// actWord names an act on official papers, which are Chinese.
var actWord = map[Act]string{Suspend: "暂扣", Restore: "暂扣发还", Withdraw: "撤销", Revoke: "吊销", Cancel: "注销", TransferOut: "办理转出", TakeBack: "取消转出"}

// notice tells the holder what was done, why, on which ground, and what he can
// do against it.
//
// Law: 行政复议法 art. 20 ¶1: sixty days; 行政诉讼法 art. 46 ¶1: six months.
func (f Found) notice(d Done) Paper {
	word := actWord[d.Act]
	p := Paper{Region: f.Region, Kind: Standing, Case: f.Case, CaseNumber: f.CaseNumber, Item: f.Item, ItemName: f.ItemName, Issuer: f.Issuer, IssuerName: f.IssuerName,
		Owners: f.Owners, HolderName: f.HolderName, HolderNumber: f.HolderNumber, Title: f.Title + word + "告知书",
		Number: fmt.Sprintf("证告〔%d〕%s-%d号", d.At.In(i18n.Zone).Year(), strings.ToUpper(f.ID[max(0, len(f.ID)-10):]), d.Seq)}
	p.Fields = []Field{{Key: "certificate", Label: "证照", LabelEn: "Certificate", Value: f.Title + "（" + f.Number + "）"}}
	if f.Identifier != "" {
		p.Fields = append(p.Fields, Field{Key: "identifier", Label: "证照标识", LabelEn: "Identifier", Value: f.Identifier})
	}
	p.Fields = append(p.Fields, Field{Key: "act", Label: "处理", LabelEn: "What was done", Value: word}, Field{Key: "why", Label: "理由", LabelEn: "Reason", Value: d.Reason},
		Field{Key: "basis", Label: "依据", LabelEn: "Legal basis", Value: d.Basis})
	if !d.Until.IsZero() {
		p.Fields = append(p.Fields, Field{Key: "until", Label: "暂扣到", LabelEn: "Suspended until", Value: day(d.Until)})
	}
	p.Text = []string{fmt.Sprintf("您持有的《%s》（%s）自%s起%s。", f.Title, f.Number, day(d.At), word)}
	if d.To != Valid {
		p.Text = append(p.Text, "不服本处理的，可以自收到本告知书之日起60日内向有管辖权的行政复议机关申请行政复议，或者6个月内向有管辖权的人民法院提起行政诉讼。")
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
		if r.Act != Expire && r.Fits(f.Kind, f.Status) {
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
