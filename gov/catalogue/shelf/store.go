package shelf

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"tongban/platform/db"
	"tongban/platform/search"
)

// everywhere is the region of what all regions share.
const everywhere = "000000"

// Index is where the wordings can be found.
var Index = search.Index{Name: "catalogue_search"}

// Row is where an entry goes: the serial of this publication and the number
// that its first one gave it.
type Row struct {
	*Entry
	Serial, Number int64
	Version        int
}

// Keys are what a row of catalogue_item carries for the shelf.
type Keys struct{ Number, Wording, Profile, Office, Starts int64 }

// KeysTx returns the keys of rows in their order. Wordings, profiles and offices
// that are new are added, and wordings are put into the index. stamp is that of
// Recall, as the transaction sees it; "" uses nothing that was recalled.
func (s *Shelf) KeysTx(ctx context.Context, tx *db.Tx, rows []Row, now time.Time, stamp string) ([]Keys, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	wordings, err := wordingKeys(ctx, tx, rows, s.recalled.of(stamp, byWording))
	if err != nil {
		return nil, err
	}
	profiles, err := profileKeys(ctx, tx, rows, s.recalled.of(stamp, byProfile))
	if err != nil {
		return nil, err
	}
	offices, err := officeKeys(ctx, tx, rows)
	if err != nil {
		return nil, err
	}
	out := make([]Keys, len(rows))
	for i, r := range rows {
		out[i] = Keys{Number: r.Number, Wording: wordings[r.wording], Profile: profiles[r.profile], Office: offices[officeOf{r.region, r.card.Org}]}
		if r.cancelled {
			out[i].Profile = 0
		}
		if r.Version == 1 && r.card.From.After(now) {
			out[i].Starts = r.card.From.Unix()
		}
	}
	return out, nil
}

// perStatement bounds the parameters of one statement: SQLite looks for each
// from the first on, so that long lists cost the square.
const perStatement = 100

// What wordings and profiles are found by.
const (
	byWording = `SELECT hash, key FROM catalogue_wording WHERE region = $1 AND hash IN (%s)`
	byProfile = `SELECT hash, key FROM catalogue_profile WHERE region = $1 AND hash IN (%s)`
)

