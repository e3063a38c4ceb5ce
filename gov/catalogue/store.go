package catalogue

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"tongban/gov/catalogue/places"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/search"
)

// publication is one content on its way into the tables.
type publication struct {
	content *Content
	hash    string
	doc     []byte
	card    Card
	words   search.Entry
	from    time.Time
	line    int

	version   int   // filled when it is compared with what is there
	serial    int64 // new
	oldSerial int64 // 0 when it is the first version
}

// present is what the tables know of an item.
type present struct {
	code, hash, pkg string
	version         int
	serial          int64
}

// loadPresent returns what is there of the given codes of a region.
func loadPresent(ctx context.Context, r db.Reader, region string, codes []string) (map[string]present, error) {
	out := map[string]present{}
	if len(codes) == 0 {
		return out, nil
	}
	err := db.Each(ctx, r, func(row db.Row) error {
		var p present
		if err := row.Scan(&p.code, &p.hash, &p.version, &p.serial, &p.pkg); err != nil {
			return err
		}
		out[p.code] = p
		return nil
	}, `SELECT code, hash, version, serial, package FROM catalogue_item WHERE region = $1 AND code IN (`+db.In(2, len(codes))+`)`,
		append([]any{region}, db.Args(codes)...)...)
	return out, err
}

// lastSerial is the newest publication of all regions: what is offered is found
// across them.
func lastSerial(ctx context.Context, r db.Reader) (int64, error) {
	n, err := db.One(ctx, r, db.Value[int64], `SELECT serial FROM catalogue_item ORDER BY serial DESC, region LIMIT 1`)
	if fault.IsKind(err, fault.KindNotFound) {
		return 0, nil
	}
	return n, err
}

// values writes "($1, $2), ($3, $4)" for n rows of width columns.
func values(n, width int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("(" + db.In(1+i*width, width) + ")")
	}
	return b.String()
}

// rowsPerStatement bounds the rows of one INSERT: SQLite looks for every
// parameter from the first on, so that long lists cost the square.
const rowsPerStatement = 25

// insertRows runs an INSERT with its rows in bounded statements; args holds
// width values a row.
func insertRows(ctx context.Context, tx *db.Tx, width int, args []any, before, after string) error {
	for len(args) > 0 {
		n := min(rowsPerStatement, len(args)/width)
		if _, err := tx.Exec(ctx, before+values(n, width)+after, args[:n*width]...); err != nil {
			return err
		}
		args = args[n*width:]
	}
	return nil
}

// savePublications writes versions, current rows and words of publications
// whose version and serial are set. The region is that of every one of them.
func savePublications(ctx context.Context, tx *db.Tx, region string, list []*publication, now time.Time) error {
	if len(list) == 0 {
		return nil
	}
	var versions, items []any
	var words []search.Entry
	var gone []int64
	for _, p := range list {
		code := p.content.Item.Code
		card, err := json.Marshal(p.card)
		if err != nil {
			return err
		}
		versions = append(versions, region, code, p.version, p.hash, db.At(p.from), db.At(now), tx.Actor().ID, string(p.doc))
		items = append(items, region, code, p.version, p.hash, p.serial, p.content.Item.Keeper(), string(card))
		w := p.words
		w.Key = p.serial
		words = append(words, w)
		if p.oldSerial != 0 {
			gone = append(gone, p.oldSerial)
		}
	}
	if err := insertRows(ctx, tx, 8, versions, `INSERT INTO catalogue_version (region, code, version, hash, effective_at, published_at, publisher, doc) VALUES `, ``); err != nil {
		return err
	}
	err := insertRows(ctx, tx, 7, items, `INSERT INTO catalogue_item (region, code, version, hash, serial, package, card) VALUES `,
		` ON CONFLICT (region, code) DO UPDATE SET version = excluded.version, hash = excluded.hash, serial = excluded.serial, package = excluded.package, card = excluded.card`)
	if err != nil {
		return err
	}
	if err := saveTexts(ctx, tx, region, list); err != nil {
		return err
	}
	if err := index.RemoveTx(ctx, tx, gone); err != nil {
		return err
	}
	return index.PutCutTx(ctx, tx, words)
}

