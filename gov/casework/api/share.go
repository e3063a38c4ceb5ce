package api

import (
	"context"
	"time"

	"tongban/gov/casework/reuse"
	"tongban/platform/calendar"
)

type shareInput struct {
	Region string `query:"region" required:"true" pattern:"^[0-9]{6,12}$"`
	From   string `query:"from" format:"date" required:"true" doc:"First day, in Beijing time"`
	To     string `query:"to" format:"date" required:"true" doc:"Last day"`
}

type materialCount struct {
	Item      string         `json:"item,omitempty"`
	ItemName  string         `json:"item_name,omitempty"`
	Cases     int            `json:"cases"`
	Materials int            `json:"materials"`
	Spared    int            `json:"spared" doc:"How many materials were not asked for: certificate, register and retrieval"`
	Ways      map[string]int `json:"ways" doc:"How many came in which way: certificate, register, retrieval, commitment, file, later, not_needed"`
}

type shareOutput struct {
	Body struct {
		Region string          `json:"region"`
		Whole  materialCount   `json:"whole"`
		Items  []materialCount `json:"items" doc:"The most used first"`
	}
}

func countOf(c reuse.Count) materialCount {
	out := materialCount{Item: c.Item, ItemName: c.ItemName, Cases: c.Cases, Materials: c.Materials, Spared: c.Spared(), Ways: map[string]int{}}
	for _, w := range reuse.Ways {
		out.Ways[string(w)] = c.Ways[w]
	}
	return out
}

func (d Deps) share(ctx context.Context, in *shareInput) (*shareOutput, error) {
	if err := d.Region(ctx, "region", in.Region); err != nil {
		return nil, err
	}
	from, err := time.ParseInLocation(time.DateOnly, in.From, calendar.Zone)
	if err != nil {
		return nil, err // its format was checked before
	}
	to, err := time.ParseInLocation(time.DateOnly, in.To, calendar.Zone)
	if err != nil {
		return nil, err
	}
	s, err := d.Reuse.Of(ctx, in.Region, from, to.AddDate(0, 0, 1))
	if err != nil {
		return nil, err
	}
	out := &shareOutput{}
	out.Body.Region, out.Body.Whole, out.Body.Items = s.Region, countOf(s.Whole), []materialCount{}
	for _, c := range s.Items {
		out.Body.Items = append(out.Body.Items, countOf(c))
	}
	return out, nil
}
