package quality

import (
	"context"
	"strings"

	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/standard"
	"tongban/platform/db"
)

// Published is the newest content of an item with the serial of its publication.
type Published struct {
	content.Content
	Serial    int64
	Effective db.Time
}

// Since gives items published after a serial, at most limit of them, in the
// order of their serials.
func Since(ctx context.Context, r db.Reader, serial int64, limit int) ([]Published, error) {
	list, err := db.All(ctx, r, func(row db.Row) (p Published, err error) {
		var doc db.JSON[content.Content]
		var base db.JSON[standard.Base]
		var alike db.JSON[content.Common]
		var general string
		var version, baseVersion int
		err = row.Scan(&p.Serial, &version, &p.Effective, &doc, &baseVersion, &base, &general, &alike)
		if p.Content = doc.V; baseVersion > 0 { // name, kind and basis are held once, in the base item
			base.V.Onto(&p.Content.Item)
			p.Content.Item.BaseVersion = baseVersion
		}
		if general != "" { // what imported guides say alike is held once, too
			alike.V.Onto(&p.Content)
		}
		p.Content.Item.Version = version
		return p, err
	}, `SELECT i.serial, v.version, v.effective_at, v.doc, coalesce(b.version, 0), coalesce(b.doc, '{}'), v.general, coalesce(g.body, '{}') FROM catalogue_item i
		JOIN catalogue_version v ON v.region = i.region AND v.code = i.code AND v.version = i.version
		LEFT JOIN catalogue_base b ON b.region = v.directory AND b.code = v.base AND b.version = v.base_version
		LEFT JOIN catalogue_text g ON g.region = '000000' AND g.hash = v.general
		WHERE i.serial > $1 ORDER BY i.serial LIMIT $2`, serial, limit)
	for i := range list {
		if c := &list[i].Content; err == nil && c.Situations != nil {
			err = withTexts(ctx, r, c)
		}
	}
	return list, err
}

// withTexts adds form, flow and decisions, which are kept beside the document;
// only the rules about situations look at them.
func withTexts(ctx context.Context, r db.Reader, c *content.Content) error {
	body := map[string]string{}
	err := db.Each(ctx, r, func(row db.Row) error {
		var hash, text string
		err := row.Scan(&hash, &text)
		body[hash] = text
		return err
	}, `SELECT hash, body FROM catalogue_text WHERE region = $1 AND hash IN ($2, $3, $4)`, c.Item.Region, c.FormHash, c.FlowHash, c.DecisionsHash)
	c.Form, c.Flow, c.Decisions = []byte(body[c.FormHash]), body[c.FlowHash], body[c.DecisionsHash]
	return err
}

// Scored is an item with its score.
type Scored struct {
	Region   string
	Code     string
	Version  int
	Name     string
	Org      string
	OrgName  string
	Package  bool
	Score    int
	Blocked  bool
	Findings []Finding
}

const scoreColumns = `region, code, version, name, org, org_name, package, score, blocked, findings`

func scanScored(r db.Row) (s Scored, err error) {
	var findings db.JSON[[]Finding]
	err = r.Scan(&s.Region, &s.Code, &s.Version, &s.Name, &s.Org, &s.OrgName, &s.Package, &s.Score, &s.Blocked, &findings)
	s.Findings = findings.V
	return s, err
}

// rowsPerStatement bounds one INSERT.
const rowsPerStatement = 100

