package api

import (
	"context"
	"net/http"
	"time"

	"tongban/gov/catalogue"
	"tongban/platform/web"
)

func registerSynonyms(a *web.API, d Deps) {
	web.Register(a, web.Operation{ID: "list-synonyms", Method: http.MethodGet, Path: "/api/v1/synonyms", Summary: "Words that search reads as others", Tag: "catalogue", May: catalogue.MayReadCatalogue}, d.listSynonyms)
	web.Register(a, web.Operation{ID: "keep-synonym", Method: http.MethodPut, Path: "/api/v1/synonyms/{say}", Summary: "Have search read a word as another", Tag: "catalogue", Status: http.StatusNoContent,
		May: catalogue.MayKeepSynonyms, Repeat: "the same word with the same meaning changes nothing that search does"}, d.keepSynonym)
	web.Register(a, web.Operation{ID: "remove-synonym", Method: http.MethodDelete, Path: "/api/v1/synonyms/{say}", Summary: "Have search read a word as it stands", Tag: "catalogue", Status: http.StatusNoContent,
		May: catalogue.MayKeepSynonyms, Repeat: "a word that was taken away stays so"}, d.removeSynonym)
}

type searchSynonym struct {
	Say     string     `json:"say" doc:"What people say"`
	Mean    string     `json:"mean" doc:"What guides say for it"`
	Gone    bool       `json:"gone,omitempty" doc:"It was taken away and counts no more"`
	Changed *time.Time `json:"changed,omitempty" doc:"When an administrator changed it; absent for those that come with the product"`
}

type synonymsOutput struct {
	Body struct {
		Synonyms []searchSynonym `json:"synonyms"`
	}
}

func (d Deps) listSynonyms(ctx context.Context, _ *struct{}) (*synonymsOutput, error) {
	list, err := d.Catalogue.Synonyms(ctx)
	if err != nil {
		return nil, err
	}
	out := &synonymsOutput{}
	out.Body.Synonyms = []searchSynonym{}
	for _, s := range list {
		x := searchSynonym{Say: s.Say, Mean: s.Mean, Gone: s.Gone}
		if s.Changed {
			x.Changed = &s.At
		}
		out.Body.Synonyms = append(out.Body.Synonyms, x)
	}
	return out, nil
}

type keepSynonymInput struct {
	Say  string `path:"say" maxLength:"80"`
	Body struct {
		Mean string `json:"mean" minLength:"1" maxLength:"80"`
	}
}

func (d Deps) keepSynonym(ctx context.Context, in *keepSynonymInput) (*struct{}, error) {
	return nil, d.Catalogue.KeepSynonym(ctx, in.Say, in.Body.Mean)
}

type removeSynonymInput struct {
	Say string `path:"say" maxLength:"80"`
}

func (d Deps) removeSynonym(ctx context.Context, in *removeSynonymInput) (*struct{}, error) {
	return nil, d.Catalogue.KeepSynonym(ctx, in.Say, "")
}
