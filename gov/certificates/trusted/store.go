package trusted

import (
	"context"
	"encoding/json"
	"time"

	"tongban/gov/certificates"
	"tongban/platform/db"
)

const nodeColumns = `region, id, version, state, file, kinds, grade, follow, from_at, until_at, note, proposed_by, proposed_name, proposed_at,
	decided_by, decided_name, decided_at, answer, reason, changed_by, changed_name, changed_at, change`

func scanNode(row db.Row) (n Node, err error) {
	var kinds db.JSON[[]string]
	var file string
	var from, until, proposed, decided, changed db.Time
	if err = row.Scan(&n.Region, &n.ID, &n.Version, &n.State, &file, &kinds, &n.Grade, &n.Follow, &from, &until, &n.Note, &n.ProposedBy, &n.ProposedName, &proposed,
		&n.DecidedBy, &n.DecidedName, &decided, &n.Answer, &n.Reason, &n.ChangedBy, &n.ChangedName, &changed, &n.Change); err != nil {
		return n, err
	}
	n.Kinds, n.From, n.Until, n.ProposedAt, n.DecidedAt, n.ChangedAt = kinds.V, from.Time, until.Time, proposed.Time, decided.Time, changed.Time
	n.File, err = ReadFile([]byte(file))
	return n, err
}

// allNodes are the newest decided version of every node, and proposals.
func allNodes(ctx context.Context, r db.Reader, region string) ([]Node, error) {
	all, err := db.All(ctx, r, scanNode, `SELECT `+nodeColumns+` FROM certificates_node WHERE region = $1 AND state IN ('proposed', 'active', 'suspended', 'removed') ORDER BY id, version DESC LIMIT 5000`, region)
	if err != nil {
		return nil, err
	}
	followed, err := db.All(ctx, r, scanKeys, `SELECT `+keysColumns+` FROM certificates_node_keys WHERE region = $1 LIMIT 5000`, region)
	for i := range all {
		for _, k := range followed {
			if k.Node == all[i].ID && all[i].State != Proposed {
				all[i].goOn(k)
			}
		}
	}
	return all, err
}

const keysColumns = `region, node, version, file, statements, taken_at, taken_by, tried_at, problem, change`

func scanKeys(row db.Row) (k KeysFollowed, err error) {
	var taken, tried db.Time
	err = row.Scan(&k.Region, &k.Node, &k.Version, &k.Text, &k.Statements, &taken, &k.TakenBy, &tried, &k.Problem, &k.Change)
	k.TakenAt, k.TriedAt = taken.Time, tried.Time
	return k, err
}

func putKeys(ctx context.Context, tx *db.Tx, k KeysFollowed) error {
	_, err := tx.Exec(ctx, `INSERT INTO certificates_node_keys (`+keysColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (region, node) DO UPDATE SET version = excluded.version, file = excluded.file, statements = excluded.statements, taken_at = excluded.taken_at, taken_by = excluded.taken_by,
		tried_at = excluded.tried_at, problem = excluded.problem, change = excluded.change`,
		k.Region, k.Node, k.Version, k.Text, k.Statements, db.At(k.TakenAt), k.TakenBy, db.At(k.TriedAt), k.Problem, k.Change)
	return err
}

func versionsOf(ctx context.Context, r db.Reader, region, id string) ([]Node, error) {
	return db.All(ctx, r, scanNode, `SELECT `+nodeColumns+` FROM certificates_node WHERE region = $1 AND id = $2 ORDER BY version DESC LIMIT 200`, region, id)
}

func insertNode(ctx context.Context, tx *db.Tx, n Node) error {
	kinds, err := json.Marshal(append([]string{}, n.Kinds...))
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO certificates_node (`+nodeColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)`,
		n.Region, n.ID, n.Version, string(n.State), n.Text, string(kinds), n.Grade, n.Follow, db.At(n.From), db.At(n.Until), n.Note, n.ProposedBy, n.ProposedName, db.At(n.ProposedAt),
		n.DecidedBy, n.DecidedName, db.At(n.DecidedAt), n.Answer, n.Reason, n.ChangedBy, n.ChangedName, db.At(n.ChangedAt), n.Change)
	return err
}

// moveNode changes the state of a version; a second change meets no row.
func moveNode(ctx context.Context, tx *db.Tx, n Node, from State) error {
	return db.Changed(tx.Exec(ctx, `UPDATE certificates_node SET state = $4, decided_by = $5, decided_name = $6, decided_at = $7, answer = $8, reason = $9, changed_by = $10, changed_name = $11,
		changed_at = $12, change = $13 WHERE region = $1 AND id = $2 AND version = $3 AND state = $14`,
		n.Region, n.ID, n.Version, string(n.State), n.DecidedBy, n.DecidedName, db.At(n.DecidedAt), n.Answer, n.Reason, n.ChangedBy, n.ChangedName, db.At(n.ChangedAt), n.Change, string(from)))
}

// lastChange is the number of the last change of the list of a region.
func lastChange(ctx context.Context, r db.Reader, region string) (int64, error) {
	return db.One(ctx, r, db.Value[int64], `SELECT coalesce(max(change), 0) FROM (SELECT change FROM certificates_node WHERE region = $1
		UNION ALL SELECT change FROM certificates_node_keys WHERE region = $1) AS changes`, region)
}

// Followed is the list of a publisher as it was fetched last.
type Followed struct {
	Region, Node string
	Text         string
	Sequence     int64
	FetchedAt    time.Time
	TriedAt      time.Time
	Problem      string // why the last try failed; "" when it did not
}

const listColumns = `region, node, list, sequence, fetched_at, tried_at, problem`

func scanList(row db.Row) (f Followed, err error) {
	var fetched, tried db.Time
	err = row.Scan(&f.Region, &f.Node, &f.Text, &f.Sequence, &fetched, &tried, &f.Problem)
	f.FetchedAt, f.TriedAt = fetched.Time, tried.Time
	return f, err
}

func allLists(ctx context.Context, r db.Reader, region string) ([]Followed, error) {
	return db.All(ctx, r, scanList, `SELECT `+listColumns+` FROM certificates_node_list WHERE region = $1 ORDER BY node LIMIT 100`, region)
}

// stamp tells whether anything in the lists changed since.
func stamp(ctx context.Context, r db.Reader, region string) (string, error) {
	return db.One(ctx, r, db.Value[string], `SELECT CAST(count(*) AS text) || ' ' || CAST(coalesce(max(change), 0) AS text) || ' ' ||
		coalesce((SELECT string_agg(node || CAST(sequence AS text) || coalesce(CAST(fetched_at AS text), ''), ' ' ORDER BY node) FROM certificates_node_list WHERE region = $1), '') || ' ' ||
		coalesce((SELECT string_agg(node || CAST(change AS text) || problem || CAST(tried_at AS text), ' ' ORDER BY node) FROM certificates_node_keys WHERE region = $1), '')
		FROM certificates_node WHERE region = $1`, region)
}

func putList(ctx context.Context, tx *db.Tx, f Followed) error {
	_, err := tx.Exec(ctx, `INSERT INTO certificates_node_list (`+listColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (region, node) DO UPDATE SET list = excluded.list, sequence = excluded.sequence, fetched_at = excluded.fetched_at, tried_at = excluded.tried_at, problem = excluded.problem`,
		f.Region, f.Node, f.Text, f.Sequence, db.At(f.FetchedAt), db.At(f.TriedAt), f.Problem)
	return err
}

