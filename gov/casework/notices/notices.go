package notices

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"tongban/gov/casework/casenumber"
	"tongban/gov/casework/cases"
	"tongban/gov/casework/drafts"
	"tongban/gov/casework/grounds"
	"tongban/gov/casework/offers"
	"tongban/gov/casework/people"
	"tongban/gov/casework/supplements"
	"tongban/gov/casework/terms"
	"tongban/gov/catalogue"
	"tongban/gov/certificates"
	"tongban/gov/identity/number"
	"tongban/platform/calendar"
	"tongban/platform/clock"
	"tongban/platform/db"
)

// Papers issues official papers in the transaction of the act.
type Papers interface {
	IssueTx(ctx context.Context, tx *db.Tx, p certificates.Paper) (certificates.Paper, error)
}

// Desk writes the papers of a case.
type Desk struct {
	Papers Papers
	Rules  terms.Rules
	Clock  clock.Clock
	// People records whom certificates name; nil: they are held by who applied.
	People people.People
	// Portraits makes pictures fit that certificates show; nil: they show none.
	Portraits drafts.Portraits
}

// Field is one line of a paper, left out when it is empty.
func Field(key, label, labelEn, value string) certificates.Field {
	return certificates.Field{Key: key, Label: label, LabelEn: labelEn, Value: value}
}

func filled(fields ...certificates.Field) []certificates.Field {
	out := make([]certificates.Field, 0, len(fields))
	for _, f := range fields {
		if f.Value != "" {
			out = append(out, f)
		}
	}
	return out
}

// paper is what every paper of a case has in common.
func paper(c *cases.Case, kind certificates.Kind, a drafts.Applicant, title string) certificates.Paper {
	p := certificates.Paper{Kind: kind, Region: c.Region, Case: string(c.ID), CaseNumber: c.Number, Item: c.Item, ItemName: c.ItemName,
		Issuer: c.Org, IssuerName: c.OrgName, Owners: []string{c.Owner}, HolderName: a.Title(), HolderNumber: a.Number, Title: title}
	if a.Company != "" {
		p.HolderNumber = a.Company
	}
	return p
}

var channelNames = map[drafts.Channel]string{drafts.Online: "网上申请", drafts.Counter: "窗口申请"}

// Receipt (收件凭证).
//
// Law: 行政许可法 art. 32 ¶2: a dated receipt with the organ's seal.
func (s *Desk) Receipt(ctx context.Context, tx *db.Tx, c *cases.Case, d drafts.Draft, materials []catalogue.Material) error {
	p := paper(c, certificates.Receipt, d.Applicant, "收件凭证")
	got, later := d.Received(materials)
	p.Fields = filled(
		Field("number", "办件编号", "Case number", casenumber.Show(c.Number)),
		Field("channel", "申请方式", "Channel", channelNames[c.Channel]),
		Field("submitted", "收件日期", "Received on", offers.Date(c.SubmittedAt)),
		Field("accept_due", "最晚受理或者告知补正的日期（含当日）", "Accepted, or told what to mend, by the end of", offers.Date(c.AcceptDue)),
		Field("materials", "已收材料", "Materials received", strings.Join(got, "；")),
		Field("to_follow", "后补材料", "Materials to follow", strings.Join(later, "；")))
	p.Text = []string{fmt.Sprintf("您于%s提交的“%s”申请已经收到。我们最晚于%s当日受理，或者一次告知需要补正的全部内容；逾期不告知的，自收到申请材料之日起即为受理。依据：%s。",
		offers.Date(c.SubmittedAt), c.ItemName, offers.Date(c.AcceptDue), c.Terms.Accept.Citation)}
	_, err := s.Papers.IssueTx(ctx, tx, p)
	return err
}

// Acceptance tells that a case is accepted, and until when it is decided (受理通知书).
func (s *Desk) Acceptance(ctx context.Context, tx *db.Tx, c *cases.Case, a drafts.Applicant) error {
	p := paper(c, certificates.Acceptance, a, "受理通知书")
	p.Fields = filled(
		Field("number", "办件编号", "Case number", casenumber.Show(c.Number)),
		Field("accepted", "受理日期", "Accepted on", offers.Date(c.AcceptedAt)),
		Field("promise_due", "承诺办结日期", "Promised by", offers.Date(c.PromiseDue)),
		Field("legal_due", "法定办结日期", "Statutory limit", offers.Date(c.LegalDue)))
	p.Text = []string{fmt.Sprintf("您的“%s”申请，%s予以受理。", c.ItemName, offers.Date(c.AcceptedAt))}
	if c.Deemed {
		p.Text = []string{fmt.Sprintf("您的“%s”申请，我机关未在期限内告知补正，自收到申请材料之日（%s）起即为受理。依据：%s。", c.ItemName, offers.Date(c.AcceptedAt), c.Terms.Accept.Citation)}
	}
	_, err := s.Papers.IssueTx(ctx, tx, p)
	return err
}

