package handout

import (
	"context"
	"fmt"
	"time"

	"tongban/gov/casework/drafts"
	"tongban/gov/identity/number"
	"tongban/platform/calendar"
	"tongban/platform/pdf"
)

// Slip is the proof of service (送达回证) of a hand-out, to be printed and signed by
// hand by whoever received the paper. Before the hand-over its lines are empty.
//
// Law: 行政许可法 art. 44; the form follows 民事诉讼法 art. 87, by which service is
// proved with a slip that the receiver signs and dates.
func (s *Service) Slip(ctx context.Context, region, handout string) ([]byte, error) {
	h, err := s.Handout(ctx, region, handout)
	if err != nil {
		return nil, err
	}
	return slip(h.Handout)
}

const blank = "　"

func slip(h Handout) ([]byte, error) {
	d := pdf.New(pdf.Meta{Title: "送达回证", Subject: h.CaseNumber, Author: h.OrgName, Lang: "zh-Hans", Created: h.ReadyAt})
	d.Header(h.OrgName)
	d.Title("送达回证")
	rows := []pdf.Row{{Key: "办件编号", Value: h.CaseNumber}, {Key: "事项", Value: h.ItemName}, {Key: "文书名称", Value: h.Title}, {Key: "受送达人", Value: h.ApplicantName},
		{Key: "送达机关", Value: h.OrgName}, {Key: "送达方式", Value: ways[h.Way]}}
	if h.Number > 1 {
		rows = append(rows, pdf.Row{Key: "补发", Value: fmt.Sprintf("第%d次发放。原因：%s", h.Number, h.Reason)})
	}
	if h.Way == drafts.ByPost {
		rows = append(rows, pdf.Row{Key: "收件人", Value: h.Address.Name + "　" + h.Address.Phone}, pdf.Row{Key: "收件地址", Value: h.Address.Address},
			pdf.Row{Key: "寄递单位和单号", Value: orBlank(h.Carrier + " " + h.Tracking)})
	}
	if c := h.Collector; c != nil {
		rows = append(rows, pdf.Row{Key: "领取人", Value: c.Name + "　" + number.Mask(c.Number)}, pdf.Row{Key: "领取人身份", Value: standing(*c)})
	}
	rows = append(rows, pdf.Row{Key: "送达时间", Value: stamp(h.DoneAt)}, pdf.Row{Key: "送达人", Value: orBlank(h.DoneName)})
	d.KeyValues(rows)
	d.Space(18)
	d.Grid([]pdf.Column{{Head: "受送达人（代收人）签名或者盖章", Wide: 3}, {Head: "签收日期", Wide: 2}}, [][]string{{blank + "\n" + blank + "\n" + blank, "　　　　年　　月　　日"}})
	d.Space(12)
	d.Grid([]pdf.Column{{Head: "送达人签名", Wide: 3}, {Head: "备注", Wide: 2}}, [][]string{{blank + "\n" + blank, blank}})
	d.Space(10)
	d.Paragraph("代收的，在备注中写明代收人与受送达人的关系；凭授权委托书领取的，委托书附后。本证由送达机关存档。")
	return d.Bytes()
}

var ways = map[drafts.Way]string{drafts.AtCounter: "窗口领取", drafts.ByPost: "邮寄", drafts.ByDownload: "网上下载"}

func orBlank(s string) string {
	if s == "" || s == " " {
		return blank
	}
	return s
}

func standing(c Collector) string {
	switch {
	case !c.Agent:
		return "申请人本人（法定代表人）"
	case c.Mandate != "":
		return "申请人授权的经办人"
	}
	return "代理人，凭申请人的授权委托书"
}

func stamp(at time.Time) string {
	if at.IsZero() {
		return blank
	}
	return at.In(calendar.Zone).Format("2006年1月2日 15:04")
}
