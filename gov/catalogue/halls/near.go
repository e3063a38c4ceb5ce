package halls

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"tongban/gov/catalogue"
	"tongban/platform/audit"
	"tongban/platform/authz"
	"tongban/platform/db"
	"tongban/platform/fault"
)

// The refusals about positions.
var (
	ErrPosition = fault.Invalid("halls.position") // no place, or no system named
	ErrNoHall   = fault.NotFound("halls.no_hall") // guides of the division name no such address
	ErrSource   = fault.Invalid("halls.source")   // where a position comes from is not said
)

// Spot is where a hall lies, with who said so.
type Spot struct {
	Region, Hall, Address string
	Given                 Position // as it was given
	WGS                   Position
	Source                string // where the position comes from: a survey, an address register
	By, ByName            string
	At                    time.Time
}

// Near is a hall with how far it is.
type Near struct {
	Hall
	Region string
	Metres float64
	Source string // where its position comes from
}

// key is by what a hall is known: its address without spaces.
func key(address string) string { return strings.Join(strings.Fields(address), "") }

// maxSource bounds the text that says where a position comes from, in characters.
const maxSource = 200

// Placing says where the hall with an address lies.
type Placing struct {
	Address string
	At      Position
	Source  string
}

// Put says where a hall of a division lies. The same again changes nothing.
func (s *Service) Put(ctx context.Context, region, address string, at Position, source string) (Spot, error) {
	list, err := s.PutAll(ctx, region, []Placing{{address, at, source}})
	if err != nil {
		return Spot{}, err
	}
	return list[0], nil
}

// PutAll says where halls of a division lie, all or none.
func (s *Service) PutAll(ctx context.Context, region string, in []Placing) ([]Spot, error) {
	if err := authz.Require(ctx, catalogue.MayImportItems, authz.Object{Region: region}); err != nil {
		return nil, err
	}
	known, err := s.In(ctx, region)
	if err != nil {
		return nil, err
	}
	out := make([]Spot, len(in))
	for i, p := range in {
		if out[i], err = p.check(region, known); err != nil {
			return nil, err
		}
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		old, err := places(ctx, tx, region)
		if err != nil {
			return err
		}
		changed := 0
		for i, p := range out {
			if o, ok := old[p.Hall]; ok && o.Given == p.Given.kept() && o.Source == p.Source {
				out[i] = o
				continue
			}
			changed++
			p.By, p.ByName, p.At = tx.Actor().ID, tx.Actor().Name, s.Clock.Now()
			audit.Record(ctx, tx, audit.Entry{Region: region, Action: "catalogue.hall.placed", Object: p.Hall,
				Details: map[string]any{"latitude": p.Given.Latitude, "longitude": p.Given.Longitude, "system": string(p.Given.System), "source": p.Source}})
			save(tx, p)
			out[i] = p
		}
		if changed == 0 {
			tx.Unaudited("nothing changes")
		}
		return nil
	})
	return out, err
}

// check brings what was said into the form in which it is kept.
func (p Placing) check(region string, known []Hall) (Spot, error) {
	source := strings.TrimSpace(p.Source)
	switch n := utf8.RuneCountInString(source); {
	case !p.At.Valid():
		return Spot{}, ErrPosition
	case n == 0 || n > maxSource:
		return Spot{}, ErrSource.With("max", maxSource)
	}
	i := slices.IndexFunc(known, func(h Hall) bool { return key(h.Address.Zh) == key(p.Address) })
	if i < 0 {
		return Spot{}, ErrNoHall.With("address", p.Address)
	}
	return Spot{Region: region, Hall: key(p.Address), Address: known[i].Address.Zh, Given: p.At, WGS: p.At.WGS(), Source: source}, nil
}

// Places are where the halls of a division lie, by address without spaces.
func (s *Service) Places(ctx context.Context, region string) (map[string]Spot, error) {
	return places(ctx, s.DB, region)
}

// Where is the place of a hall among places.
func (h Hall) Where(in map[string]Spot) (Spot, bool) {
	p, ok := in[key(h.Address.Zh)]
	return p, ok
}

// Nearest lists the halls of all divisions that have a position, the nearest first.
// Halls that no guide names any more are left out.
func (s *Service) Nearest(ctx context.Context, from Position, limit int) ([]Near, error) {
	if !from.Valid() {
		return nil, ErrPosition
	}
	all, err := allPlaces(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	from = from.WGS()
	slices.SortStableFunc(all, func(a, b Spot) int { return cmp.Compare(Metres(from, a.WGS), Metres(from, b.WGS)) })
	var out []Near
	for _, p := range all {
		if len(out) >= limit {
			break
		}
		list, err := s.In(ctx, p.Region)
		if err != nil {
			return nil, err
		}
		for _, h := range list {
			if key(h.Address.Zh) == p.Hall {
				out = append(out, Near{Hall: h, Region: p.Region, Metres: Metres(from, p.WGS), Source: p.Source})
			}
		}
	}
	return out, nil
}
