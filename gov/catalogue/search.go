package catalogue

import (
	"cmp"
	"context"
	"slices"

	"tongban/gov/catalogue/shelf"
	"tongban/platform/audit"
	"tongban/platform/authz"
	"tongban/platform/db"
)

// What is found and how is the work of package shelf; here are its names for
// those who call the catalogue.
type (
	// Query asks for items.
	Query = shelf.Query
	// Results answer a query.
	Results = shelf.Results
	// Hit is one item in an answer.
	Hit = shelf.Hit
	// Card is what a list shows of an item.
	Card = shelf.Card
	// Understood says how words were read.
	Understood = shelf.Understood
	// Facets count what further restrictions would leave.
	Facets = shelf.Facets
	// Facet is one value with its count.
	Facet = shelf.Facet
	// Department is an office that owns items.
	Department = shelf.Department
	// Wide is a restriction that, taken away, leaves something.
	Wide = shelf.Wide
	// Synonym is a word that is read as another.
	Synonym = shelf.Synonym
)

// Groups of audiences that a query may name instead of one.
const (
	ForPersons = shelf.ForPersons
	ForOrgs    = shelf.ForOrgs
)

// Search finds items: by words, pinyin, initials, codes, or by browsing when
// there is no text.
func (s *Service) Search(ctx context.Context, q Query) (Results, error) {
	if err := s.Region(ctx, "region", q.Region); err != nil {
		return Results{}, err
	}
	if err := s.Setup(ctx); err != nil {
		return Results{}, err
	}
	return s.shelf.Search(ctx, q)
}

// Departments lists the offices that own items of a region, those above it and
// those below it (all for ""), by pinyin.
func (s *Service) Departments(ctx context.Context, region string) ([]Department, error) {
	if err := s.Region(ctx, "region", region); err != nil {
		return nil, err
	}
	if err := s.Setup(ctx); err != nil {
		return nil, err
	}
	out, err := s.shelf.Departments(ctx, Query{Region: region})
	slices.SortFunc(out, func(a, b Department) int {
		return cmp.Or(cmp.Compare(a.Initials, b.Initials), cmp.Compare(a.Code, b.Code))
	})
	return out, err
}

// Shelf reads what is published, so that the first reader need not wait, and
// tells how many items there are and how many different wordings they have.
func (s *Service) Shelf(ctx context.Context) (items, wordings int, err error) {
	if err := s.Setup(ctx); err != nil {
		return 0, 0, err
	}
	return s.shelf.Size(ctx)
}

// Synonyms lists the words that are read as others, those that were taken away
// included.
func (s *Service) Synonyms(ctx context.Context) ([]Synonym, error) { return s.shelf.Synonyms(ctx) }

// KeepSynonym says that people write one word for another; an empty mean takes
// the word away.
func (s *Service) KeepSynonym(ctx context.Context, say, mean string) error {
	if err := authz.Require(ctx, MayKeepSynonyms, authz.Object{}); err != nil {
		return err
	}
	defer s.shelf.Forget()
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		audit.Record(ctx, tx, audit.Entry{Region: wholeCountry, Action: "catalogue.synonym.kept", Object: say, Details: map[string]any{"mean": mean}})
		return s.shelf.KeepSynonymTx(ctx, tx, say, mean, s.Clock.Now())
	})
}
