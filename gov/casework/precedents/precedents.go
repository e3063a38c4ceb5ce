package precedents

import (
	"context"
	"slices"

	"tongban/gov/casework/history"
	"tongban/platform/audit"
	"tongban/platform/authz"
	"tongban/platform/clock"
	"tongban/platform/db"
)

// MayTry allows changed services to be tried on the answers of past cases.
var MayTry = authz.Define("casework.precedents", "may try a changed service on the answers of past cases, without who they are about")

// Given stands for words that a person wrote: that something was entered is all
// that is told.
const Given = "…"

// Case is one case without who it is about.
type Case struct {
	Number  string
	Version int // of the item
	Refused bool
	Answers map[string]string
}

// Service reads past cases.
type Service struct {
	DB    *db.DB
	Clock clock.Clock
}

// Recent reads the answers of the last n cases of an item that an office
// answers for, for a purpose, on record. Only the answers named in keep are told
// as they are.
func (s *Service) Recent(ctx context.Context, region, org, item string, n int, keep []string, purpose string) ([]Case, error) {
	if err := authz.Require(ctx, MayTry, authz.Object{Region: region, Orgs: []string{org}}); err != nil {
		return nil, err
	}
	var out []Case
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		list, err := recent(ctx, tx, region, item, n)
		if err != nil {
			return err
		}
		out = nil
		var numbers []string
		for _, r := range list {
			history.InsertReading(tx, region, r.id, s.Clock.Now(), org, purpose)
			numbers = append(numbers, r.number)
			out = append(out, Case{r.number, r.version, r.refused, told(r.answers, keep)})
		}
		if len(list) == 0 {
			tx.Unaudited("nothing was read")
			return nil
		}
		audit.Record(ctx, tx, audit.Entry{Region: region, Action: "casework.precedents.read", Object: item, Details: map[string]any{"purpose": purpose, "cases": numbers}})
		return nil
	})
	return out, err
}

// told leaves out what people wrote in their own words.
func told(answers map[string]string, keep []string) map[string]string {
	out := map[string]string{}
	for k, v := range answers {
		if v != "" && !slices.Contains(keep, k) {
			v = Given
		}
		out[k] = v
	}
	return out
}
