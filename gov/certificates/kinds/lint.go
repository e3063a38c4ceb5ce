package kinds

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"tongban/gov/catalogue"
	"tongban/gov/certificates"
	"tongban/gov/identity/number"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/lookalike"
)

// NotAsDefined refuses to sign a certificate that is not what its type says, by
// what is wrong; the details "type" and "field" say where.
var NotAsDefined = map[string]*fault.Fault{
	"person":       fault.Invalid("certificates.not_as_defined.person"),       // a type for people, held by an organisation
	"organisation": fault.Invalid("certificates.not_as_defined.organisation"), // the other way round
	"unseen":       fault.Invalid("certificates.not_as_defined.unseen"),       // a name with characters that are not seen
	"missing":      fault.Invalid("certificates.not_as_defined.missing"),
	"long":         fault.Invalid("certificates.not_as_defined.long"),
	"choice":       fault.Invalid("certificates.not_as_defined.choice"),
	"number":       fault.Invalid("certificates.not_as_defined.number"),
	"date":         fault.Invalid("certificates.not_as_defined.date"),
	"identity":     fault.Invalid("certificates.not_as_defined.identity"),
	"unified":      fault.Invalid("certificates.not_as_defined.unified"),
	"photo":        fault.Invalid("certificates.not_as_defined.photo"), // no photograph that is kept
	"term":         fault.Invalid("certificates.not_as_defined.term"),  // good for longer than the type allows
}

// Lint compares a certificate that is about to be signed with its type. Types
// that are not in the catalogue here, as of offices elsewhere, are not known and
// pass.
func (s *Service) Lint(ctx context.Context, r db.Reader, p certificates.Paper) error {
	if p.Kind != certificates.Certificate || p.Type == "" {
		return nil
	}
	t, ok, err := s.inForce(ctx, r, p.Type)
	if err != nil || !ok {
		return err
	}
	return t.Lint(p)
}

// Names implements certificates.Kinds.
func (s *Service) Names(ctx context.Context, r db.Reader, typ string) (map[string]string, error) {
	t, ok, err := s.inForce(ctx, r, typ)
	if err != nil || !ok {
		return nil, err
	}
	names := make(map[string]string, len(t.Fields))
	for _, f := range t.Fields {
		names[f.Key] = f.Name
	}
	return names, nil
}

// Words for what is no field of a type.
var (
	holderWord = catalogue.Text{Zh: "持证主体", En: "holder"}
	termWord   = catalogue.Text{Zh: "有效期至", En: "valid until"}
)

// Lint compares a certificate with this version of its type.
func (t Type) Lint(p certificates.Paper) error {
	refuse := func(field catalogue.Text, why string) error {
		return NotAsDefined[why].With("type", t.Name).With("field", field)
	}
	for _, name := range []string{p.HolderName, p.IssuerName, p.Title} {
		if lookalike.Hidden(name) {
			return refuse(holderWord, "unseen")
		}
	}
	org := isUnified(p.HolderNumber)
	switch {
	case t.Holder == "0" && org:
		return refuse(holderWord, "person")
	case t.Holder == "1" && !org && isIdentity(p.HolderNumber, p.IssuedAt):
		return refuse(holderWord, "organisation")
	}
	given := map[string]string{}
	for _, f := range p.Fields {
		given[f.Key] = strings.TrimSpace(f.Value)
	}
	for _, f := range t.Fields {
		v, there := given[f.Key]
		if !there || v == "" {
			if f.Required {
				return refuse(f.Label, "missing")
			}
			continue
		}
		if why := f.wrong(v, p.IssuedAt); why != "" {
			return refuse(f.Label, why)
		}
	}
	if end, counted := t.end(p.ValidFrom); counted && (p.ValidUntil.IsZero() || p.ValidUntil.After(end)) {
		return NotAsDefined["term"].With("type", t.Name).With("field", termWord).With("latest", certificates.Day(end.AddDate(0, 0, -1)))
	}
	return nil
}

// end is the last moment that a certificate of the type may be good for.
func (t Type) end(from time.Time) (time.Time, bool) {
	switch {
	case from.IsZero():
		return from, false
	case t.Validity.Unit == "year":
		return from.AddDate(t.Validity.Amount, 0, 1), true // a day more: the last day counts whole
	case t.Validity.Unit == "month":
		return from.AddDate(0, t.Validity.Amount, 1), true
	}
	return from, false
}

// wrong says why a value does not fit; "" when it does.
func (f Field) wrong(v string, now time.Time) string {
	limit := f.Max
	if limit == 0 {
		limit = 200
	}
	switch {
	case utf8.RuneCountInString(v) > limit:
		return "long"
	case len(f.Choices) > 0 && !slices.Contains(f.Choices, v):
		return "choice"
	case f.Kind == Number && !isNumber(v):
		return "number"
	case f.Kind == Date && !isDate(v):
		return "date"
	case f.Kind == Identity && !isIdentity(v, now):
		return "identity"
	case f.Kind == Unified && !isUnified(v):
		return "unified"
	case f.Kind == Photo && !photoRE.MatchString(v):
		return "photo"
	}
	return ""
}

// photoRE is the SHA-256 of a file as the file store writes it.
var photoRE = regexp.MustCompile(`^[0-9a-f]{64}$`)

func isNumber(v string) bool {
	_, err := strconv.ParseFloat(strings.ReplaceAll(v, ",", ""), 64)
	return err == nil
}

// isDate takes days as papers write them: 2026年12月1日 and 2026-12-01.
func isDate(v string) bool {
	for _, layout := range []string{"2006年1月2日", time.DateOnly} {
		if _, err := time.ParseInLocation(layout, v, i18n.Zone); err == nil {
			return true
		}
	}
	return false
}

func isIdentity(v string, now time.Time) bool {
	_, err := number.ParseResident(v, now)
	return err == nil
}

func isUnified(v string) bool {
	_, err := number.ParseUSCC(v)
	return err == nil
}
