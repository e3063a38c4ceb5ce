package notices

import (
	"fmt"
	"time"

	"tongban/gov/certificates/layout"
)

// word names an act on official papers, which are Chinese, and says whether its
// holder can turn against it.
var word = map[string]struct {
	zh      string
	adverse bool
}{"renew": {"延续", false}, "change": {"变更", true}, "reissue": {"补发", false}, "suspend": {"暂扣", true}, "restore": {"暂扣发还", false}, "withdraw": {"撤销", true},
	"revoke": {"吊销", true}, "cancel": {"注销", true}, "transfer_out": {"办理转出", true}, "take_back": {"取消转出", false}, "expire": {"有效期届满", false}}

// Word names an act in Chinese.
func Word(act string) string { return word[act].zh }

// Told is what was done to a certificate.
type Told struct {
	Act           string // as in the rules of certificates
	Certificate   string // its title
	Number        string
	Identifier    string
	Reason, Basis string
	At            time.Time
	Until         time.Time // end of a suspension
	Version       int       // of the certificate that was issued in its place; 0: none was
	Ends          time.Time // when that one ends, or this one ended; zero: never
}

// Row is one particular of a notice.
type Row struct {
	Key     string
	Label   string
	LabelEn string
	Value   string
}

// Title is the title of the notice.
func (t Told) Title() string { return t.Certificate + word[t.Act].zh + "告知书" }

// Rows are the particulars.
func (t Told) Rows() []Row {
	rows := []Row{{"certificate", "证照", "Certificate", t.Certificate + "（" + t.Number + "）"}}
	if t.Identifier != "" {
		rows = append(rows, Row{"identifier", "证照标识", "Identifier", t.Identifier})
	}
	rows = append(rows, Row{"act", "处理", "What was done", word[t.Act].zh}, Row{"why", "理由", "Reason", t.Reason}, Row{"basis", "依据", "Legal basis", t.Basis})
	if !t.Until.IsZero() {
		rows = append(rows, Row{"until", "暂扣到", "Suspended until", layout.Day(t.Until)})
	}
	if t.Version > 0 {
		rows = append(rows, Row{"version", "新版本", "Next version", fmt.Sprintf("第%d版", t.Version)})
		if !t.Ends.IsZero() {
			rows = append(rows, Row{"ends", "新版本有效期至", "Next version valid until", layout.Day(t.Ends)})
		}
	}
	return rows
}

// Sentences say it, and what the holder can do against it.
func (t Told) Sentences() []string {
	out := []string{fmt.Sprintf("您持有的《%s》（%s）自%s起%s。", t.Certificate, t.Number, layout.Day(t.At), word[t.Act].zh)}
	if t.Version > 0 {
		out[0] = fmt.Sprintf("您持有的《%s》（%s）已于%s%s，换发第%d版，编号不变。以前的版本随即失效，请使用新版本。", t.Certificate, t.Number, layout.Day(t.At), word[t.Act].zh, t.Version)
	}
	if t.Act == "expire" {
		out[0] = fmt.Sprintf("您持有的《%s》（%s）的有效期已于%s届满，不再有效。", t.Certificate, t.Number, layout.Day(t.Ends))
		out = append(out, "需要继续持有的，请向颁证机关重新申请。")
	}
	if word[t.Act].adverse {
		out = append(out, "不服本处理的，可以自收到本告知书之日起60日内向有管辖权的行政复议机关申请行政复议，或者6个月内向有管辖权的人民法院提起行政诉讼。")
	}
	return out
}
