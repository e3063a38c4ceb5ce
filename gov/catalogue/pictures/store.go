package pictures

import (
	"context"
	"slices"
	"time"

	"tongban/gov/catalogue/content"
	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/i18n"
)

// everywhere is the region of what belongs to no province.
const everywhere = "000000"

// Save draws the flows of versions that are being published, in every language,
// and keeps the pictures that are not there yet.
func Save(ctx context.Context, tx *db.Tx, list []*content.Content, now time.Time) error {
	flows := map[string]Flow{}
	var hashes []string
	for _, c := range list {
		if c.Flow == "" { // a one thing has none
			continue
		}
		f := Of(c)
		flows[f.Hash+f.key(i18n.English)] = f
		hashes = append(hashes, f.Hash)
	}
	slices.Sort(hashes)
	there := map[[3]string]bool{}
	for part := range slices.Chunk(slices.Compact(hashes), 100) {
		err := db.Each(ctx, tx, func(row db.Row) error {
			var at [3]string
			err := row.Scan(&at[0], &at[1], &at[2])
			there[at] = true
			return err
		}, `SELECT flow, lang, names FROM catalogue_picture WHERE region = '`+everywhere+`' AND flow IN (`+db.In(1, len(part))+`)`, db.Args(part)...)
		if err != nil {
			return err
		}
	}
	for _, f := range flows {
		for _, lang := range i18n.Langs {
			at := [3]string{f.Hash, string(lang), f.key(lang)}
			if there[at] {
				continue
			}
			there[at] = true
			p, err := Draw(f, lang)
			if err != nil {
				return err
			}
			if err := insert(ctx, tx, at, p.SVG, now); err != nil {
				return err
			}
		}
	}
	return nil
}

func insert(ctx context.Context, tx *db.Tx, at [3]string, svg string, now time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO catalogue_picture (region, flow, lang, names, drawn_at, svg) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (region, flow, lang, names) DO NOTHING`,
		everywhere, at[0], at[1], at[2], db.At(now), svg)
	return err
}

func load(ctx context.Context, r db.Reader, f *Flow, lang i18n.Lang) (string, error) {
	return db.One(ctx, r, db.Value[string], `SELECT svg FROM catalogue_picture WHERE region = $1 AND flow = $2 AND lang = $3 AND names = $4`, everywhere, f.Hash, string(lang), f.key(lang))
}

// Show is the picture that was kept. A version from before pictures were kept is
// drawn now, and keeps what is drawn.
func Show(ctx context.Context, d *db.DB, c clock.Clock, f Flow, lang i18n.Lang) (Picture, error) {
	svg, err := load(ctx, d, &f, lang)
	if !fault.IsKind(err, fault.KindNotFound) {
		return read(svg, lang), err
	}
	p, err := Draw(f, lang)
	if err != nil {
		return p, err
	}
	err = d.Write(auth.System(ctx, "catalogue"), func(tx *db.Tx) error {
		tx.Unaudited("the picture of a flow that was published before")
		if err := insert(ctx, tx, [3]string{f.Hash, string(lang), f.key(lang)}, p.SVG, c.Now()); err != nil {
			return err
		}
		svg, err = load(ctx, tx, &f, lang)
		return err
	})
	return read(svg, lang), err
}
