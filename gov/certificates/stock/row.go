package stock

import (
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"tongban/gov/catalogue"
	"tongban/gov/certificates"
	"tongban/gov/certificates/identifier"
	"tongban/gov/certificates/kinds"
	"tongban/gov/identity/number"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/lookalike"
	"tongban/platform/pdf"
)

// reader makes drafts of rows, and says what is wrong with them.
type reader struct {
	run  Run
	t    kinds.Type
	now  time.Time
	plan plan
}

// reading is one row on its way to be a draft.
type reading struct {
	*reader
	line  int
	raw   string
	cells []string
	d     Draft
	found []Finding
}

// read makes a draft of a row. Findings that are no warnings refuse it.
func (r *reader) read(line int, raw string, cells []string) (Draft, []Finding) {
	x := &reading{reader: r, line: line, raw: raw, cells: cells}
	x.holder()
	x.d.Number = x.value(toNumber)
	if n := utf8.RuneCountInString(x.d.Number); n == 0 || n > 100 {
		x.refuse("number", toNumber, catalogue.Text{})
	}
	x.days()
	x.d.AnnexName = x.value(toAnnex)
	if v := x.value(toState); !counts(v) {
		x.refuse("state", toState, catalogue.Text{Zh: v, En: v})
	}
	x.fields()
	x.names()
	x.identifier()
	x.byType()
	return x.d, x.found
}

func (x *reading) value(target string) string {
	v := x.plan.value(x.cells, target)
	if strings.ContainsAny(v, "\x00\r\n\t") {
		v = strings.Join(strings.Fields(strings.ReplaceAll(v, "\x00", " ")), " ")
	}
	return v
}

func (x *reading) refuse(rule, target string, about catalogue.Text) {
	f := finding(x.line, rule, x.column(target), x.raw, about)
	if !slices.Contains(x.found, f) { // two targets may have one column: said once
		x.found = append(x.found, f)
	}
}

// column is the name that the file has for a target.
func (x *reading) column(target string) string {
	if c := x.run.Map.Columns[target]; c != "" {
		return c
	}
	for _, t := range Targets(x.t) {
		if t.Key == target {
			return t.Label.Zh
		}
	}
	return target
}

// holder reads whose the certificate is. People have an identity number,
// organisations a unified code; a type for both takes either.
func (x *reading) holder() {
	x.d.HolderName, x.d.HolderNumber = x.value(toHolderName), strings.ToUpper(x.value(toHolderNumber))
	if n := utf8.RuneCountInString(x.d.HolderName); n == 0 || n > 200 {
		x.refuse("holder_name", toHolderName, catalogue.Text{})
	}
	n, kind, old := identify(x.d.HolderNumber, x.now)
	if old {
		x.refuse("old_number", toHolderNumber, catalogue.Text{})
	}
	switch {
	case kind == "person" && x.t.Holder == "1", kind == "organisation" && x.t.Holder == "0":
		x.refuse("holder_kind", toHolderNumber, catalogue.Text{})
	case kind == "wrong" || kind == "other" && x.t.Holder != "0":
		x.refuse("holder_number", toHolderNumber, catalogue.Text{})
	case kind == "other":
		x.refuse("other_document", toHolderNumber, catalogue.Text{})
	default:
		x.d.HolderNumber = n
	}
}

// identify says what a number is: of a person, an organisation, of some other
// document, or a wrong one; a number of fifteen digits is written with eighteen.
func identify(s string, now time.Time) (n, kind string, old bool) {
	if p, err := number.ParseResident(s, now); err == nil {
		return string(p), "person", false
	}
	if o, err := number.ParseUSCC(s); err == nil {
		return string(o), "organisation", false
	}
	if p, ok := eighteen(s, now); ok {
		return p, "person", true
	}
	if l := len(s); s == "" || l == 18 || l == 15 && strings.Trim(s, "0123456789") == "" {
		return s, "wrong", false
	}
	return s, "other", false
}

// eighteen writes a number of the first generation of identity cards as the
// standard of 1999 does: the century put in, and the check character behind.
//
// Law: GB 11643-1999, 4.2: the numbers of 1989 had six digits of birth.
func eighteen(s string, now time.Time) (string, bool) {
	if len(s) != 15 || strings.Trim(s, "0123456789") != "" {
		return "", false
	}
	for _, c := range "0123456789X" {
		if p, err := number.ParseResident(s[:6]+"19"+s[6:]+string(c), now); err == nil {
			return string(p), true
		}
	}
	return "", false
}

