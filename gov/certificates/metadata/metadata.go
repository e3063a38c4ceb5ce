package metadata

import (
	"slices"
	"strings"
	"time"

	"tongban/gov/certificates/members"
	"tongban/gov/identity/number"
	"tongban/platform/i18n"
)

// Entry is a name and its value.
type Entry = members.Member

// The versions. The first lacks the name of the seal and what a copy is for.
const (
	First  = 1
	Newest = 2
)

// Paper is what the metadata are made of.
type Paper struct {
	Name, Type, Number, Identifier string
	Issuer, IssuerName, Seal       string
	Holder, HolderNumber           string
	Organisation                   bool // the number is a unified code
	Granted, From, Until, Issued   time.Time
	Copy                           bool // marked for one purpose
	Purpose                        string
	Fields                         [][2]string // key and value, in their order
}

// standard are the entries that the standard names; empty ones are left out.
func (p Paper) standard(version int) []Entry {
	holderKind, holderCode := "公民身份号码", "111"
	switch {
	case version > First && p.HolderNumber != "" && !p.Organisation && !p.resident():
		holderKind, holderCode = "其他证件", "" // a passport, say
	case p.HolderNumber == "":
		holderKind, holderCode = "", ""
	case p.Organisation:
		holderKind, holderCode = "统一社会信用代码", "" // no settled code; receivers go by the words
	}
	all := [][2]string{
		{"ZZMC", p.Name}, {"ZZLXDM", p.Type}, {"ZZBH", p.Number}, {"ZZBS", p.Identifier},
		{"ZZBFJG", p.IssuerName}, {"ZZBFJGDM", p.Issuer}, {"ZZBFRQ", date(p.Granted)},
		{"CZZT", p.Holder}, {"CZZTDM", p.HolderNumber}, {"CZZTDMLX", holderKind}, {"CZZTDMLXDM", holderCode},
		{"ZZYXQQSRQ", date(p.From)}, {"ZZYXQJZRQ", date(p.Until)},
		{"ZZQZR", p.IssuerName}, {"ZZQZSJ", moment(p.Issued)}, {"CJSJ", moment(p.Issued)},
	}
	if version > First {
		all = slices.Insert(all, len(all)-1, [2]string{"ZZQZMC", p.Seal})
		if p.Copy {
			all = append(all, [][2]string{{"JZJZZSJ", moment(p.Issued)}, {"JZJZZZ", p.IssuerName}, {"JZJZZSY", p.Purpose}, {"JZJYXQJZSJ", moment(p.Until)}}...)
		}
	}
	filled := make([]Entry, 0, len(all)+len(p.Fields))
	for _, m := range all {
		if m[1] != "" {
			filled = append(filled, Entry{Name: m[0], Value: m[1]})
		}
	}
	return filled
}

// resident tells whether the number is that of a citizen (GB 11643).
func (p Paper) resident() bool {
	_, err := number.ParseResident(p.HolderNumber, p.Issued)
	return err == nil
}

// date is a day as GB/T 7408 writes it; empty when there is none.
func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(i18n.Zone).Format(time.DateOnly)
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(i18n.Zone).Format("2006-01-02T15:04:05")
}

// Entries are all entries of a version; names gives those of the fields of its
// type.
func (p Paper) Entries(version int, names map[string]string) []Entry {
	out := p.standard(version)
	taken := map[string]bool{}
	for _, m := range out {
		taken[m.Name] = true
	}
	for _, f := range p.Fields {
		name := names[f[0]]
		if taken[name] { // what the standard has is said already
			continue
		}
		if !strings.HasPrefix(name, extension) {
			name = extensionName(f[0])
		}
		if f[1] != "" && !taken[name] {
			taken[name] = true
			out = append(out, Entry{Name: name, Value: f[1]})
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

// Verdict is what a comparison finds.
type Verdict int

// The verdicts.
const (
	Differs Verdict = iota // the entries say something else
	Same
	Newer // they say the same, and more under names that are not known here
)

// Compare tells whether entries say of a paper what it says itself, in any version
// that is known: those of the standard exactly, then values of its fields, in their
// order, under names that begin with KZ_.
func (p Paper) Compare(entries []Entry) Verdict {
	for version := Newest; version >= First; version-- {
		if p.describes(version, entries) {
			return Same
		}
	}
	known := p.standard(Newest)
	rest := slices.DeleteFunc(slices.Clone(entries), func(m Entry) bool {
		return !strings.HasPrefix(m.Name, extension) && !slices.ContainsFunc(known, func(k Entry) bool { return k.Name == m.Name })
	})
	if len(rest) < len(entries) && p.describes(Newest, rest) {
		return Newer
	}
	return Differs
}

func (p Paper) describes(version int, entries []Entry) bool {
	standard := p.standard(version)
	if len(entries) < len(standard) || !slices.Equal(entries[:len(standard)], standard) {
		return false
	}
	fields, seen := p.Fields, map[string]bool{}
	for _, m := range entries[len(standard):] {
		for len(fields) > 0 && fields[0][1] != m.Value {
			fields = fields[1:]
		}
		if len(fields) == 0 || !strings.HasPrefix(m.Name, extension) || seen[m.Name] {
			return false
		}
		fields, seen[m.Name] = fields[1:], true
	}
	return true
}
