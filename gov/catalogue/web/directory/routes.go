package directory

import (
	"context"
	"embed"
	"net/url"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/codes"
	"tongban/gov/catalogue/halls"
	"tongban/gov/catalogue/lists"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// Strings are the words of these pages and of the faults of lists.
//
//go:embed strings
var Strings embed.FS

// Deps is what the pages need.
type Deps struct {
	Catalogue *catalogue.Service
	Lists     *lists.Service
	Halls     *halls.Service
	Region    string // whose directory is shown when none is asked for
	Top       string // top region of the node: it keeps the lists that ship
}

type pages struct{ Deps }

// Routes is the route table of these pages.
func Routes(d Deps) []web.Route {
	h := pages{d}
	may := catalogue.MayReadCatalogue
	return []web.Route{
		{Pattern: "GET /lists", Do: h.lists, May: may},
		{Pattern: "GET /lists/{id}", Do: h.list, May: may},
		{Pattern: "GET /lists/{id}/csv", Do: h.download, May: may},
		{Pattern: "GET /lists/{id}/xlsx", Do: h.workbook, May: may},
		{Pattern: "GET /list-definitions", Do: h.definitions, May: catalogue.MayDefineLists},
		{Pattern: "POST /list-definitions", Do: h.propose, May: catalogue.MayDefineLists},
		{Pattern: "POST /list-definitions/{id}/{number}/withdrawal", Do: h.withdraw, May: catalogue.MayDefineLists},
		{Pattern: "GET /list-definitions/proposals", Do: h.proposals, May: catalogue.MayApproveChanges},
		{Pattern: "POST /list-definitions/{id}/{number}", Do: h.decide, May: catalogue.MayApproveChanges},
		{Pattern: "GET /halls", Do: h.halls, May: may},
		{Pattern: "GET /halls/files/near.js", Do: h.nearScript, May: may},
		{Pattern: "POST /halls/near", Do: h.near, May: may},
		{Pattern: "POST /halls/places", Do: h.place, May: catalogue.MayImportItems},
		{Pattern: "GET /directory", Do: h.directory, May: may},
		{Pattern: "GET /directory/{code}", Do: h.base, May: may},
	}
}

func words(ctx context.Context, key string, pairs ...any) string {
	return i18n.T(ctx, "directory."+key, pairs...)
}

// address is a path with those of its parameters that have a value.
func address(path string, pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// typeOptions are kinds of items to choose from; only those given, all when none.
func typeOptions(ctx context.Context, only []string) []ui.Option {
	l, _ := codes.Of(codes.TypeList)
	out := []ui.Option{{Text: words(ctx, "all_types")}}
	for _, e := range l.Entries {
		keep := len(only) == 0
		for _, o := range only {
			keep = keep || o == e.Code
		}
		if keep {
			out = append(out, ui.Option{Value: e.Code, Text: i18n.Pick(ctx, e.Zh, e.En)})
		}
	}
	return out
}

func chinese(ctx context.Context, en string) string {
	if i18n.Of(ctx) == i18n.English && en == "" {
		return string(i18n.Chinese)
	}
	return ""
}