// No is a decision against the applicant.
type No struct {
	Title, Decision string // 不予许可决定书; 不予许可
	Why             string // in one text, where the flow itself decided and nobody said why
	Grounds         []grounds.Ground
	Refusal         grounds.Refusal
	Offer           *offers.Ready
}

// Refusal issues a decision against the applicant: what is refused, by
// which clause and why, what was found, how to pass, and the remedies with
// their periods.
//
// Law: 行政许可法 art. 38 ¶2: a refusal gives its reasons and tells the remedies.
func (s *Desk) Refusal(ctx context.Context, tx *db.Tx, c *cases.Case, a drafts.Applicant, n No) (certificates.Paper, error) {
	p := paper(c, certificates.Refusal, a, n.Title)
	add := func(key, zh, en, value string) { p.Fields = append(p.Fields, Field(key, zh, en, value)) }
	add("number", "办件编号", "Case number", casenumber.Show(c.Number))
	for i, g := range n.Grounds {
		add(fmt.Sprint(certificates.FieldReason, i+1), "理由", "Reason", g.Sentence())
	}
	if len(n.Grounds) == 0 {
		add(certificates.FieldReason, "理由", "Reason", n.Why)
	}
	if n.Refusal.Facts != "" {
		add(certificates.FieldEvidence, "核查到的情况", "What was found", "核查到的情况："+strings.TrimSuffix(n.Refusal.Facts, "。")+"。")
	}
	for i, text := range n.Refusal.Passes(n.Grounds) {
		add(fmt.Sprint(certificates.FieldPass, i+1), "怎样可以通过", "How to pass", text)
	}
	for i, text := range grounds.Remedies(n.Offer.Offer, s.Rules) {
		add(fmt.Sprint(certificates.FieldRemedy, i+1), "救济途径", "Remedy", text)
	}
	p.Text = []string{fmt.Sprintf("您的“%s”申请，经审查，决定%s。", c.ItemName, n.Decision)}
	return s.Papers.IssueTx(ctx, tx, p)
}

// Supplement tells everything that is to be mended, at once (一次性补正告知书). The
// office that asks issues it: the one in charge, or the one whose step asks.
func (s *Desk) Supplement(ctx context.Context, tx *db.Tx, c *cases.Case, a drafts.Applicant, sup supplements.Supplement, org, orgName string) error {
	p := paper(c, certificates.Supplement, a, "一次性补正告知书")
	p.Issuer, p.IssuerName = org, orgName
	if !c.AcceptedAt.IsZero() {
		p.Title = "补正告知书"
	}
	for i, it := range sup.Items {
		p.Fields = append(p.Fields, Field(fmt.Sprintf("item%d", i+1), fmt.Sprintf("第%d项 %s", i+1, it.Name), fmt.Sprintf("Item %d", i+1), "需要补正："+it.Reason+"。怎么补："+it.How))
	}
	p.Text = []string{fmt.Sprintf("您的“%s”申请需要补正以下内容，共%d项。请于%s前全部备齐，一次提交。%s", c.ItemName, len(sup.Items), offers.Date(sup.Until), s.consequence(c, sup))}
	_, err := s.Papers.IssueTx(ctx, tx, p)
	return err
}

// consequence says what a request for supplements does to the limit, and what
// follows when nothing is answered.
func (s *Desk) consequence(c *cases.Case, sup supplements.Supplement) string {
	switch {
	case c.AcceptedAt.IsZero():
		return "补正期间不计入受理期限。逾期没有补正的，决定不予受理；备齐后可以随时重新申请。依据：" + s.Rules.Silence.Citation + "。"
	case sup.Basis != "":
		return "补正期间不计入办理期限，依据：" + sup.Basis + "。逾期没有答复的，依据已经提交的材料继续审查，依法作出决定。"
	}
	return "补正期间办理期限照常计算。逾期没有答复的，依据已经提交的材料继续审查，依法作出决定。"
}

// Withdrawal confirms that the applicant took the application back.
func (s *Desk) Withdrawal(ctx context.Context, tx *db.Tx, c *cases.Case, a drafts.Applicant) error {
	p := paper(c, certificates.Withdrawal, a, "撤回申请确认书")
	p.Fields = filled(Field("number", "办件编号", "Case number", casenumber.Show(c.Number)), Field("reason", "撤回原因", "Reason", c.Reason))
	p.Text = []string{fmt.Sprintf("您于%s撤回了“%s”申请，本办件终止办理。", offers.Date(c.ClosedAt), c.ItemName)}
	_, err := s.Papers.IssueTx(ctx, tx, p)
	return err
}

