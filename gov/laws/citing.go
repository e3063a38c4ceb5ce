package laws

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/once"
)

// The refusals about citations.
var (
	ErrNoCitation = fault.NotFound("laws.no_citation")
	ErrNote       = fault.Invalid("laws.note")
	ErrCursor     = fault.Invalid("laws.cursor").With("parameter", "after")
)

// batch is how many items are looked at in one transaction.
const batch = 200

// perItem bounds what is kept of one item.
const perItem = 60

// Follow looks at what items cite: at items published since the last time, and at
// all of them when laws have come or gone. It says how many it looked at.
func (s *Service) Follow(ctx context.Context) (done int, err error) {
	if s.Items == nil {
		return 0, nil
	}
	ctx = auth.System(ctx, "laws")
	s.forget()
	i, err := s.known(ctx)
	if err != nil {
		return 0, err
	}
	at, err := loadFollowed(ctx, s.DB)
	if err != nil {
		return 0, err
	}
	if at.state != i.state {
		at = followed{state: i.state}
	}
	for {
		list, err := s.Items.ItemsSince(ctx, at.serial, batch)
		if err != nil {
			return done, err
		}
		if len(list) == 0 && done > 0 {
			return done, nil
		}
		var found [][]Finding
		for _, c := range list {
			f, err := s.look(ctx, i, c)
			if err != nil {
				return done, err
			}
			found = append(found, f)
			at.serial = max(at.serial, c.Serial)
		}
		if err := s.keepFindings(ctx, list, found, at); err != nil {
			return done, err
		}
		done += len(list)
		if len(list) < batch {
			return done, nil
		}
	}
}

func (s *Service) keepFindings(ctx context.Context, list []Citing, found [][]Finding, at followed) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		tx.Unaudited("what items cite is read off them")
		var all []Finding
		for n, c := range list {
			if err := dropCitations(ctx, tx, c.Region, c.Code); err != nil {
				return err
			}
			all = append(all, found[n]...)
		}
		if err := insertCitations(ctx, tx, all); err != nil {
			return err
		}
		return saveFollowed(ctx, tx, at)
	})
}

// lawful is how the titles of laws end.
var lawful = regexp.MustCompile(`(法|法典|条例|规定|办法|细则|规则|通则|决定|解释)(（[^（）]*）)?$`)

// look resolves everything that one item cites.
func (s *Service) look(ctx context.Context, i *index, c Citing) (out []Finding, err error) {
	seen := map[string]bool{}
	for _, t := range c.Texts {
		for _, cited := range Find(t.Text) {
			if cited.Note == "" {
				cited.Note = t.As
			}
			key := t.Place + cited.String() + cited.Note
			if seen[key] || len(out) == perItem {
				continue
			}
			seen[key] = true
			r, err := s.Resolve(ctx, c.Region, cited)
			if err != nil {
				return nil, err
			}
			f := Finding{Region: c.Region, Code: c.Code, Number: len(out) + 1, Version: c.Version, ItemName: c.Name, Org: c.Org, OrgName: c.OrgName, Place: t.Place,
				Written: cited.String(), Law: cited.Key(), Article: cited.Article, Suffix: cited.Suffix, Kind: r.Finding, LawVersion: r.Law.Date}
			if r.Finding == NoLaw && cited.Article == 0 && !lawful.MatchString(f.Law) {
				continue // the name of a standard, a form or a certificate
			}
			if f.Detail, err = s.doubt(ctx, i, c, t, &r); err != nil {
				return nil, err
			}
			f.Kind = r.Finding
			out = append(out, f)
		}
	}
	return out, nil
}

// doubt compares the words quoted, and the wording of the day of the item, with
// the wording in force.
func (s *Service) doubt(ctx context.Context, i *index, c Citing, t CitingText, r *Resolved) (detail string, err error) {
	switch r.Finding {
	case OlderVersion, NewerCited:
		return cmp.Or(r.Named, r.Note) + " → " + r.Law.Date, nil
	case "":
	default:
		return "", nil
	}
	if r.Clause == nil {
		return "", nil
	}
	if t.Quoted != "" && !Quotes(r.Clause.String(), t.Quoted) {
		whole, err := s.text(ctx, r.Law)
		if err != nil {
			return "", err
		}
		if !quotesAnywhere(whole, t.Quoted) {
			r.Finding = OtherWords
			return r.Law.Date, nil
		}
	}
	if c.AsOf == "" || t.Quoted != "" {
		return "", nil
	}
	day := c.AsOf
	if len(day) == len("2006-01") {
		day += "-28"
	}
	then, _ := inForceOn(i.versions(c.Region, r.Key()), day)
	if then.Date >= r.Law.Date || then.Effective > day {
		return "", nil
	}
	old, err := s.text(ctx, then)
	if err != nil {
		return "", err
	}
	was, ok := old.Article(r.Article, r.Suffix)
	if !ok || plain(was.String()) != plain(r.Clause.String()) {
		r.Finding = ChangedSince
		return then.Date + " → " + r.Law.Date, nil
	}
	return "", nil
}

