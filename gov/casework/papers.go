package casework

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tongban/gov/catalogue"
	"tongban/gov/certificates"
	"tongban/platform/calendar"
	"tongban/platform/db"
)

// date writes a day the way official papers do.
func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(calendar.Zone)
	return fmt.Sprintf("%d年%d月%d日", t.Year(), int(t.Month()), t.Day())
}

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
	var got, later []string
	for _, m := range materials {
		switch ch := d.Materials[m.ID]; ch.Mode {
		case ByFile:
			if len(ch.Files) > 0 {
				got = append(got, fmt.Sprintf("%s（%d个文件）", m.Name.Zh, len(ch.Files)))
			}
		case Electronic:
			got = append(got, m.Name.Zh+"（电子证照）")
		case Pledged:
			got = append(got, m.Name.Zh+"（告知承诺）")
		case ToFollow:
			later = append(later, m.Name.Zh)
		}
	}
	p.Fields = filled(
		field("number", "办件编号", "Case number", ShowNumber(c.Number)),
		field("channel", "申请方式", "Channel", channelNames[c.Channel]),
		field("submitted", "收件日期", "Received on", date(c.SubmittedAt)),
		field("accept_due", "受理或者告知补正的最晚日期", "Accepted, or told what to mend, by", date(c.AcceptDue)),
		field("materials", "已收材料", "Materials received", strings.Join(got, "；")),
		field("to_follow", "后补材料", "Materials to follow", strings.Join(later, "；")))
	p.Text = []string{fmt.Sprintf("您于%s提交的“%s”申请已经收到。我们最晚在%s前受理，或者一次告知需要补正的全部内容；逾期不告知的，自收到申请材料之日起即为受理。依据：%s。",
		date(c.SubmittedAt), c.ItemName, date(c.AcceptDue), c.Terms.Accept.Citation)}
	_, err := s.Papers.IssueTx(ctx, tx, p)
	return err
}

func (s *Service) acceptanceNotice(ctx context.Context, tx *db.Tx, c *Case, a Applicant) error {
	p := c.paper(certificates.Acceptance, a, "受理通知书")
	p.Fields = filled(
		field("number", "办件编号", "Case number", ShowNumber(c.Number)),
		field("accepted", "受理日期", "Accepted on", date(c.AcceptedAt)),
		field("promise_due", "承诺办结日期", "Promised by", date(c.PromiseDue)),
		field("legal_due", "法定办结日期", "Statutory limit", date(c.LegalDue)))
	p.Text = []string{fmt.Sprintf("您的“%s”申请，%s予以受理。", c.ItemName, date(c.AcceptedAt))}
	if c.Deemed {
		p.Text = []string{fmt.Sprintf("您的“%s”申请，我机关未在期限内告知补正，自收到申请材料之日（%s）起即为受理。依据：%s。", c.ItemName, date(c.AcceptedAt), c.Terms.Accept.Citation)}
	}
	_, err := s.Papers.IssueTx(ctx, tx, p)
	return err
}

// refusalNotice issues a decision against the applicant, with reason and remedies.
//
// Law: 行政许可法 art. 38 ¶2: a refusal gives its reasons and tells the remedies.
func (s *Service) refusalNotice(ctx context.Context, tx *db.Tx, c *Case, a Applicant, title, why string) (certificates.Paper, error) {
	p := c.paper(certificates.Refusal, a, title)
	p.Fields = filled(
		field("number", "办件编号", "Case number", ShowNumber(c.Number)),
		field("reason", "理由", "Reason", why))
	remedies := make([]string, len(s.Rules.Remedies))
	for i, r := range s.Rules.Remedies {
		remedies[i] = r.Text + "（" + r.Citation + "）"
	}
	p.Text = []string{fmt.Sprintf("您的“%s”申请，经审查，决定如下：%s。", c.ItemName, title), "理由：" + why, strings.Join(remedies, "，") + "。"}
	return s.Papers.IssueTx(ctx, tx, p)
}

func (s *Service) supplementNotice(ctx context.Context, tx *db.Tx, c *Case, a Applicant, sup Supplement) error {
	p := c.paper(certificates.Supplement, a, "一次性补正告知书")
	for i, it := range sup.Items {
		p.Fields = append(p.Fields, field(fmt.Sprintf("item%d", i+1), fmt.Sprintf("第%d项 %s", i+1, it.Name), fmt.Sprintf("Item %d", i+1), "需要补正："+it.Reason+"。怎么补："+it.How))
	}
	p.Text = []string{fmt.Sprintf("您的“%s”申请需要补正以下内容，共%d项。请全部备齐后一次提交；补正期间不计入受理期限。", c.ItemName, len(sup.Items))}
	_, err := s.Papers.IssueTx(ctx, tx, p)
	return err
}

func (s *Service) withdrawalNotice(ctx context.Context, tx *db.Tx, c *Case, a Applicant) error {
	p := c.paper(certificates.Withdrawal, a, "撤回申请确认书")
	p.Fields = filled(field("number", "办件编号", "Case number", ShowNumber(c.Number)), field("reason", "撤回原因", "Reason", c.Reason))
	p.Text = []string{fmt.Sprintf("您于%s撤回了“%s”申请，本办件终止办理。", date(c.ClosedAt), c.ItemName)}
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
