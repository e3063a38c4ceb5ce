package app

import (
	"context"

	"tongban/gov/casework/cases"
)

// openCases tells the catalogue how many cases an item has under way: the
// catalogue lies below casework and does not know it.
type openCases struct{ a *App }

// OpenCases implements changes.Cases.
func (o openCases) OpenCases(ctx context.Context, region, item string) (int, error) {
	return cases.CountOpen(ctx, o.a.DB, region, item)
}
