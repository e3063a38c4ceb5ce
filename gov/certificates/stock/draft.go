package stock

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"tongban/gov/certificates"
	"tongban/gov/certificates/identifier"
	"tongban/gov/certificates/kinds"
	"tongban/platform/i18n"
)

// Draft is what a row says of one certificate.
type Draft struct {
	Number       string               `json:"number"`
	HolderName   string               `json:"holder_name"`
	HolderNumber string               `json:"holder_number,omitempty"`
	Identifier   string               `json:"identifier,omitempty"` // GB/T 36904, when the authority gave one
	Granted      time.Time            `json:"granted,omitzero"`     // day on the original
	From         time.Time            `json:"from,omitzero"`
	Until        time.Time            `json:"until,omitzero"` // zero: no end
	Fields       []certificates.Field `json:"fields,omitempty"`
	AnnexName    string               `json:"annex,omitempty"`

	photos []photo // to be found among the scans
}

// photo is a photograph that a row names: a JPEG among the scans.
type photo struct {
	field certificates.Field
	name  string
}

// digest tells drafts apart that say something else of the same certificate;
// the name of a scan says nothing of it.
func (d Draft) sum() string {
	d.AnnexName = ""
	raw, err := json.Marshal(d)
	if err != nil {
		panic(err) // texts and times always marshal
	}
	h := sha256.Sum256(raw)
	return hex.EncodeToString(h[:16])
}

// paper is the certificate that a record becomes.
func (r Run) paper(t kinds.Type, d Draft, holder string) certificates.Paper {
	p := certificates.Paper{Region: r.Region, Kind: certificates.Certificate, Number: d.Number, Issuer: r.Issuer, IssuerName: r.IssuerName, HolderName: d.HolderName,
		HolderNumber: d.HolderNumber, Type: t.Code, TypeName: t.Name.Zh, Title: t.Name.Zh, Fields: d.Fields, ValidFrom: d.From, ValidUntil: d.Until, Granted: d.Granted, Grade: r.Grade}
	if holder != "" {
		p.Owners = []string{holder}
	}
	if i, err := identifier.Parse(d.Identifier); err == nil {
		p.Identifier, p.Version = d.Identifier, i.Version
	}
	return p
}

// said is what a paper says, as a row would.
func said(p certificates.Paper) Draft {
	d := Draft{Number: p.Number, HolderName: p.HolderName, HolderNumber: p.HolderNumber, Granted: p.Granted, From: p.ValidFrom, Until: p.ValidUntil, Fields: p.Fields}
	return d
}

// layouts are the ways in which tables write days.
var layouts = []string{"2006年1月2日", "2006-1-2", "2006/1/2", "2006.1.2", "20060102", "2006-1-2 15:04:05", "2006/1/2 15:04:05", "2006/1/2 15:04"}

// day reads a day; the time of day in a cell means nothing.
func day(s string) (time.Time, bool) {
	for _, l := range layouts {
		if t, err := time.ParseInLocation(l, s, i18n.Zone); err == nil {
			return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, i18n.Zone).UTC(), true
		}
	}
	return time.Time{}, false
}

// endOf is the last second of a day.
func endOf(day time.Time) time.Time { return day.Add(24*time.Hour - time.Second) }

// endless are the words for a certificate without an end.
var endless = []string{"长期", "长期有效", "永久", "无固定期限", "无期限", "permanent", "none"}

func isEndless(s string) bool {
	for _, w := range endless {
		if strings.EqualFold(s, w) {
			return true
		}
	}
	return false
}

// inForce are the words of a column of states for a certificate that counts.
var inForce = []string{"", "有效", "正常", "在用", "存续", "01", "1", "valid"}

func counts(state string) bool {
	for _, w := range inForce {
		if strings.EqualFold(state, w) {
			return true
		}
	}
	return false
}
