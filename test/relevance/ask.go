package relevance

import (
	"context"

	"tongban/gov/catalogue"
)

// Names are the names of everything that the catalogue offers, one for every
// different wording.
func Names(ctx context.Context, s *catalogue.Service) ([]string, error) {
	var out []string
	for q := (catalogue.Query{Limit: 100, Once: true}); ; {
		res, err := s.Search(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, h := range res.Items {
			out = append(out, h.Name)
		}
		if res.Next == "" {
			return out, nil
		}
		q.After = res.Next
	}
}

// Ask gives the names of the first answers to a text, as the list of items
// shows them.
func Ask(ctx context.Context, s *catalogue.Service, text string) ([]string, error) {
	res, err := s.Search(ctx, catalogue.Query{Text: text, Limit: depth, Once: true})
	if err != nil {
		return nil, err
	}
	out := make([]string, len(res.Items))
	for i, h := range res.Items {
		out[i] = h.Name
	}
	return out, nil
}
