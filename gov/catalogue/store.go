package catalogue

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"tongban/gov/catalogue/pictures"
	"tongban/gov/catalogue/places"
	"tongban/gov/catalogue/shelf"
	"tongban/gov/catalogue/standard"
	"tongban/platform/db"
	"tongban/platform/fault"
)

// publication is one content on its way into the tables.
type publication struct {
	content *Content
	hash    string
	alike   *common      // what its document may leave out
	general string       // hash of what its document leaves out
	doc     []byte       // nil: not made yet
	entry   *shelf.Entry // nil: not made yet
	card    []byte
	from    time.Time
	line    int
	names   []string // of the region and of those above it

	reference reference      // filled when it is bound to its base item
	fixed     bool           // its base item is not made from it
	before    Item           // before it was bound
	expected  *standard.Base // what it was bound to before the transaction

	version int   // filled when it is compared with what is there
	serial  int64 // new
	number  int64 // serial of the first version, the item's number on the shelf
	what    Outcome
}

// present is what the tables know of an item.
type present struct {
	code, hash, pkg string
	version         int
	number          int64
}

// loadPresent returns what is there of the given codes, in whatever region.
func loadPresent(ctx context.Context, r db.Reader, codes []string) (map[Place]present, error) {
	out := map[Place]present{}
	for part := range slices.Chunk(codes, 100) {
		err := db.Each(ctx, r, func(row db.Row) error {
			var p present
			var at Place
			err := row.Scan(&at.Region, &at.Code, &p.hash, &p.version, &p.number, &p.pkg)
			out[at] = p
			return err
		}, `SELECT region, code, hash, version, number, package FROM catalogue_item WHERE region <> '' AND code IN (`+db.In(1, len(part))+`)`, db.Args(part)...)
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// lastSerial is the newest publication of all regions: what is offered is found
// across them.
func lastSerial(ctx context.Context, r db.Reader) (int64, error) {
	n, err := db.One(ctx, r, db.Value[int64], `SELECT serial FROM catalogue_item WHERE region <> '' ORDER BY serial DESC LIMIT 1`)
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

// The columns of a version and of the newest one.
var (
	versionColumns = []string{"region", "code", "version", "hash", "effective_at", "published_at", "publisher", "doc", "directory", "base", "base_version", "general"}
	itemColumns    = []string{"region", "code", "version", "hash", "serial", "package", "card", "number", "wording", "profile", "office", "starts",
		"base", "type_code", "state", "org", "visits", "shares"}
)

// savePublications writes versions, current rows and words of publications
// whose version and serial are set.
func (s *Service) savePublications(ctx context.Context, tx *db.Tx, list []*publication, now time.Time) error {
	if len(list) == 0 {
		return nil
	}
	alike, err := s.alike()
	if err != nil {
		return err
	}
	for _, p := range list {
		p.alike = alike
	}
	if err := s.bindTx(ctx, tx, list, now); err != nil {
		return err
	}
	rows := make([]shelf.Row, len(list))
	for i, p := range list {
		p.ready()
		rows[i] = shelf.Row{Entry: p.entry, Serial: p.serial, Number: p.number, Version: p.version}
	}
	stamp, err := importStamp(ctx, tx)
	if err != nil {
		return err
	}
	keys, err := s.shelf.KeysTx(ctx, tx, rows, now, stamp)
	if err != nil {
		return err
	}
	var versions, first, next [][]any
	for i, p := range list {
		it, k := &p.content.Item, keys[i]
		versions = append(versions, []any{it.Region, it.Code, p.version, p.hash, db.At(p.from), db.At(now), tx.Actor().ID, string(p.doc), p.reference.directory, it.Base, p.reference.version, p.general})
		row := []any{it.Region, it.Code, p.version, p.hash, p.serial, it.Keeper(), string(p.card), k.Number, k.Wording, k.Profile, k.Office, k.Starts,
			it.Base, it.TypeCode, string(it.State), it.Org, it.Visits, p.content.Shares()}
		if p.version == 1 {
			first = append(first, row)
		} else {
			next = append(next, row)
		}
	}
	if err := tx.Load(ctx, "catalogue_version", versionColumns, versions); err != nil {
		return err
	}
	if err := tx.Load(ctx, "catalogue_item", itemColumns, first); err != nil {
		return err
	}
	for _, row := range next {
		if err := db.Changed(tx.Exec(ctx, `UPDATE catalogue_item SET version = $3, hash = $4, serial = $5, package = $6, card = $7, number = $8, wording = $9, profile = $10, office = $11, starts = $12,
			base = $13, type_code = $14, state = $15, org = $16, visits = $17, shares = $18 WHERE region = $1 AND code = $2`, row...)); err != nil {
			return err
		}
	}
	return saveBeside(ctx, tx, list, now)
}

// saveBeside writes what is kept of versions beside them.
func saveBeside(ctx context.Context, tx *db.Tx, list []*publication, now time.Time) error {
	var contents []*Content
	for _, p := range list {
		contents = append(contents, p.content)
	}
	if err := pictures.Save(ctx, tx, contents, now); err != nil {
		return err
	}
	if err := saveCertified(ctx, tx, list, now); err != nil {
		return err
	}
	return saveTexts(ctx, tx, list)
}

// saveTexts writes forms, flows and tables that are not there yet.
func saveTexts(ctx context.Context, tx *db.Tx, list []*publication) error {
	bodies := map[[2]string]string{}
	var regions, hashes []string
	for _, p := range list {
		c := p.content
		for hash, body := range map[string]string{c.FormHash: string(c.Form), c.FlowHash: c.Flow, c.DecisionsHash: c.Decisions} {
			if hash != "" {
				bodies[[2]string{c.Item.Region, hash}] = body
				hashes = append(hashes, hash)
			}
		}
		if regions = append(regions, c.Item.Region); p.general != "" {
			bodies[[2]string{wholeCountry, p.general}] = p.alike.text
			regions, hashes = append(regions, wholeCountry), append(hashes, p.general)
		}
	}
	slices.Sort(regions)
	slices.Sort(hashes)
	hashes = slices.Compact(hashes)
	for part := range slices.Chunk(slices.Compact(regions), 100) {
		err := db.Each(ctx, tx, func(row db.Row) error {
			var at [2]string
			err := row.Scan(&at[0], &at[1])
			delete(bodies, at)
			return err
		}, `SELECT region, hash FROM catalogue_text WHERE region IN (`+db.In(1, len(part))+`) AND hash IN (`+db.In(1+len(part), len(hashes))+`)`, slices.Concat(db.Args(part), db.Args(hashes))...)
		if err != nil {
			return err
		}
	}
	var rows [][]any
	for at, body := range bodies {
		rows = append(rows, []any{at[0], at[1], body})
	}
	return tx.Load(ctx, "catalogue_text", []string{"region", "hash", "body"}, rows)
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
		var d referring
		var at db.Time
		err = r.Scan(d.into(&x.v.Number, &x.v.Hash, &at, &x.v.Publisher)...)
		x.c, x.v.Effective = d.content(), at.Time
		return x, err
	}, `SELECT v.version, v.hash, v.effective_at, v.publisher, `+docColumns+` FROM catalogue_version v`+ofBase+` WHERE v.region = $1 AND v.code = $2 AND v.version = $3`, region, code, version)
	if err != nil {
		return c, v, err
	}
	c, v = found.c, found.v
	err = loadTexts(ctx, r, &c)
	return c, v, err
}

// loadTexts reads what a document keeps by hash.
func loadTexts(ctx context.Context, r db.Reader, c *Content) (err error) {
	if c.Form, err = loadText(ctx, r, c.Item.Region, c.FormHash); err != nil {
		return err
	}
	flow, err := loadText(ctx, r, c.Item.Region, c.FlowHash)
	c.Flow = string(flow)
	if err == nil && c.DecisionsHash != "" {
		var tables []byte
		tables, err = loadText(ctx, r, c.Item.Region, c.DecisionsHash)
		c.Decisions = string(tables)
	}
	return err
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

// eachContent streams the newest content of every item whose region begins
// with prefix, by region and code.
func eachContent(ctx context.Context, r db.Reader, prefix string, f func(serial int64, c Content) error) error {
	return db.Each(ctx, r, func(row db.Row) error {
		var serial int64
		var d referring
		if err := row.Scan(d.into(&serial)...); err != nil {
			return err
		}
		return f(serial, d.content())
	}, `SELECT i.serial, `+docColumns+newestOf+`
		WHERE i.region LIKE $1 ORDER BY i.region, i.code`, prefix+"%")
}

// eachPublished streams the newest content of every item whose region begins
// with prefix and that was published after since.
func eachPublished(ctx context.Context, r db.Reader, prefix string, since time.Time, f func(PublishedItem) error) error {
	return db.Each(ctx, r, func(row db.Row) error {
		var p PublishedItem
		var d referring
		var effective, published db.Time
		if err := row.Scan(d.into(&p.Version, &effective, &published)...); err != nil {
			return err
		}
		p.Content, p.Effective, p.PublishedAt = d.content(), effective.Time, published.Time
		p.Content.Item.Version = p.Version
		return f(p)
	}, `SELECT v.version, v.effective_at, v.published_at, `+docColumns+newestOf+`
		WHERE i.region LIKE $1 AND v.published_at > $2 ORDER BY i.region, i.code`, prefix+"%", db.At(since))
}

// loadContents returns the newest content of some items of a region.
func loadContents(ctx context.Context, r db.Reader, region string, codes []string) ([]Content, error) {
	return db.All(ctx, r, func(row db.Row) (Content, error) {
		var d referring
		err := row.Scan(d.into()...)
		return d.content(), err
	}, `SELECT `+docColumns+newestOf+`
		WHERE i.region = $1 AND i.code IN (`+db.In(2, len(codes))+`) ORDER BY i.code`, append([]any{region}, db.Args(codes)...)...)
}

// importHash is the hash of what was last imported as a whole, "" for nothing.
func importHash(ctx context.Context, r db.Reader, region, kind string) (string, error) {
	h, err := db.One(ctx, r, db.Value[string], `SELECT hash FROM catalogue_import WHERE region = $1 AND kind = $2`, region, kind)
	if fault.IsKind(err, fault.KindNotFound) {
		return "", nil
	}
	return h, err
}

// importStamp changes whenever all items were cut into words anew.
func importStamp(ctx context.Context, r db.Reader) (string, error) {
	s, err := db.One(ctx, r, func(row db.Row) (string, error) {
		var hash string
		var at db.Time
		err := row.Scan(&hash, &at)
		return fmt.Sprint(hash, at.Time.UnixMicro()), err
	}, `SELECT hash, at FROM catalogue_import WHERE region = $1 AND kind = 'cutting'`, wholeCountry)
	if fault.IsKind(err, fault.KindNotFound) {
		return "", nil
	}
	return s, err
}

func saveImportHash(ctx context.Context, tx *db.Tx, region, kind, hash string, report Report, now time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO catalogue_import (region, kind, hash, at, report) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (region, kind) DO UPDATE SET hash = excluded.hash, at = excluded.at, report = excluded.report`,
		region, kind, hash, db.At(now), db.AsJSON(report))
	return err
}

// reindex reads every item for the shelf again, a bounded number at a time.
func (s *Service) reindex(ctx context.Context) error {
	err := s.DB.Write(systemContext(ctx), func(tx *db.Tx) error {
		tx.Unaudited("the shelf repeats what is published")
		if err := saveImportHash(ctx, tx, wholeCountry, "cutting", "", Report{}, s.Clock.Now()); err != nil {
			return err
		}
		return shelf.ClearTx(ctx, tx)
	})
	for last, more := (Item{}), err == nil; more && err == nil; {
		next := last
		err = s.DB.Write(systemContext(ctx), func(tx *db.Tx) error {
			tx.Unaudited("the shelf repeats what is published")
			list, err := loadShelved(ctx, tx, last.Region, last.Code)
			if more = len(list) > 0; err != nil || !more {
				return err
			}
			for part := range byRegion(list) {
				if err := s.reshelve(ctx, tx, part); err != nil {
					return err
				}
			}
			next = list[len(list)-1].content.Item
			return nil
		})
		last = next
	}
	if err != nil {
		return fmt.Errorf("read items for the shelf: %w", err)
	}
	return s.DB.Write(systemContext(ctx), func(tx *db.Tx) error {
		tx.Unaudited("the shelf repeats what is published")
		return saveImportHash(ctx, tx, wholeCountry, "cutting", cutting, Report{}, s.Clock.Now())
	})
}

// byRegion cuts a list that is sorted by region into parts of one region.
func byRegion(list []*publication) iter.Seq[[]*publication] {
	return func(yield func([]*publication) bool) {
		for start := 0; start < len(list); {
			end := start + 1
			for end < len(list) && list[end].content.Item.Region == list[start].content.Item.Region {
				end++
			}
			if !yield(list[start:end]) {
				return
			}
			start = end
		}
	}
}

// loadShelved returns the next items after one, with what the tables know.
func loadShelved(ctx context.Context, r db.Reader, region, code string) ([]*publication, error) {
	return db.All(ctx, r, func(row db.Row) (*publication, error) {
		var d referring
		var from db.Time
		p := &publication{}
		err := row.Scan(d.into(&p.version, &p.serial, &p.number, &from)...)
		c := d.content()
		p.content, p.from, p.number = &c, from.Time, cmp.Or(p.number, p.serial)
		return p, err
	}, `SELECT i.version, i.serial, i.number, v.effective_at, `+docColumns+newestOf+`
		WHERE (i.region, i.code) > ($1, $2) ORDER BY i.region, i.code LIMIT $3`, region, code, chunk)
}

// reshelve writes the keys of items of one region again.
func (s *Service) reshelve(ctx context.Context, tx *db.Tx, list []*publication) error {
	names := s.namesOf(ctx, list[0].content.Item.Region)
	rows := make([]shelf.Row, len(list))
	for i, p := range list {
		rows[i] = shelf.Row{Entry: shelf.Prepare(p.content, p.from, names), Serial: p.serial, Number: p.number, Version: p.version}
	}
	keys, err := s.shelf.KeysTx(ctx, tx, rows, s.Clock.Now(), "")
	if err != nil {
		return err
	}
	for i, p := range list {
		card, err := json.Marshal(rows[i].Card())
		if err != nil {
			return err
		}
		k := keys[i]
		if _, err := tx.Exec(ctx, `UPDATE catalogue_item SET number = $3, wording = $4, profile = $5, office = $6, starts = $7, card = $8 WHERE region = $1 AND code = $2`,
			p.content.Item.Region, p.content.Item.Code, k.Number, k.Wording, k.Profile, k.Office, k.Starts, string(card)); err != nil {
			return err
		}
	}
	return nil
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
