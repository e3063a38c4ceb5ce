package casework

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"tongban/gov/casework/grounds"
	"tongban/gov/casework/offers"
	"tongban/gov/catalogue"
	"tongban/gov/certificates"
	"tongban/platform/calendar"
	"tongban/platform/db"
)

// field is one line of a paper, left out when it is empty.
func field(key, label, labelEn, value string) certificates.Field {
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
func (c *Case) paper(kind certificates.Kind, a Applicant, title string) certificates.Paper {
	p := certificates.Paper{Kind: kind, Region: c.Region, Case: string(c.ID), CaseNumber: c.Number, Item: c.Item, ItemName: c.ItemName,
		Issuer: c.Org, IssuerName: c.OrgName, Owners: []string{c.Owner}, HolderName: a.Title(), HolderNumber: a.Number, Title: title}
	if a.Company != "" {
		p.HolderNumber = a.Company
	}
	return p
}

var channelNames = map[Channel]string{Online: "网上申请", Counter: "窗口申请"}

// receipt (收件凭证).
//
// Law: 行政许可法 art. 32 ¶2: a dated receipt with the organ's seal.
func (s *Service) receipt(ctx context.Context, tx *db.Tx, c *Case, d Draft, materials []catalogue.Material) error {
	p := c.paper(certificates.Receipt, d.Applicant, "收件凭证")
	got, later := d.Received(materials)
	p.Fields = filled(
		field("number", "办件编号", "Case number", ShowNumber(c.Number)),
		field("channel", "申请方式", "Channel", channelNames[c.Channel]),
		field("submitted", "收件日期", "Received on", offers.Date(c.SubmittedAt)),
		field("accept_due", "受理或者告知补正的最晚日期", "Accepted, or told what to mend, by", offers.Date(c.AcceptDue)),
		field("materials", "已收材料", "Materials received", strings.Join(got, "；")),
		field("to_follow", "后补材料", "Materials to follow", strings.Join(later, "；")))
	p.Text = []string{fmt.Sprintf("您于%s提交的“%s”申请已经收到。我们最晚在%s前受理，或者一次告知需要补正的全部内容；逾期不告知的，自收到申请材料之日起即为受理。依据：%s。",
		offers.Date(c.SubmittedAt), c.ItemName, offers.Date(c.AcceptDue), c.Terms.Accept.Citation)}
	_, err := s.Papers.IssueTx(ctx, tx, p)
	return err
}

func (s *Service) acceptanceNotice(ctx context.Context, tx *db.Tx, c *Case, a Applicant) error {
	p := c.paper(certificates.Acceptance, a, "受理通知书")
	p.Fields = filled(
		field("number", "办件编号", "Case number", ShowNumber(c.Number)),
		field("accepted", "受理日期", "Accepted on", offers.Date(c.AcceptedAt)),
		field("promise_due", "承诺办结日期", "Promised by", offers.Date(c.PromiseDue)),
		field("legal_due", "法定办结日期", "Statutory limit", offers.Date(c.LegalDue)))
	p.Text = []string{fmt.Sprintf("您的“%s”申请，%s予以受理。", c.ItemName, offers.Date(c.AcceptedAt))}
	if c.Deemed {
		p.Text = []string{fmt.Sprintf("您的“%s”申请，我机关未在期限内告知补正，自收到申请材料之日（%s）起即为受理。依据：%s。", c.ItemName, offers.Date(c.AcceptedAt), c.Terms.Accept.Citation)}
	}
	_, err := s.Papers.IssueTx(ctx, tx, p)
	return err
}

// no is a decision against the applicant.
type no struct {
	title, decision string // 不予许可决定书; 不予许可
	why             string // in one text, where the flow itself decided and nobody said why
	grounds         []Ground
	refusal         Refusal
	offer           *offers.Ready
}

// refusalNotice issues a decision against the applicant: what is refused, by
// which clause and why, what was found, how to pass, and the remedies with
// their periods.
//
// Law: 行政许可法 art. 38 ¶2: a refusal gives its reasons and tells the remedies.
func (s *Service) refusalNotice(ctx context.Context, tx *db.Tx, c *Case, a Applicant, n no) (certificates.Paper, error) {
	p := c.paper(certificates.Refusal, a, n.title)
	add := func(key, zh, en, value string) { p.Fields = append(p.Fields, field(key, zh, en, value)) }
	add("number", "办件编号", "Case number", ShowNumber(c.Number))
	for i, g := range n.grounds {
		add(fmt.Sprint(certificates.FieldReason, i+1), "理由", "Reason", g.Sentence())
	}
	if len(n.grounds) == 0 {
		add(certificates.FieldReason, "理由", "Reason", n.why)
	}
	if n.refusal.Facts != "" {
		add(certificates.FieldEvidence, "核查到的情况", "What was found", "核查到的情况："+strings.TrimSuffix(n.refusal.Facts, "。")+"。")
	}
	for i, text := range n.refusal.Passes(n.grounds) {
		add(fmt.Sprint(certificates.FieldPass, i+1), "怎样可以通过", "How to pass", text)
	}
	for i, text := range grounds.Remedies(n.offer.Offer, s.Rules) {
		add(fmt.Sprint(certificates.FieldRemedy, i+1), "救济途径", "Remedy", text)
	}
	p.Text = []string{fmt.Sprintf("您的“%s”申请，经审查，决定%s。", c.ItemName, n.decision)}
	return s.Papers.IssueTx(ctx, tx, p)
}

func (s *Service) supplementNotice(ctx context.Context, tx *db.Tx, c *Case, a Applicant, sup Supplement) error {
	p := c.paper(certificates.Supplement, a, "一次性补正告知书")
	for i, it := range sup.Items {
		p.Fields = append(p.Fields, field(fmt.Sprintf("item%d", i+1), fmt.Sprintf("第%d项 %s", i+1, it.Name), fmt.Sprintf("Item %d", i+1), "需要补正："+it.Reason+"。怎么补："+it.How))
	}
	p.Text = []string{fmt.Sprintf("您的“%s”申请需要补正以下内容，共%d项。全部备齐后一次提交；补正期间不计入受理期限。", c.ItemName, len(sup.Items))}
	_, err := s.Papers.IssueTx(ctx, tx, p)
	return err
}

func (s *Service) withdrawalNotice(ctx context.Context, tx *db.Tx, c *Case, a Applicant) error {
	p := c.paper(certificates.Withdrawal, a, "撤回申请确认书")
	p.Fields = filled(field("number", "办件编号", "Case number", ShowNumber(c.Number)), field("reason", "撤回原因", "Reason", c.Reason))
	p.Text = []string{fmt.Sprintf("您于%s撤回了“%s”申请，本办件终止办理。", offers.Date(c.ClosedAt), c.ItemName)}
	_, err := s.Papers.IssueTx(ctx, tx, p)
	return err
}

// specialNotice tells the applicant in writing why the limit changes.
//
// Law: 行政许可法 art. 42 ¶1 (reason of an extension), art. 45 (time that a special procedure takes).
func (s *Service) specialNotice(ctx context.Context, tx *db.Tx, c *Case, a Applicant, title, text string, fields ...certificates.Field) error {
	p := c.paper(certificates.Special, a, title)
	p.Fields = filled(append([]certificates.Field{field("number", "办件编号", "Case number", ShowNumber(c.Number))}, fields...)...)
	p.Text = []string{text}
	_, err := s.Papers.IssueTx(ctx, tx, p)
	return err
}

// certificate issues what the item promises.
//
// Law: 行政许可法 art. 38 ¶1, 39: a grant is made in writing; the certificate bears the organ's seal.
func (s *Service) certificate(ctx context.Context, tx *db.Tx, c *Case, o *offers.Ready, d Draft, filledIn map[string]string) (certificates.Paper, error) {
	t, now := o.Result.Certificate, s.Clock.Now()
	p := c.paper(certificates.Certificate, d.Applicant, cmp.Or(t.Name.Zh, c.ItemName))
	p.Type, p.TypeName, p.ValidFrom = t.Type, p.Title, now
	p.ValidUntil = offers.ValidUntil(now, t.Validity.Unit, t.Validity.Amount)
	// Because: a serial counted per type and year would make all decisions of an
	// office wait for one row; the case number is as unique.
	p.Number = strings.NewReplacer("{year}", fmt.Sprint(now.In(calendar.Zone).Year()), "{serial}", c.Number).Replace(t.Number)
	r := &offers.Refs{Item: o, Answers: o.Answers(d.Situation, d.Form), Filled: filledIn, Given: map[string]string{
		"case.number": ShowNumber(c.Number), "case.item": c.ItemName, "issue.date": offers.Date(now), "issue.office": c.OrgName,
		"valid.until": offers.Date(p.ValidUntil), "certificate.number": p.Number}}
	if v := r.Value(t.Holder.Name); v != "" {
		p.HolderName = v
	}
	if v := r.Value(t.Holder.Number); v != "" {
		p.HolderNumber = v
	}
	r.Holder = p.HolderNumber
	for _, f := range t.Fields {
		if r.Shown(f.ShowWhen) {
			p.Fields = append(p.Fields, field(f.Key, f.Label.Zh, f.Label.En, r.Value(f.From)))
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
