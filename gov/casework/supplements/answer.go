package supplements

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tongban/gov/casework/drafts"
	"tongban/gov/casework/terms"
	"tongban/gov/catalogue"
	"tongban/gov/certificates"
	"tongban/platform/auth"
	"tongban/platform/db"
)

// Answer is what the applicant says to one item: words, files, or one of his
// certificates that stands in for the material asked for.
type Answer struct {
	Text  string
	Files []drafts.Attachment
	Paper string // code of the certificate; choosing it is consent to its use for this matter
}

// Desk takes answers and writes them into applications.
type Desk struct {
	DB     *db.DB
	Drafts *drafts.Service
}

// Check says what is wrong with an answer to an item of the request that waits, and
// gives it as it is kept. The caller has let in who answers.
func (k Desk) Check(ctx context.Context, d drafts.Draft, id terms.CaseID, index int, a Answer) (SupplementItem, error) {
	sup, ok, err := Waiting(ctx, k.DB, d.Region, id)
	if err != nil {
		return SupplementItem{}, err
	}
	if !ok || index < 0 || index >= len(sup.Items) {
		return SupplementItem{}, drafts.ErrNoMaterial.With("item", index)
	}
	it, field := sup.Items[index], fmt.Sprintf("items.%d", index)
	if len([]rune(a.Text)) > drafts.MaxReason {
		return it, drafts.Problems{{Field: field + ".text", Code: "casework.problem.too_long", Pairs: []any{"max", fmt.Sprint(drafts.MaxReason)}}}
	}
	if len(a.Files) > drafts.MaxFiles {
		return it, drafts.Problems{{Field: field + ".files", Code: "casework.problem.too_many_files", Pairs: []any{"max", fmt.Sprint(drafts.MaxFiles)}}}
	}
	by := auth.From(ctx)
	files := make([]drafts.Attachment, len(a.Files))
	for i, f := range a.Files {
		if files[i], err = k.Drafts.File(by, field+".files", f); err != nil {
			return it, err
		}
	}
	it.Text, it.Files = strings.TrimSpace(a.Text), files
	return k.paper(ctx, d, it, field, a.Paper)
}

// paper adds the certificate that was chosen, with the consent that choosing it is.
//
// Law: 个人信息保护法 art. 14; 国务院令第716号 art. 10: it counts while it is in force.
func (k Desk) paper(ctx context.Context, d drafts.Draft, it SupplementItem, field, code string) (SupplementItem, error) {
	old := it.Paper
	it.Paper = certificates.CleanCode(code)
	if it.Paper == "" {
		it.Consent = nil
		return it, nil
	}
	material, ok := it.Material()
	if !ok {
		return it, drafts.Problems{{Field: field + ".paper", Code: "casework.problem.mode"}}
	}
	if err := k.usable(ctx, d, it, field); err != nil {
		return it, err
	}
	if old != it.Paper || it.Consent == nil {
		c, err := k.Drafts.ConsentTo(ctx, d, material, it.Paper)
		if err != nil {
			return it, err
		}
		it.Consent = &c
	}
	return it, nil
}

// usable refuses a certificate that cannot stand in for what was asked for.
func (k Desk) usable(ctx context.Context, d drafts.Draft, it SupplementItem, field string) error {
	material, _ := it.Material()
	wrong, err := k.Drafts.PaperProblem(ctx, d, material, it.Paper)
	for i := range wrong {
		wrong[i].Field = field + ".paper"
	}
	if err != nil {
		return err
	}
	return wrong.Err()
}

// InForce looks once more at the certificates among the answers, right before they
// are sent: one may have been revoked since it was chosen.
func (k Desk) InForce(ctx context.Context, d drafts.Draft, id terms.CaseID) error {
	sup, _, err := Waiting(ctx, k.DB, d.Region, id)
	for i, it := range sup.Items {
		if err == nil && it.Paper != "" {
			err = k.usable(ctx, d, it, fmt.Sprintf("items.%d", i))
		}
	}
	return err
}

// MendTx writes answers into the application: files are added to their material, a
// text replaces a field of the form when it passes the checks of that field, and a
// certificate is handed over as a copy for the case.
func (k Desk) MendTx(ctx context.Context, tx *db.Tx, d *drafts.Draft, items []SupplementItem, h drafts.Handed) ([]drafts.FieldChange, error) {
	o, err := k.Drafts.Shelf.Offer(d.Region, d.Item, d.ItemVersion)
	if err != nil {
		return nil, err
	}
	normal, err := k.fields(ctx, d, items)
	if err != nil {
		return nil, err
	}
	var fields []drafts.FieldChange
	for _, it := range items {
		kind, key, _ := strings.Cut(it.Target, ".")
		switch {
		case kind == "form" && it.Text != "":
			var more []drafts.FieldChange
			*d, more = d.Apply(drafts.Edit{Form: map[string]string{key: cmp.Or(normal[key], it.Text)}})
			fields = append(fields, more...)
		case kind == "material" && it.Paper != "":
			h.Needed = slices.DeleteFunc(slices.Clone(o.Materials), func(m catalogue.Material) bool { return m.ID != key })
			fields = append(fields, d.UsePaper(key, it.Paper, it.Consent, it.Files))
			if err := k.Drafts.HandOver(ctx, tx, d, o.Package == "", h); err != nil {
				return nil, err
			}
			k.Drafts.RecordConsent(ctx, tx, *d, key, nil, it.Consent)
		case kind == "material" && len(it.Files) > 0:
			fields = append(fields, d.AddFiles(key, it.Files))
		}
	}
	return fields, nil
}

// fields brings the answers that replace fields of the form to their normal form.
func (k Desk) fields(ctx context.Context, d *drafts.Draft, items []SupplementItem) (map[string]string, error) {
	o, err := k.Drafts.Shelf.Offer(d.Region, d.Item, d.ItemVersion)
	if err != nil {
		return nil, err
	}
	mended := *d
	mended.Form = maps.Clone(d.Form)
	at := map[string]int{}
	for i, it := range items {
		if kind, key, _ := strings.Cut(it.Target, "."); kind == "form" && it.Text != "" {
			mended.Form[key], at[key] = it.Text, i
		}
	}
	normal, found := k.Drafts.CheckAnswers(o, mended)
	var wrong drafts.Problems
	for _, p := range found {
		if i, ok := at[p.Field]; ok {
			wrong = append(wrong, drafts.Problem{Field: fmt.Sprintf("items.%d.text", i), Code: p.Code, Pairs: p.Pairs})
		}
	}
	return normal, wrong.Err()
}
