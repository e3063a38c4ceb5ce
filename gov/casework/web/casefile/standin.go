package casefile

import (
	"context"

	"tongban/gov/casework"
	"tongban/gov/casework/supplements"
	"tongban/gov/certificates"
	"tongban/platform/i18n"
	"tongban/ui"
)

// Again is a material that a case asks for again.
type Again struct {
	Case   casework.Case
	Target string // "material.KEY"; another is none
}

// StandIn offers certificates of whoever answers that stand in for a material, for
// every case that asks for it; it has no options where none does. Nothing is chosen
// for him: choosing is consent.
//
// Law: 个人信息保护法 art. 14.
func StandIn(ctx context.Context, s *casework.Service, asks []Again, held []certificates.Found, name, value string, problems []ui.Problem) (ui.FieldProps, error) {
	var offices []string
	for _, a := range asks {
		material, ok := supplements.SupplementItem{Target: a.Target}.Material()
		if !ok {
			return ui.FieldProps{}, nil
		}
		var err error
		if held, err = s.StandIns(ctx, a.Case.Region, a.Case.Item, a.Case.ItemVersion, material, held); err != nil {
			return ui.FieldProps{}, err
		}
		offices = append(offices, a.Case.OrgName)
	}
	p := ui.FieldProps{Name: name, Label: i18n.T(ctx, "casefile.stand_in"), Hint: i18n.T(ctx, "casefile.stand_in.hint", "office", i18n.List(ctx, offices)), Type: ui.Choice, Value: value, Plain: true, Error: ui.ErrorFor(problems, name)}
	for _, f := range held {
		number := f.Number
		if number == f.HolderNumber {
			number = certificates.MaskNumber(number)
		}
		p.Options = append(p.Options, ui.Option{Value: f.Code, Text: i18n.T(ctx, "casefile.stand_in.mine", "title", f.Title, "number", number)})
	}
	if len(held) > 0 {
		p.Options = append(p.Options, ui.Option{Value: NoStandIn, Text: i18n.T(ctx, "casefile.stand_in.none")})
	}
	return p, nil
}

// NoStandIn is the choice of no certificate.
const NoStandIn = "none"

// Chosen is the code of the certificate that was chosen with StandIn.
func Chosen(value string) string {
	if value == NoStandIn {
		return ""
	}
	return value
}