// Special tells the applicant in writing why the limit changes.
//
// Law: 行政许可法 art. 42 ¶1 (reason of an extension), art. 45 (time that a special procedure takes).
func (s *Desk) Special(ctx context.Context, tx *db.Tx, c *cases.Case, a drafts.Applicant, title, text string, fields ...certificates.Field) error {
	p := paper(c, certificates.Special, a, title)
	p.Fields = filled(append([]certificates.Field{Field("number", "办件编号", "Case number", casenumber.Show(c.Number))}, fields...)...)
	p.Text = []string{text}
	_, err := s.Papers.IssueTx(ctx, tx, p)
	return err
}

// Certificate issues what the item promises.
//
// Law: 行政许可法 art. 38 ¶1, 39: a grant is made in writing; the certificate bears the organ's seal.
func (s *Desk) Certificate(ctx context.Context, tx *db.Tx, c *cases.Case, o *offers.Ready, d drafts.Draft, filledIn map[string]string) (certificates.Paper, error) {
	t, now := o.Result.Certificate, s.Clock.Now()
	p := paper(c, certificates.Certificate, d.Applicant, cmp.Or(t.Name.Zh, c.ItemName))
	p.Type, p.TypeName, p.ValidFrom = t.Type, p.Title, now
	p.ValidUntil = offers.ValidUntil(now, t.Validity.Unit, t.Validity.Amount)
	// Because: a serial counted per type and year would make all decisions of an
	// office wait for one row; the case number is as unique.
	p.Number = strings.NewReplacer("{year}", fmt.Sprint(now.In(calendar.Zone).Year()), "{serial}", c.Number).Replace(t.Number)
	r := &offers.Refs{Item: o, Answers: o.Answers(d.Situation, d.Form), Filled: filledIn, Given: map[string]string{
		"case.number": casenumber.Show(c.Number), "case.item": c.ItemName, "issue.date": offers.Date(now), "issue.office": c.OrgName,
		"valid.until": offers.Date(p.ValidUntil), "certificate.number": p.Number}}
	if err := s.portraits(ctx, o, d, r.Given); err != nil {
		return p, err
	}
	if v := r.Value(t.Holder.Name); v != "" {
		p.HolderName = v
	}
	// Because: the number of whoever applied is none of somebody else's, such as a
	// child that has no number yet.
	if v := r.Value(t.Holder.Number); v != "" || t.Holder.Number != "" && p.HolderName != d.Applicant.Title() {
		p.HolderNumber = v
	}
	if err := s.ofChild(ctx, tx, &p, d.Applicant); err != nil {
		return p, err
	}
	r.Holder = p.HolderNumber
	for _, f := range t.Fields {
		if r.Shown(f.ShowWhen) {
			p.Fields = append(p.Fields, Field(f.Key, f.Label.Zh, f.Label.En, r.Value(f.From)))
		}
	}
	p.Fields = filled(p.Fields...)
	for _, text := range t.Text {
		p.Text = append(p.Text, r.Fill(text))
	}
	if len(p.Text) == 0 {
		p.Text = []string{fmt.Sprintf("%s申请的“%s”，经审查符合法定条件，准予办理。", d.Applicant.Title(), c.ItemName)}
	}
	return s.Papers.IssueTx(ctx, tx, p)
}

// ofChild gives a certificate that names somebody under age to him as well as to
// whoever applied for it: it is the child's, he has it in his own wallet, and keeps
// it when the other's sight of it ends on the eighteenth birthday.
//
// Law: 民法典 art. 13 (a child has rights from birth), 17, 18.
func (s *Desk) ofChild(ctx context.Context, tx *db.Tx, p *certificates.Paper, a drafts.Applicant) error {
	if s.People == nil || p.HolderNumber == a.Number || !number.Minor(p.HolderNumber, s.Clock.Now()) {
		return nil
	}
	child, err := s.People.NamedTx(ctx, tx, p.HolderName, p.HolderNumber)
	if err == nil && child != "" && !slices.Contains(p.Owners, child) {
		p.Owners = append([]string{child}, p.Owners...)
	}
	return err
}

// portraits adds the digests of the pictures that the certificate shows, each
// under photo.MATERIAL; the last file of a material counts.
func (s *Desk) portraits(ctx context.Context, o *offers.Ready, d drafts.Draft, given map[string]string) error {
	for id, c := range d.Materials {
		if s.Portraits == nil || c.Mode != drafts.ByFile || len(c.Files) == 0 || !o.Portrait(id) {
			continue
		}
		fit, err := s.Portraits.Fit(ctx, c.Files[len(c.Files)-1].Hash)
		if err != nil {
			return err
		}
		given["photo."+id] = fit.Hash
	}
	return nil
}
