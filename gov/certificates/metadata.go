package certificates

import (
	"strings"
	"time"

	"tongban/gov/certificates/members"
	"tongban/platform/i18n"
)

// metadatum is one entry of the metadata of a certificate under its name in
// GB/T 36903, or KZ_… for what its type adds.
type metadatum = members.Member

// standardMetadata are the entries that every certificate has; empty ones are
// left out.
func (p Paper) standardMetadata() []metadatum {
	name, holderKind, holderCode := p.TypeName, "公民身份号码", "111"
	if name == "" {
		name = p.Title
	}
	if isOrganisation(p.HolderNumber) {
		holderKind, holderCode = "统一社会信用代码", "" // no settled code; receivers go by the words
	}
	if p.HolderNumber == "" {
		holderKind, holderCode = "", ""
	}
	all := [][2]string{
		{"ZZMC", name}, {"ZZLXDM", p.Type}, {"ZZBH", p.Number}, {"ZZBS", p.Identifier},
		{"ZZBFJG", p.IssuerName}, {"ZZBFJGDM", p.Issuer}, {"ZZBFRQ", date(p.GrantedOn())},
		{"CZZT", p.HolderName}, {"CZZTDM", p.HolderNumber}, {"CZZTDMLX", holderKind}, {"CZZTDMLXDM", holderCode},
		{"ZZYXQQSRQ", date(p.ValidFrom)}, {"ZZYXQJZRQ", date(p.ValidUntil)},
		{"ZZQZR", p.IssuerName}, {"ZZQZSJ", moment(p.IssuedAt)}, {"CJSJ", moment(p.IssuedAt)},
	}
	filled := make([]metadatum, 0, len(all)+len(p.Fields))
	for _, m := range all {
		if m[1] != "" {
			filled = append(filled, metadatum{Name: m[0], Value: m[1]})
		}
	}
	return filled
}

// GrantedOn is the day on which the certificate was issued: of one from the stock
// that on the original, not the moment at which its data were signed.
func (p Paper) GrantedOn() time.Time {
	if !p.Granted.IsZero() {
		return p.Granted
	}
	return p.IssuedAt
}

// date is a day as GB/T 7408 writes it; empty when there is none.
func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(i18n.Zone).Format(time.DateOnly)
}

func moment(t time.Time) string { return t.In(i18n.Zone).Format("2006-01-02T15:04:05") }

// metadata are all entries; names gives those of the fields of its type.
func (p Paper) metadata(names map[string]string) []metadatum {
	out := p.standardMetadata()
	taken := map[string]bool{}
	for _, m := range out {
		taken[m.Name] = true
	}
	for _, f := range p.Fields {
		name := names[f.Key]
		if taken[name] { // what the standard has is said already
			continue
		}
		if !strings.HasPrefix(name, extension) {
			name = extensionName(f.Key)
		}
		if f.Value != "" && !taken[name] {
			taken[name] = true
			out = append(out, metadatum{Name: name, Value: f.Value})
		}
	}
	return out
}

const extension = "KZ_"

// extensionName is the name of a field that no type names.
func extensionName(key string) string {
	return extension + strings.ToUpper(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, key))
}

// describes tells whether entries say of a paper what it says itself: those of
// the standard exactly, then values of its fields, in their order, under names
// that begin with KZ_.
func (p Paper) describes(entries []metadatum) bool {
	standard := p.standardMetadata()
	if len(entries) < len(standard) {
		return false
	}
	for i, m := range standard {
		if entries[i] != m {
			return false
		}
	}
	fields, seen := p.Fields, map[string]bool{}
	for _, m := range entries[len(standard):] {
		for len(fields) > 0 && fields[0].Value != m.Value {
			fields = fields[1:]
		}
		if len(fields) == 0 || !strings.HasPrefix(m.Name, extension) || seen[m.Name] {
			return false
		}
		fields, seen[m.Name] = fields[1:], true
	}
	return true
}
