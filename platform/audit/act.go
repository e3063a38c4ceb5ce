package audit

import (
	"bytes"
	"strconv"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"tongban/platform/db"
)

// Unsealed is the position of an act that the sealer has not reached yet.
const Unsealed = -1

// Act is one entry as it is kept.
type Act struct {
	Region   string    `json:"region"`
	ID       string    `json:"id"`
	At       time.Time `json:"at"`
	Actor    string    `json:"actor"`
	Name     string    `json:"name"`
	Session  string    `json:"session"`
	Action   string    `json:"action"`
	Object   string    `json:"object"`
	Details  string    `json:"details"`  // a JSON object, byte for byte as it was written
	Position int64     `json:"position"` // in the tree of its region
}

const columns = `region, id, at, actor, name, session, action, object, details, COALESCE(position, -1)`

func scanAct(r db.Row) (a Act, err error) {
	var at db.Time
	err = r.Scan(&a.Region, &a.ID, &at, &a.Actor, &a.Name, &a.Session, &a.Action, &a.Object, &a.Details, &a.Position)
	a.At = at.Time
	return a, err
}

// Canonical returns the bytes that are hashed: every column, each as its length
// in bytes, a colon, its value and a line end, so that no two acts share them.
// The position is not among them; the tree itself fixes it.
func (a Act) Canonical() []byte {
	var b bytes.Buffer
	b.WriteString("tongban.audit.v1\n")
	for _, v := range []string{a.Region, a.ID, a.At.UTC().Format("2006-01-02T15:04:05.000000Z"),
		a.Actor, a.Name, a.Session, a.Action, a.Object, a.Details} {
		b.WriteString(strconv.Itoa(len(v)))
		b.WriteByte(':')
		b.WriteString(v)
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// Leaf is the act's hash in the tree.
func (a Act) Leaf() tlog.Hash { return tlog.RecordHash(a.Canonical()) }