func keepAnswer(ctx context.Context, tx *db.Tx, region, node, code string, a certificates.Answer) error {
	raw, err := json.Marshal(a)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO certificates_node_answer (region, node, code, answer, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (region, node, code) DO UPDATE SET answer = excluded.answer, at = excluded.at`, region, node, code, string(raw), db.At(a.At))
	return err
}

func answerAbout(ctx context.Context, r db.Reader, region, node, code string) (certificates.Answer, error) {
	a, err := db.One(ctx, r, db.Value[db.JSON[certificates.Answer]], `SELECT answer FROM certificates_node_answer WHERE region = $1 AND node = $2 AND code = $3`, region, node, code)
	return a.V, err
}

func forgetAnswers(ctx context.Context, tx *db.Tx, region string, before time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM certificates_node_answer WHERE region = $1 AND at < $2`, region, db.At(before))
	return err
}

// foreign is a row: a certificate of another node that its holder uses here.
type foreign struct {
	region, id, node, code, holder, data string
	status                               certificates.Status
	reason, basis                        string
	since, asOf, tried, taken            time.Time
}

const foreignColumns = `region, id, node, code, holder, data, status, reason, basis, since, as_of, tried_at, taken_at`

func scanForeign(row db.Row) (f foreign, err error) {
	var since, asOf, tried, taken db.Time
	err = row.Scan(&f.region, &f.id, &f.node, &f.code, &f.holder, &f.data, &f.status, &f.reason, &f.basis, &since, &asOf, &tried, &taken)
	f.since, f.asOf, f.tried, f.taken = since.Time, asOf.Time, tried.Time, taken.Time
	return f, err
}

func insertForeign(ctx context.Context, tx *db.Tx, f foreign) error {
	_, err := tx.Exec(ctx, `INSERT INTO certificates_foreign (`+foreignColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		f.region, f.id, f.node, f.code, f.holder, f.data, string(f.status), f.reason, f.basis, db.At(f.since), db.At(f.asOf), db.At(f.tried), db.At(f.taken))
	return err
}

// turnForeign keeps what its node said; a second writer meets no row.
func turnForeign(ctx context.Context, tx *db.Tx, f foreign, was certificates.Status) error {
	return db.Changed(tx.Exec(ctx, `UPDATE certificates_foreign SET status = $3, reason = $4, basis = $5, since = $6, as_of = $7, tried_at = $8 WHERE region = $1 AND id = $2 AND status = $9`,
		f.region, f.id, string(f.status), f.reason, f.basis, db.At(f.since), db.At(f.asOf), db.At(f.tried), string(was)))
}

func foreignByID(ctx context.Context, r db.Reader, region, id string) (foreign, error) {
	return db.One(ctx, r, scanForeign, `SELECT `+foreignColumns+` FROM certificates_foreign WHERE region = $1 AND id = $2`, region, id)
}

func foreignByCode(ctx context.Context, r db.Reader, region, code string) ([]foreign, error) {
	return db.All(ctx, r, scanForeign, `SELECT `+foreignColumns+` FROM certificates_foreign WHERE region = $1 AND code = $2 ORDER BY taken_at DESC, id LIMIT 20`, region, code)
}

func foreignOf(ctx context.Context, r db.Reader, region, holder string) ([]foreign, error) {
	return db.All(ctx, r, scanForeign, `SELECT `+foreignColumns+` FROM certificates_foreign WHERE region = $1 AND holder = $2 ORDER BY taken_at DESC, id LIMIT 200`, region, holder)
}

// foreignDue are those whose nodes were not asked since; what is dead stays so.
func foreignDue(ctx context.Context, r db.Reader, region string, before time.Time) ([]foreign, error) {
	return db.All(ctx, r, scanForeign, `SELECT `+foreignColumns+` FROM certificates_foreign WHERE region = $1 AND tried_at < $2 AND status IN ('valid', 'suspended', 'moved') ORDER BY tried_at LIMIT 500`, region, db.At(before))
}