func saveTexts(ctx context.Context, tx *db.Tx, region string, list []*publication) error {
	bodies := map[string]string{}
	for _, p := range list {
		bodies[p.content.FormHash] = string(p.content.Form)
		bodies[p.content.FlowHash] = p.content.Flow
		if p.content.Decisions != "" {
			bodies[p.content.DecisionsHash] = p.content.Decisions
		}
	}
	for hash, body := range bodies {
		if _, err := tx.Exec(ctx, `INSERT INTO catalogue_text (region, hash, body) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, region, hash, body); err != nil {
			return err
		}
	}
	return nil
}

func currentVersion(ctx context.Context, r db.Reader, region, code string, now time.Time) (int, error) {
	return db.One(ctx, r, db.Value[int], `SELECT version FROM catalogue_version WHERE region = $1 AND code = $2 AND effective_at <= $3 ORDER BY version DESC LIMIT 1`,
		region, code, db.At(now))
}

func loadContent(ctx context.Context, r db.Reader, region, code string, version int) (c Content, v Version, err error) {
	defer fault.Wrap(&err, "load item %s of %s", code, region)
	type row struct {
		c Content
		v Version
	}
	found, err := db.One(ctx, r, func(r db.Row) (x row, err error) {
		var doc db.JSON[Content]
		var at db.Time
		err = r.Scan(&x.v.Number, &x.v.Hash, &at, &x.v.Publisher, &doc)
		x.c, x.v.Effective = doc.V, at.Time
		return x, err
	}, `SELECT version, hash, effective_at, publisher, doc FROM catalogue_version WHERE region = $1 AND code = $2 AND version = $3`, region, code, version)
	if err != nil {
		return c, v, err
	}
	c, v = found.c, found.v
	if c.Form, err = loadText(ctx, r, region, c.FormHash); err != nil {
		return c, v, err
	}
	flow, err := loadText(ctx, r, region, c.FlowHash)
	c.Flow = string(flow)
	if err == nil && c.DecisionsHash != "" {
		var tables []byte
		tables, err = loadText(ctx, r, region, c.DecisionsHash)
		c.Decisions = string(tables)
	}
	return c, v, err
}

func loadText(ctx context.Context, r db.Reader, region, hash string) ([]byte, error) {
	s, err := db.One(ctx, r, db.Value[string], `SELECT body FROM catalogue_text WHERE region = $1 AND hash = $2`, region, hash)
	return []byte(s), err
}

func loadVersions(ctx context.Context, r db.Reader, region, code string) ([]Version, error) {
	return db.All(ctx, r, func(row db.Row) (v Version, err error) {
		var at db.Time
		err = row.Scan(&v.Number, &v.Hash, &at, &v.Publisher)
		v.Effective = at.Time
		return v, err
	}, `SELECT version, hash, effective_at, publisher FROM catalogue_version WHERE region = $1 AND code = $2 ORDER BY version DESC LIMIT 500`, region, code)
}

// entry is one row of the shelf.
type entry struct {
	region, code string
	version      int
	serial       int64
	card         Card
}

// eachEntry streams the current items that were published after a serial.
func eachEntry(ctx context.Context, r db.Reader, after int64, f func(entry) error) error {
	return db.Each(ctx, r, func(row db.Row) error {
		var e entry
		var card db.JSON[Card]
		if err := row.Scan(&e.region, &e.code, &e.version, &e.serial, &card); err != nil {
			return err
		}
		e.card = card.V
		return f(e)
	}, `SELECT region, code, version, serial, card FROM catalogue_item WHERE serial > $1 ORDER BY serial`, after)
}

// eachContent streams the newest content of every item whose region begins
// with prefix, by region and code.
func eachContent(ctx context.Context, r db.Reader, prefix string, f func(serial int64, c Content) error) error {
	return db.Each(ctx, r, func(row db.Row) error {
		var serial int64
		var doc db.JSON[Content]
		if err := row.Scan(&serial, &doc); err != nil {
			return err
		}
		return f(serial, doc.V)
	}, `SELECT i.serial, v.doc FROM catalogue_item i JOIN catalogue_version v ON v.region = i.region AND v.code = i.code AND v.version = i.version
		WHERE i.region LIKE $1 ORDER BY i.region, i.code`, prefix+"%")
}

// importHash is the hash of what was last imported as a whole, "" for nothing.
func importHash(ctx context.Context, r db.Reader, region, kind string) (string, error) {
	h, err := db.One(ctx, r, db.Value[string], `SELECT hash FROM catalogue_import WHERE region = $1 AND kind = $2`, region, kind)
	if fault.IsKind(err, fault.KindNotFound) {
		return "", nil
	}
	return h, err
}

func saveImportHash(ctx context.Context, tx *db.Tx, region, kind, hash string, report Report, now time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO catalogue_import (region, kind, hash, at, report) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (region, kind) DO UPDATE SET hash = excluded.hash, at = excluded.at, report = excluded.report`,
		region, kind, hash, db.At(now), db.AsJSON(report))
	return err
}

// reindex cuts every item into words again.
func (s *Service) reindex(ctx context.Context) error {
	var docs []search.Entry
	err := eachContent(ctx, s.DB, "", func(serial int64, c Content) error {
		e := search.Cut(wordsOf(&c))
		e.Key = serial
		docs = append(docs, e)
		return nil
	})
	if err != nil {
		return fmt.Errorf("cut items into words: %w", err)
	}
	return s.DB.Write(systemContext(ctx), func(tx *db.Tx) error {
		tx.Unaudited("the index repeats what is published")
		if err := index.ClearTx(ctx, tx); err != nil {
			return err
		}
		for start := 0; start < len(docs); start += chunk {
			if err := index.PutCutTx(ctx, tx, docs[start:min(start+chunk, len(docs))]); err != nil {
				return err
			}
		}
		return saveImportHash(ctx, tx, "000000", "cutting", cutting, Report{}, s.Clock.Now())
	})
}

// hashesOfPackage lists what was published under the version of a package.
func hashesOfPackage(ctx context.Context, r db.Reader, i Item) (out []string, err error) {
	err = db.Each(ctx, r, func(row db.Row) error {
		var hash string
		var doc db.JSON[Content]
		err := row.Scan(&hash, &doc)
		if old := doc.V.Item; old.Package == i.Package && old.PackageVersion == i.PackageVersion && !old.OwnFlow {
			out = append(out, hash)
		}
		return err
	}, `SELECT hash, doc FROM catalogue_version WHERE region = $1 AND code = $2 ORDER BY version DESC LIMIT 1000`, i.Region, i.Code)
	return out, err
}

func newestVersion(ctx context.Context, r db.Reader, region, code string) (int, error) {
	return db.One(ctx, r, db.Value[int], `SELECT version FROM catalogue_item WHERE region = $1 AND code = $2`, region, code)
}

func scanDivision(r db.Row) (d Division, err error) {
	err = r.Scan(&d.Code, &d.From, &d.Until, &d.Name, &d.Level, &d.Parent)
	return d, err
}

const divisionColumns = `region, valid_from, valid_until, name, level, parent`

func loadDivision(ctx context.Context, r db.Reader, code string) (Division, error) {
	return db.One(ctx, r, scanDivision, `SELECT `+divisionColumns+` FROM catalogue_division WHERE region = $1 AND valid_until = '' ORDER BY valid_from DESC LIMIT 1`, code)
}

func loadChildren(ctx context.Context, r db.Reader, parent string) ([]Division, error) {
	return db.All(ctx, r, scanDivision, `SELECT `+divisionColumns+` FROM catalogue_division WHERE parent = $1 AND valid_until = '' ORDER BY region LIMIT 1000`, parent)
}

func loadHistory(ctx context.Context, r db.Reader, code string) ([]Division, error) {
	return db.All(ctx, r, scanDivision, `SELECT `+divisionColumns+` FROM catalogue_division WHERE region = $1 ORDER BY valid_from DESC LIMIT 100`, code)
}

// loadDivisions returns every division in force, by code.
func loadDivisions(ctx context.Context, r db.Reader) (map[string]Division, error) {
	out := map[string]Division{}
	err := db.Each(ctx, r, func(row db.Row) error {
		d, err := scanDivision(row)
		out[d.Code] = d
		return err
	}, `SELECT `+divisionColumns+` FROM catalogue_division WHERE valid_until = ''`)
	return out, err
}

// loadPlaces returns every division there ever was.
func loadPlaces(ctx context.Context, r db.Reader) ([]places.Place, error) {
	return db.All(ctx, r, func(row db.Row) (p places.Place, err error) {
		err = row.Scan(&p.Code, &p.Until, &p.Name, &p.Level, &p.Parent)
		return p, err
	}, `SELECT region, valid_until, name, level, parent FROM catalogue_division`)
}

// saveDivisions ends some and adds others.
func saveDivisions(ctx context.Context, tx *db.Tx, fresh, ended []Division, asOf string) error {
	for _, d := range ended {
		if _, err := tx.Exec(ctx, `UPDATE catalogue_division SET valid_until = $3 WHERE region = $1 AND valid_from = $2`, d.Code, d.From, asOf); err != nil {
			return err
		}
	}
	args := make([]any, 0, 6*len(fresh))
	for _, d := range fresh {
		args = append(args, d.Code, d.From, "", d.Name, d.Level, d.Parent)
	}
	return insertRows(ctx, tx, 6, args, `INSERT INTO catalogue_division (`+divisionColumns+`) VALUES `,
		` ON CONFLICT (region, valid_from) DO UPDATE SET valid_until = '', name = excluded.name, level = excluded.level, parent = excluded.parent`)
}