func (x *reading) date(target string) (time.Time, bool) {
	v := x.value(target)
	if v == "" || target == toUntil && isEndless(v) {
		return time.Time{}, true
	}
	t, ok := day(v)
	if !ok {
		x.refuse("date", target, catalogue.Text{Zh: v, En: v})
	}
	return t, ok
}

func (x *reading) days() {
	granted, ok1 := x.date(toGranted)
	from, ok2 := x.date(toFrom)
	until, ok3 := x.date(toUntil)
	if !ok1 || !ok2 || !ok3 {
		return
	}
	if granted.After(x.now) {
		x.refuse("future", toGranted, catalogue.Text{})
	}
	if from.IsZero() {
		from = granted
	}
	x.d.Granted, x.d.From = granted, from
	if until.IsZero() {
		return
	}
	x.d.Until = endOf(until)
	switch {
	case !from.IsZero() && until.Before(from):
		x.refuse("term", toUntil, catalogue.Text{})
	case x.d.Until.Before(x.now):
		x.refuse("over", toUntil, catalogue.Text{})
	}
}

// fields are the values that the type adds; days are written as papers write them.
func (x *reading) fields() {
	for _, f := range x.t.Fields {
		v := x.value(fieldPrefix + f.Key)
		if v == "" {
			continue
		}
		if f.Kind == kinds.Photo {
			x.d.photos = append(x.d.photos, photo{certificates.Field{Key: f.Key, Label: f.Label.Zh, LabelEn: f.Label.En}, v})
			continue
		}
		if f.Kind == kinds.Date {
			if t, ok := day(v); ok {
				v = t.In(i18n.Zone).Format("2006年1月2日")
			}
		}
		if f.Kind == kinds.Identity {
			if n, kind, _ := identify(strings.ToUpper(v), x.now); kind == "person" {
				v = n
			}
		}
		x.d.Fields = append(x.d.Fields, certificates.Field{Key: f.Key, Label: f.Label.Zh, LabelEn: f.Label.En, Value: v})
	}
}

// names warns of letters that look like others in the names on a certificate. They
// are not refused: somebody's name may be written so.
func (x *reading) names() {
	doubtful := func(target, name string) {
		if odd := lookalike.Strangers(name); len(odd) > 0 {
			x.refuse("mixed", target, catalogue.Text{Zh: string(odd), En: string(odd)})
		}
	}
	doubtful(toHolderName, x.d.HolderName)
	for _, f := range x.d.Fields {
		if strings.HasSuffix(f.Key, "name") && f.Value != x.d.HolderName {
			doubtful(fieldPrefix+f.Key, f.Value)
		}
	}
}

// identifier takes one that the authority gave, when it is right.
func (x *reading) identifier() {
	v := strings.ToUpper(x.value(toIdentifier))
	if v == "" {
		return
	}
	i, err := identifier.Parse(v)
	if err != nil || i.Type != x.t.Code || i.Issuer != x.run.Issuer {
		about := catalogue.Text{}
		if err != nil {
			part, _ := fault.Of(err).Details["part"].(string)
			about = catalogue.Text{Zh: part, En: part}
		}
		x.refuse("identifier", toIdentifier, about)
		return
	}
	x.d.Identifier = v
}

// byType compares the draft with the definition of its type, as is done once
// more before it is signed.
func (x *reading) byType() {
	p := x.run.paper(x.t, x.d, "")
	p.IssuedAt = x.now
	if missing := pdf.Covers(x.d.Number + x.d.HolderName + values(x.d.Fields)); len(missing) > 0 {
		x.refuse("unprintable", toHolderName, catalogue.Text{Zh: string(missing), En: string(missing)})
	}
	err := x.t.Lint(p)
	if err == nil {
		return
	}
	why, about := "kind", catalogue.Text{}
	for code, f := range kinds.NotAsDefined {
		if errors.Is(err, f) {
			why = code
		}
	}
	rule := map[string]string{"person": "holder_kind", "organisation": "holder_kind", "number": "kind", "date": "kind", "identity": "kind", "unified": "kind"}[why]
	if rule == "" {
		rule = why
	}
	if f, ok := fault.Of(err).Details["field"].(catalogue.Text); ok {
		about = f
	}
	for _, f := range x.found {
		if f.Rule == rule {
			return // said already
		}
	}
	target := ""
	for _, f := range x.t.Fields {
		if f.Label == about {
			target = fieldPrefix + f.Key
		}
	}
	x.refuse(rule, target, about)
}

func values(list []certificates.Field) string {
	var b strings.Builder
	for _, f := range list {
		b.WriteString(f.Value)
	}
	return b.String()
}

// refused tells whether one of the findings refuses the row.
func refused(list []Finding) bool {
	for _, f := range list {
		if !f.Warning {
			return true
		}
	}
	return false
}
