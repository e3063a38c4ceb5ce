package holding

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"tongban/gov/certificates"
	"tongban/gov/certificates/layout"
	"tongban/platform/db"
	"tongban/platform/i18n"
)

// answered issues the written answer to an objection (异议处理答复书), which its
// maker and the holder find among their papers.
//
// Law: 个人信息保护法 art. 50 ¶1: a refusal gives reasons; 行政复议法 art. 20 ¶1 and
// 行政诉讼法 art. 46 ¶1: what can be done against it.
func (s *Service) answered(ctx context.Context, tx *db.Tx, o Objection, f certificates.Found, now time.Time) (string, error) {
	owners := slices.Clone(f.Owners)
	if !slices.Contains(owners, o.Person) {
		owners = append(owners, o.Person)
	}
	done := "不予更正"
	if o.State == ObjectionCorrected {
		done = "更正并换发证照"
	}
	p := certificates.Paper{Region: o.Region, Kind: certificates.Standing, Case: f.Case, CaseNumber: f.CaseNumber, Item: f.Item, ItemName: f.ItemName, Issuer: f.Issuer, IssuerName: f.IssuerName,
		Owners: owners, HolderName: f.HolderName, HolderNumber: f.HolderNumber, Title: f.Title + "异议处理答复书", Number: fmt.Sprintf("异复〔%d〕%s号", now.In(i18n.Zone).Year(), strings.ToUpper(o.ID[max(0, len(o.ID)-10):]))}
	p.Fields = []certificates.Field{{Key: "certificate", Label: "证照", LabelEn: "Certificate", Value: o.Title + "（" + o.Number + "）"}}
	for i, e := range o.Entries {
		p.Fields = append(p.Fields, certificates.Field{Key: fmt.Sprintf("entry.%d", i), Label: "异议：" + e.Label, LabelEn: "Objection to an entry", Value: "登记为“" + e.Value + "”，认为应当是“" + e.Should + "”"})
	}
	p.Fields = append(p.Fields, certificates.Field{Key: "done", Label: "处理结果", LabelEn: "Answer", Value: done}, certificates.Field{Key: "why", Label: "理由", LabelEn: "Reason", Value: o.Answer},
		certificates.Field{Key: "basis", Label: "依据", LabelEn: "Legal basis", Value: o.Basis})
	p.Text = []string{fmt.Sprintf("%s于%s对《%s》登记内容提出的异议，经核实，%s。", o.PersonName, layout.Day(o.OpenedAt), o.Title, done)}
	if o.State == ObjectionRefused {
		p.Text = append(p.Text, Remedies)
	}
	p, err := s.Papers.IssueTx(ctx, tx, p)
	return p.ID, err
}
