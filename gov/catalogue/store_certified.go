package catalogue

import (
	"context"
	"time"

	"tongban/platform/db"
	"tongban/platform/fault"
)

type related struct {
	RelatedItem
	version int // in force
}

// loadRelated finds items by what they name, one more than are shown.
func loadRelated(ctx context.Context, r db.Reader, refs []string, now time.Time) ([]related, error) {
	n := len(refs)
	var out []related
	err := db.Each(ctx, r, func(row db.Row) error {
		var x related
		err := row.Scan(&x.Role, &x.Region, &x.Code, &x.version)
		out = append(out, x)
		return err
	}, `SELECT c.role, c.region, c.code, max(v.version) FROM catalogue_item_certificate c JOIN catalogue_version v ON v.region = c.region AND v.code = c.code
		WHERE c.region <> '' AND c.certificate IN (`+db.In(1, n)+`) AND v.effective_at <= `+db.In(n+1, 1)+`
		GROUP BY c.role, c.region, c.code ORDER BY c.role, c.region, c.code LIMIT `+db.In(n+2, 1), append(db.Args(refs), db.At(now), maxRelated+1)...)
	return out, err
}

// saveCertified writes which certificates versions name that are being
// published. Rows of the version before stay while the new one does not count
// yet.
func saveCertified(ctx context.Context, tx *db.Tx, list []*publication, now time.Time) error {
	for _, p := range list {
		i := &p.content.Item
		if i.Package == "" {
			continue
		}
		if p.version > 1 && !p.from.After(now) {
			if _, err := tx.Exec(ctx, `DELETE FROM catalogue_item_certificate WHERE region = $1 AND code = $2`, i.Region, i.Code); err != nil {
				return err
			}
		}
		if err := insertCertified(ctx, tx, certificatesOf(p.content)); err != nil {
			return err
		}
	}
	return nil
}

func insertCertified(ctx context.Context, tx *db.Tx, rows []any) error {
	return insertRows(ctx, tx, 4, rows, `INSERT INTO catalogue_item_certificate (region, code, certificate, role) VALUES `, ` ON CONFLICT (region, code, certificate, role) DO NOTHING`)
}

// certified names what fillCertified writes; other rows are written anew at the
// next start under another name.
const certified = "1"

// fillCertified writes once what items name that were published before it was
// kept, a bounded number at a time; doing it twice changes nothing.
func (s *Service) fillCertified(ctx context.Context) error {
	done, err := importHash(ctx, s.DB, wholeCountry, "certified")
	if err != nil || done == certified {
		return err
	}
	var places []Place
	err = db.Each(ctx, s.DB, func(row db.Row) error {
		var at Place
		err := row.Scan(&at.Region, &at.Code)
		places = append(places, at)
		return err
	}, `SELECT region, code FROM catalogue_item WHERE region <> '' AND package <> '' ORDER BY region, code LIMIT 1000000`)
	now := s.Clock.Now()
	for err == nil && len(places) > 0 {
		err = s.DB.Write(systemContext(ctx), func(tx *db.Tx) (err error) {
			tx.Unaudited("the rows repeat what is published")
			for i := 0; err == nil && i < min(50, len(places)); i++ {
				err = fillItem(ctx, tx, places[i], now)
			}
			return err
		})
		places = places[min(50, len(places)):]
	}
	if err != nil {
		return err
	}
	return s.DB.Write(systemContext(ctx), func(tx *db.Tx) error {
		tx.Unaudited("the rows repeat what is published")
		return saveImportHash(ctx, tx, wholeCountry, "certified", certified, Report{}, now)
	})
}

// fillItem writes the rows of the version of an item that counts and of those
// that will.
func fillItem(ctx context.Context, tx *db.Tx, at Place, now time.Time) error {
	from, err := currentVersion(ctx, tx, at.Region, at.Code, now)
	if err != nil && !fault.IsKind(err, fault.KindNotFound) {
		return err
	}
	list, err := db.All(ctx, tx, func(row db.Row) (Content, error) {
		var d referring
		err := row.Scan(d.into()...)
		return d.content(), err
	}, `SELECT `+docColumns+` FROM catalogue_version v`+ofBase+` WHERE v.region = $1 AND v.code = $2 AND v.version >= $3 ORDER BY v.version LIMIT 1000`, at.Region, at.Code, from)
	if err != nil {
		return err
	}
	for i := range list {
		if err := insertCertified(ctx, tx, certificatesOf(&list[i])); err != nil {
			return err
		}
	}
	return nil
}