func saveScores(ctx context.Context, tx *db.Tx, list []Scored) error {
	const width = 10
	for len(list) > 0 {
		n := min(len(list), rowsPerStatement)
		var args []any
		var rows strings.Builder
		for i, s := range list[:n] {
			if i > 0 {
				rows.WriteString(", ")
			}
			rows.WriteString("(" + db.In(1+i*width, width) + ")")
			args = append(args, s.Region, s.Code, s.Version, s.Name, s.Org, s.OrgName, s.Package, s.Score, s.Blocked, db.AsJSON(s.Findings))
		}
		if _, err := tx.Exec(ctx, `INSERT INTO catalogue_score (`+scoreColumns+`) VALUES `+rows.String()+`
			ON CONFLICT (region, code) DO UPDATE SET version = excluded.version, name = excluded.name, org = excluded.org, org_name = excluded.org_name, package = excluded.package,
			score = excluded.score, blocked = excluded.blocked, findings = excluded.findings`, args...); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

type followed struct {
	serial int64
	rules  string
}

func loadFollowed(ctx context.Context, r db.Reader) (followed, error) {
	list, err := db.All(ctx, r, func(row db.Row) (f followed, err error) { err = row.Scan(&f.serial, &f.rules); return f, err },
		`SELECT serial, rules FROM catalogue_score_follow WHERE region = $1 AND name = $2`, everywhere, "items")
	if err != nil || len(list) == 0 {
		return followed{}, err
	}
	return list[0], nil
}

func saveFollowed(ctx context.Context, tx *db.Tx, f followed) error {
	_, err := tx.Exec(ctx, `INSERT INTO catalogue_score_follow (region, name, serial, rules) VALUES ($1, $2, $3, $4)
		ON CONFLICT (region, name) DO UPDATE SET serial = excluded.serial, rules = excluded.rules`, everywhere, "items", f.serial, f.rules)
	return err
}

func loadScore(ctx context.Context, r db.Reader, region, code string) (Scored, error) {
	return db.One(ctx, r, scanScored, `SELECT `+scoreColumns+` FROM catalogue_score WHERE region = $1 AND code = $2`, region, code)
}

// worst lists items, the lowest score first; a prefix of region names it and what lies below it.
func worst(ctx context.Context, r db.Reader, q Query, prefix string, after Scored) ([]Scored, error) {
	return db.All(ctx, r, scanScored, `SELECT `+scoreColumns+` FROM catalogue_score WHERE region >= $1 AND region < $2 AND ($3 = '' OR org = $3)
		AND (score, region, code) > ($4, $5, $6) ORDER BY score, region, code LIMIT $7`, prefix, prefix+"Z", q.Org, after.Score, after.Region, after.Code, q.Limit)
}

// Average is how the items of one office do.
type Average struct {
	Org     string
	OrgName string
	Items   int
	Mean    float64
	Blocked int // items that would not be published today
}

func averages(ctx context.Context, r db.Reader, prefix string) ([]Average, error) {
	return db.All(ctx, r, func(row db.Row) (a Average, err error) {
		var sum int64
		err = row.Scan(&a.Org, &a.OrgName, &a.Items, &sum, &a.Blocked)
		a.Mean = float64(sum) / float64(max(a.Items, 1))
		return a, err
	}, `SELECT org, max(org_name), count(*), CAST(sum(score) AS bigint), CAST(sum(CASE WHEN blocked THEN 1 ELSE 0 END) AS bigint) FROM catalogue_score
		WHERE region >= $1 AND region < $2 GROUP BY org ORDER BY sum(score) * 1.0 / count(*), org LIMIT 2000`, prefix, prefix+"Z")
}

const waiverColumns = `region, code, hash, state, name, org, score, findings, reason, asked_by, asked_name, asked_at, decided_by, decided_name, decided_at, note`

func scanWaiver(r db.Row) (w Waiver, err error) {
	var findings db.JSON[[]Finding]
	var asked, decided db.Time
	err = r.Scan(&w.Region, &w.Code, &w.Hash, &w.State, &w.Name, &w.Org, &w.Score, &findings, &w.Reason, &w.AskedBy, &w.AskedName, &asked, &w.DecidedBy, &w.DecidedName, &decided, &w.Note)
	w.Findings, w.AskedAt, w.DecidedAt = findings.V, asked.Time, decided.Time
	return w, err
}

func saveWaiver(ctx context.Context, tx *db.Tx, w Waiver) error {
	_, err := tx.Exec(ctx, `INSERT INTO catalogue_waiver (`+waiverColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
		ON CONFLICT (region, code, hash) DO UPDATE SET state = excluded.state, reason = excluded.reason, asked_by = excluded.asked_by, asked_name = excluded.asked_name, asked_at = excluded.asked_at,
		decided_by = excluded.decided_by, decided_name = excluded.decided_name, decided_at = excluded.decided_at, note = excluded.note`,
		w.Region, w.Code, w.Hash, w.State, w.Name, w.Org, w.Score, db.AsJSON(w.Findings), w.Reason, w.AskedBy, w.AskedName, db.At(w.AskedAt), w.DecidedBy, w.DecidedName, db.At(w.DecidedAt), w.Note)
	return err
}

func loadWaiver(ctx context.Context, r db.Reader, region, code, hash string) (Waiver, error) {
	return db.One(ctx, r, scanWaiver, `SELECT `+waiverColumns+` FROM catalogue_waiver WHERE region = $1 AND code = $2 AND hash = $3`, region, code, hash)
}

func listWaivers(ctx context.Context, r db.Reader, prefix string, limit int) ([]Waiver, error) {
	return db.All(ctx, r, scanWaiver, `SELECT `+waiverColumns+` FROM catalogue_waiver WHERE region >= $1 AND region < $2 ORDER BY asked_at DESC, region, code, hash LIMIT $3`, prefix, prefix+"Z", limit)
}