// known maps values to keys: those that were recalled, and those that are there.
func known(ctx context.Context, r db.Reader, query string, values []string, recalled map[string]int64) (map[string]int64, error) {
	out := make(map[string]int64, len(values))
	var ask []string
	for _, v := range values {
		if key, ok := recalled[v]; ok {
			out[v] = key
		} else {
			ask = append(ask, v)
		}
	}
	for part := range slices.Chunk(ask, perStatement) {
		err := db.Each(ctx, r, func(row db.Row) error {
			var value string
			var key int64
			err := row.Scan(&value, &key)
			out[value] = key
			return err
		}, fmt.Sprintf(query, db.In(2, len(part))), append([]any{everywhere}, db.Args(part)...)...)
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// distinct are the different values of rows in order, with the row of each.
func distinct[V comparable](rows []Row, value func(Row) V) (values []V, first map[V]Row) {
	first = map[V]Row{}
	for _, r := range rows {
		v := value(r)
		if _, again := first[v]; !again {
			first[v] = r
			values = append(values, v)
		}
	}
	return values, first
}

func next(ctx context.Context, r db.Reader, query string, args ...any) (int64, error) {
	n, err := db.One(ctx, r, db.Value[int64], query, args...)
	if missing(err) {
		return 1, nil
	}
	return n + 1, err
}

func wordingKeys(ctx context.Context, tx *db.Tx, rows []Row, recalled map[string]int64) (map[string]int64, error) {
	values, first := distinct(rows, func(r Row) string { return r.wording })
	keys, err := known(ctx, tx, byWording, values, recalled)
	if err != nil || len(keys) == len(values) {
		return keys, err
	}
	free, err := next(ctx, tx, `SELECT coalesce(max(key), 0) FROM catalogue_wording WHERE region = $1`, everywhere)
	if err != nil {
		return nil, err
	}
	var docs []search.Entry
	var fresh [][]any
	for _, v := range values {
		if keys[v] != 0 {
			continue
		}
		e := first[v]
		doc := e.doc
		doc.Key = free
		docs = append(docs, search.Cut(doc))
		fresh = append(fresh, []any{everywhere, free, v, e.card.Name, e.card.Sort, e.card.Package != ""})
		keys[v] = free
		free++
	}
	if err := tx.Load(ctx, "catalogue_wording", []string{"region", "key", "hash", "name", "sort", "leads"}, fresh); err != nil {
		return nil, err
	}
	return keys, Index.PutCutTx(ctx, tx, docs)
}

func profileKeys(ctx context.Context, tx *db.Tx, rows []Row, recalled map[string]int64) (map[string]int64, error) {
	values, first := distinct(rows, func(r Row) string { return r.profile })
	keys, err := known(ctx, tx, byProfile, values, recalled)
	if err != nil || len(keys) == len(values) {
		return keys, err
	}
	free, err := next(ctx, tx, `SELECT coalesce(max(key), 0) FROM catalogue_profile WHERE region = $1`, everywhere)
	if err != nil {
		return nil, err
	}
	var fresh [][]any
	for _, v := range values {
		if keys[v] == 0 {
			fresh = append(fresh, []any{everywhere, free, v, first[v].profileDoc})
			keys[v] = free
			free++
		}
	}
	return keys, tx.Load(ctx, "catalogue_profile", []string{"region", "key", "hash", "doc"}, fresh)
}

// officeOf is an office in one region.
type officeOf struct{ region, code string }

func officeKeys(ctx context.Context, tx *db.Tx, rows []Row) (map[officeOf]int64, error) {
	values, first := distinct(rows, func(r Row) officeOf { return officeOf{r.region, r.card.Org} })
	keys, err := knownOffices(ctx, tx, values)
	if err != nil || len(keys) == len(values) {
		return keys, err
	}
	free, err := next(ctx, tx, `SELECT key FROM catalogue_office WHERE region <> '' ORDER BY key DESC LIMIT 1`)
	if err != nil {
		return nil, err
	}
	var fresh [][]any
	for _, v := range values {
		if keys[v] == 0 {
			c := first[v].card
			fresh = append(fresh, []any{v.region, free, v.code, c.OrgName, c.OrgNameEn, c.Suspected})
			keys[v] = free
			free++
		}
	}
	return keys, tx.Load(ctx, "catalogue_office", []string{"region", "key", "code", "name", "name_en", "suspected"}, fresh)
}

// knownOffices are the keys of offices that are there.
func knownOffices(ctx context.Context, r db.Reader, values []officeOf) (map[officeOf]int64, error) {
	out := make(map[officeOf]int64, len(values))
	for part := range slices.Chunk(values, perStatement/2) {
		args := make([]any, 0, perStatement)
		for _, v := range part {
			args = append(args, v.region)
		}
		for _, v := range part {
			args = append(args, v.code)
		}
		err := db.Each(ctx, r, func(row db.Row) error {
			var o officeOf
			var key int64
			err := row.Scan(&o.region, &o.code, &key)
			out[o] = key
			return err
		}, `SELECT region, code, key FROM catalogue_office WHERE region IN (`+db.In(1, len(part))+`) AND code IN (`+db.In(1+len(part), len(part))+`)`, args...)
		if err != nil {
			return nil, err
		}
	}
	for o := range out { // the statement crosses all places with all codes
		if !slices.Contains(values, o) {
			delete(out, o)
		}
	}
	return out, nil
}

// lastSerial is the newest publication of all regions.
func lastSerial(ctx context.Context, r db.Reader) (int64, error) {
	n, err := db.One(ctx, r, db.Value[int64], `SELECT serial FROM catalogue_item WHERE region <> '' ORDER BY serial DESC LIMIT 1`)
	if missing(err) {
		return 0, nil
	}
	return n, err
}

// record is what refresh reads of one item.
type record struct{ serial, number, wording, profile, office, starts int64 }

func eachRecord(ctx context.Context, r db.Reader, after int64, f func(record)) error {
	return db.Each(ctx, r, func(row db.Row) error {
		var x record
		err := row.Scan(&x.serial, &x.number, &x.wording, &x.profile, &x.office, &x.starts)
		f(x)
		return err
	}, `SELECT serial, number, wording, profile, office, starts FROM catalogue_item WHERE serial > $1 AND region <> '' ORDER BY serial`, after)
}

func eachWording(ctx context.Context, r db.Reader, after int64, f func(key int64, name, sort string, leads bool)) error {
	return db.Each(ctx, r, func(row db.Row) error {
		var key int64
		var name, sort string
		var leads bool
		err := row.Scan(&key, &name, &sort, &leads)
		f(key, name, sort, leads)
		return err
	}, `SELECT key, name, sort, leads FROM catalogue_wording WHERE region = $1 AND key > $2 ORDER BY key`, everywhere, after)
}

func eachProfile(ctx context.Context, r db.Reader, after int64, f func(key int64, p Profile)) error {
	return db.Each(ctx, r, func(row db.Row) error {
		var key int64
		var doc db.JSON[Profile]
		err := row.Scan(&key, &doc)
		f(key, doc.V)
		return err
	}, `SELECT key, doc FROM catalogue_profile WHERE region = $1 AND key > $2 ORDER BY key`, everywhere, after)
}

func eachOffice(ctx context.Context, r db.Reader, after int64, f func(key int64, o office)) error {
	return db.Each(ctx, r, func(row db.Row) error {
		var key int64
		var o office
		err := row.Scan(&o.region, &key, &o.code, &o.name, &o.nameEn, &o.suspected)
		f(key, o)
		return err
	}, `SELECT region, key, code, name, name_en, suspected FROM catalogue_office WHERE key > $1 ORDER BY key`, after)
}

// loadHits returns items by number.
func loadHits(ctx context.Context, r db.Reader, numbers []int64) (map[int64]Hit, error) {
	out := make(map[int64]Hit, len(numbers))
	if len(numbers) == 0 {
		return out, nil
	}
	err := db.Each(ctx, r, func(row db.Row) error {
		var number int64
		var h Hit
		var card []byte
		if err := row.Scan(&number, &h.Region, &h.Code, &h.Version, &card); err != nil {
			return err
		}
		out[number] = h
		if err := json.Unmarshal(card, &h.Card); err != nil {
			return err
		}
		out[number] = h
		return nil
	}, `SELECT number, region, code, version, card FROM catalogue_item WHERE number IN (`+db.In(1, len(numbers))+`)`, db.Args(numbers)...)
	return out, err
}

// maxCodes is how many items the beginning of a code may name.
const maxCodes = 500

// numbersOfCode lists the items whose code begins so. Codes are made of digits
// and capital letters, which every order of text puts alike.
func numbersOfCode(ctx context.Context, r db.Reader, code string) ([]int64, error) {
	return db.All(ctx, r, db.Value[int64], `SELECT number FROM catalogue_item WHERE code >= $1 AND code <= $2 ORDER BY code, region LIMIT $3`,
		code, code+strings.Repeat("Z", 40), maxCodes)
}

// wordingOf is the wording of one item, 0 when it is not there.
func wordingOf(ctx context.Context, r db.Reader, region, code string) (int64, error) {
	return db.One(ctx, r, db.Value[int64], `SELECT coalesce(max(wording), 0) FROM catalogue_item WHERE region = $1 AND code = $2`, region, code)
}

// synonymStamp changes with every change of a synonym.
func synonymStamp(ctx context.Context, r db.Reader) (string, error) {
	return db.One(ctx, r, func(row db.Row) (string, error) {
		var n int64
		var at db.Time
		err := row.Scan(&n, &at)
		return fmt.Sprint(n, at.Time.UnixMicro()), err
	}, `SELECT count(*), max(changed_at) FROM catalogue_synonym WHERE region = $1`, everywhere)
}

func loadSynonyms(ctx context.Context, r db.Reader) ([]Synonym, error) {
	return db.All(ctx, r, func(row db.Row) (s Synonym, err error) {
		var at db.Time
		err = row.Scan(&s.Say, &s.Mean, &at, &s.By)
		s.At = at.Time
		return s, err
	}, `SELECT say, mean, changed_at, changed_by FROM catalogue_synonym WHERE region = $1 ORDER BY say LIMIT $2`, everywhere, maxKept)
}

func countSynonyms(ctx context.Context, r db.Reader) (int, error) {
	return db.One(ctx, r, db.Value[int], `SELECT count(*) FROM catalogue_synonym WHERE region = $1`, everywhere)
}

func saveSynonym(ctx context.Context, tx *db.Tx, say, mean string, now time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO catalogue_synonym (region, say, mean, changed_at, changed_by) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (region, say) DO UPDATE SET mean = excluded.mean, changed_at = excluded.changed_at, changed_by = excluded.changed_by`,
		everywhere, say, mean, db.At(now), tx.Actor().ID)
	return err
}

// ClearTx empties the index and what items share, before everything is read
// again.
func ClearTx(ctx context.Context, tx *db.Tx) error {
	for _, table := range []string{`DELETE FROM catalogue_wording WHERE region <> ''`, `DELETE FROM catalogue_profile WHERE region <> ''`, `DELETE FROM catalogue_office WHERE region <> ''`} {
		if _, err := tx.Exec(ctx, table); err != nil {
			return err
		}
	}
	return Index.ClearTx(ctx, tx)
}