// Check resolves what one text cites and compares the words that it quotes.
func (s *Service) Check(ctx context.Context, region string, t CitingText) ([]Resolved, error) {
	i, err := s.known(ctx)
	if err != nil {
		return nil, err
	}
	var out []Resolved
	for _, cited := range Find(t.Text) {
		if cited.Note == "" {
			cited.Note = t.As
		}
		r, err := s.Resolve(ctx, region, cited)
		if err != nil {
			return nil, err
		}
		if _, err := s.doubt(ctx, i, Citing{Region: region}, t, &r); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// quotesAnywhere is for quotations that take in more than one article.
func quotesAnywhere(t Text, quoted string) bool {
	var b strings.Builder
	for _, a := range t.Articles {
		b.WriteString(a.String() + "\n")
	}
	return Quotes(b.String(), quoted)
}

// cursor is the place of a citation in the list.
var cursor = regexp.MustCompile(`^([0-9]{6,12})/([0-9A-Z]{1,40})/([0-9]{1,4})$`)

// Citations lists what items cite, by region and code.
func (s *Service) Citations(ctx context.Context, q CitationQuery) (list []Finding, next string, err error) {
	if err := authz.Require(ctx, MayReviewLaws, authz.Object{Region: q.Region}); err != nil {
		return nil, "", err
	}
	var after Finding
	if q.After != "" {
		parts := cursor.FindStringSubmatch(q.After)
		if parts == nil {
			return nil, "", ErrCursor
		}
		after.Region, after.Code = parts[1], parts[2]
		after.Number, _ = strconv.Atoi(parts[3]) // at most four digits
	}
	limit := min(max(q.Limit, 1), 1000)
	q.Limit = limit + 1
	list, err = listCitations(ctx, s.DB, q, authz.Prefix(q.Region), after)
	if err == nil && len(list) > limit {
		list = list[:limit]
		last := list[limit-1]
		next = fmt.Sprintf("%s/%s/%d", last.Region, last.Code, last.Number)
	}
	return list, next, err
}

// Counts says how many citations of a region have which finding; the empty
// finding is those with which nothing is wrong.
func (s *Service) Counts(ctx context.Context, region string) ([]Count, error) {
	if err := authz.Require(ctx, MayReviewLaws, authz.Object{Region: region}); err != nil {
		return nil, err
	}
	return countCitations(ctx, s.DB, authz.Prefix(region))
}

// maxNote bounds the note of a review, in characters.
const maxNote = 500

// Review notes that somebody has looked at a citation and found it right as it
// stands. It counts for this version of the item and this wording of the law.
func (s *Service) Review(ctx context.Context, region, code string, number int, note string) error {
	note = strings.TrimSpace(note)
	if n := utf8.RuneCountInString(note); n == 0 || n > maxNote {
		return ErrNote.With("max", maxNote)
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := once.Do(ctx, tx, region, fmt.Sprintf("laws.review/%s/%d", code, number), func() (string, error) {
			f, err := loadCitation(ctx, tx, region, code, number)
			if fault.IsKind(err, fault.KindNotFound) {
				return "", ErrNoCitation
			}
			if err != nil {
				return "", err
			}
			if err := authz.Require(ctx, MayReviewLaws, authz.Object{Region: region, Orgs: []string{f.Org}}); err != nil {
				return "", err
			}
			p := tx.Actor()
			f.Note, f.ReviewedBy, f.ReviewedAt = note, p.Name, s.Clock.Now()
			audit.Record(ctx, tx, audit.Entry{Region: region, Action: "laws.citation.reviewed", Object: code,
				Details: map[string]any{"written": f.Written, "finding": f.Kind, "law_version": f.LawVersion, "note": note}})
			return "", insertReview(ctx, tx, f, p.ID)
		})
		return err
	})
}

// every is how often Run looks for new items.
const every = time.Minute

// Run follows the items until ctx ends.
func (s *Service) Run(ctx context.Context) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if _, err := s.Follow(ctx); err != nil && ctx.Err() == nil {
			s.Log.Error("citations", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
