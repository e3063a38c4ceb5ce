package reuse

import (
	"cmp"
	"context"
	"slices"
	"time"

	"tongban/gov/casework/drafts"
	"tongban/gov/casework/offers"
	"tongban/gov/casework/supplements"
	"tongban/gov/catalogue"
	"tongban/gov/certificates"
	"tongban/gov/certificates/holding"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/id"
	"tongban/platform/once"
)

// LookLife is how long what a clerk found stays on his page; then he asks the
// person again.
const LookLife = 30 * time.Minute

// ErrNoLook: the person present has not agreed to a look into his certificates,
// or it is too long ago.
var ErrNoLook = fault.Forbidden("reuse.no_look")

// Fit is a certificate of the applicant that stands in for a material.
type Fit struct {
	Material, MaterialName string
	certificates.Found
}

// ShownNumber is the number of the certificate; where that is the identity number
// of its holder it is masked.
//
// Law: 个人信息保护法 art. 6.
func (f Fit) ShownNumber() string {
	if f.Number == f.HolderNumber {
		return certificates.MaskNumber(f.Number)
	}
	return f.Number
}

// Look is that a clerk looked for certificates of the person before him, who
// agreed to it.
type Look struct {
	Region, ID, Draft     string
	Account, Name, Office string
	Purpose               string
	Found                 int
	At                    time.Time
}

// fits are the certificates in force of the applicant of a draft that stand in for
// what his answers ask for, and no others.
func (s *Service) fits(ctx context.Context, d drafts.Draft) ([]Fit, error) {
	o, err := s.Drafts.Shelf.Fetch(ctx, d.Region, d.Item, d.ItemVersion)
	if err != nil {
		return nil, err
	}
	var held []certificates.Found
	for _, owner := range slices.Compact(owners(&d)) {
		list, err := s.Papers.OfHolder(auth.System(ctx, "reuse"), s.Regions, owner, looked)
		if err != nil {
			return nil, err
		}
		held = append(held, list...)
	}
	wanted, err := s.wanted(ctx, d, o)
	if err != nil {
		return nil, err
	}
	var out []Fit
	for _, m := range wanted {
		for _, f := range held {
			if f.Kind == certificates.Certificate && f.Status == certificates.Valid && s.Drafts.Accepts(o.Package == "", m, f.Paper) && !holding.Outgrew(f.Paper, d.Applicant.Number, s.Clock.Now()) {
				out = append(out, Fit{Material: m.ID, MaterialName: m.Name.In(ctx), Found: f})
			}
		}
	}
	return out, nil
}

// wanted are the materials that certificates are looked for: of an application that
// is being written, what its answers ask for; of one that was handed in, what the
// office asks for again.
func (s *Service) wanted(ctx context.Context, d drafts.Draft, o *offers.Ready) ([]catalogue.Material, error) {
	if d.State == drafts.DraftOpen {
		return o.MaterialsFor(o.Answers(d.Situation, d.Form)), nil
	}
	sup, ok, err := supplements.Waiting(ctx, s.DB, d.Region, d.Case)
	if err != nil || !ok {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(o.Materials), func(m catalogue.Material) bool {
		return !slices.ContainsFunc(sup.Items, func(it supplements.SupplementItem) bool { return it.Target == "material."+m.ID })
	}), nil
}

// Binds tells whether a material can be replaced by a certificate at all.
func Binds(imported bool, m catalogue.Material) bool {
	return imported || slices.ContainsFunc(m.Instead, func(x catalogue.Substitute) bool { return x.Kind == "certificate" })
}

// AskPresent looks for certificates of the person at the counter that stand in for
// materials of his draft. The clerk has asked him, and he agreed: that, what it was
// for and which certificates were found are on record, and in the list of uses of
// their holder. shown is the number on the document that he showed.
//
// Law: 个人信息保护法 art. 13 ¶1(1), 14, 17: agreed to beforehand, for this matter; art.
// 6: certificates that the matter does not need are not looked at.
func (s *Service) AskPresent(ctx context.Context, region string, draft drafts.DraftID, shown string) ([]Fit, error) {
	d, err := s.open(ctx, region, draft)
	if err != nil {
		return nil, err
	}
	by, now := auth.From(ctx), s.Clock.Now()
	if d.State == drafts.DraftOpen && !d.IdentifiedBy(by.ID) {
		return nil, drafts.ErrNotIdentified
	}
	if !drafts.SameNumber(shown, d.Applicant.Number) {
		return nil, ErrNoLook
	}
	list, err := s.fits(ctx, d)
	if err != nil {
		return nil, err
	}
	l := Look{Region: region, ID: id.New("look"), Draft: string(d.ID), Account: by.ID, Name: by.Name, Office: drafts.OfficeOf(by), Purpose: "收件时查找可以代替材料的电子证照，办理“" + d.ItemName + "”", Found: len(list), At: now}
	made := ""
	err = s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		made, err = once.Do(ctx, tx, region, "reuse.look "+string(d.ID), func() (string, error) {
			insertLook(tx, l)
			for _, f := range list {
				s.Holding.NoteRead(ctx, tx, f.Found, l.Purpose, drafts.ShowCode(d.Code), l.ID)
			}
			audit.Record(ctx, tx, audit.Entry{Region: region, Action: "casework.certificates.looked_for", Object: string(d.ID), At: now,
				Details: map[string]any{"applicant": d.Applicant.Owner(), "purpose": l.Purpose, "office": l.Office, "certificates": codes(list), "agreed": true}})
			return l.ID, nil
		})
		return err
	})
	if err == nil && made != l.ID { // the same command once more: nothing new is on record, and the look lasts no longer
		return s.Fits(ctx, region, draft)
	}
	return list, err
}

// codes are the certificates of a list, each once.
func codes(list []Fit) []string {
	out := []string{}
	for _, f := range list {
		if !slices.Contains(out, f.ID) {
			out = append(out, f.ID)
		}
	}
	return out
}

// Fits gives what stands in for materials of a draft: its owner's to himself; to a
// clerk while the look lasts that the person present agreed to, else ErrNoLook.
func (s *Service) Fits(ctx context.Context, region string, draft drafts.DraftID) ([]Fit, error) {
	d, err := s.open(ctx, region, draft)
	if err != nil {
		return nil, err
	}
	if by := auth.From(ctx); by.Kind == auth.KindOfficer {
		at, err := lastLook(ctx, s.DB, region, string(d.ID), by.ID)
		if err != nil {
			return nil, err
		}
		if s.Clock.Now().After(at.Add(LookLife)) {
			return nil, ErrNoLook
		}
	}
	return s.fits(ctx, d)
}

// open gives an application to whoever works on it: while it is written, and, once
// it was handed in, while its office waits for an answer, to its owner and to clerks
// who take in.
func (s *Service) open(ctx context.Context, region string, draft drafts.DraftID) (drafts.Draft, error) {
	d, err := drafts.Load(ctx, s.DB, region, draft)
	if err != nil {
		return d, err
	}
	if d.State == drafts.DraftOpen {
		return d, drafts.MayWork(ctx, d)
	}
	if err := drafts.MayWork(ctx, d); err != nil && drafts.MayTakeIn(ctx, d.Region) != nil {
		return d, err
	}
	if _, ok, err := supplements.Waiting(ctx, s.DB, region, d.Case); err != nil || !ok {
		return d, cmp.Or(err, error(drafts.ErrDraftClosed.With("state", string(d.State))))
	}
	return d, nil
}
