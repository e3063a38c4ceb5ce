package trusted

import (
	"encoding/json"
	"time"

	"tongban/gov/certificates"
	"tongban/platform/fault"
	"tongban/platform/jws"
	"tongban/platform/sign"
)

// How long a list is good. It is signed anew for whoever fetches it; who cannot
// fetch it for a day is told, who cannot for a week does without it.
const (
	listFresh = 24 * time.Hour
	listLife  = 7 * 24 * time.Hour
)

// Why a list is refused.
var (
	// ErrList: no list, or not signed by its publisher.
	ErrList = fault.Invalid("certificates.nodes.list")
	// ErrRollback: older than the list that is here already.
	ErrRollback = fault.Invalid("certificates.nodes.rollback")
	// ErrListOver: its time is over.
	ErrListOver = fault.Invalid("certificates.nodes.list_over")
)

// Entry is one node of a published list.
type Entry struct {
	File   string    `json:"file"`            // node file that two people compared
	Newer  string    `json:"newer,omitempty"` // node file in which its keys went on since
	Kinds  []string  `json:"kinds,omitempty"`
	Grade  string    `json:"grade"`
	State  State     `json:"state"`
	Reason string    `json:"reason,omitempty"`
	From   time.Time `json:"from,omitzero"`
	Until  time.Time `json:"until,omitzero"`
	Since  time.Time `json:"since"`
}

// List is a trust list as it travels.
type List struct {
	Format     string    `json:"format"`
	Publisher  string    `json:"publisher"`
	Region     string    `json:"region"`
	Site       string    `json:"site"`
	Sequence   int64     `json:"sequence"` // grows with every change
	IssuedAt   time.Time `json:"issued_at"`
	NextUpdate time.Time `json:"next_update"`
	ValidUntil time.Time `json:"valid_until"`
	Nodes      []Entry   `json:"nodes"`
}

// sign makes the token.
func (l List) sign(key sign.KeyHolder) (string, error) {
	body, err := json.Marshal(l)
	if err != nil {
		return "", err
	}
	t, err := jws.Sign(body, key, ListType)
	if err != nil {
		return "", err
	}
	return t.Compact(), nil
}

// ReadList reads a list and checks that its publisher signed it and that it is
// in time. Lists from the future are refused: nothing could follow them.
func ReadList(b []byte, publisher certificates.Trust, now time.Time) (List, error) {
	l, err := readList(b, publisher)
	switch {
	case err != nil:
		return l, err
	case l.IssuedAt.After(now.Add(clockSkew)):
		return l, ErrList.With("why", "time")
	case now.After(l.ValidUntil):
		return l, ErrListOver
	}
	return l, nil
}

func readList(b []byte, publisher certificates.Trust) (l List, err error) {
	t, err := jws.Parse(b)
	if err != nil {
		return l, ErrList.With("why", "form").Because(err)
	}
	if t.Type != ListType || json.Unmarshal(t.Payload, &l) != nil || l.Format != listFormat || l.Sequence < 0 {
		return l, ErrList.With("why", "type")
	}
	if err := signedBy(t, publisher, l.IssuedAt); err != nil {
		return l, ErrList.With("why", "signature").Because(err)
	}
	if l.ValidUntil.Sub(l.IssuedAt) > 2*listLife {
		return l, ErrList.With("why", "time")
	}
	return l, nil
}

// follows refuses a list that is older than the one before: whoever stands in
// between may not bring back a node that was removed.
func (l List) follows(before List) error {
	switch {
	case l.Sequence < before.Sequence, l.IssuedAt.Before(before.IssuedAt):
		return ErrRollback.With("have", before.Sequence).With("got", l.Sequence)
	case l.Sequence == before.Sequence && !sameNodes(l.Nodes, before.Nodes):
		return ErrRollback.With("have", before.Sequence).With("got", l.Sequence)
	}
	return nil
}

func sameNodes(a, b []Entry) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// nodes are the entries of a list as nodes; an entry that cannot be read is left
// out, and said.
func (l List) nodes(region, by string) (out []Node, unread int) {
	for _, e := range l.Nodes {
		f, err := ReadFile([]byte(e.File))
		if err != nil || e.State != Active && e.State != Suspended && e.State != Removed {
			unread++
			continue
		}
		n := Node{Region: region, ID: nodeID(f.Site), State: e.State, File: f, Newer: e.Newer, Kinds: e.Kinds, Grade: e.Grade, From: e.From, Until: e.Until, Reason: e.Reason,
			ChangedAt: e.Since, List: l.Publisher, ListNode: by, ListAt: l.IssuedAt, ListNext: l.NextUpdate, ListUntil: l.ValidUntil}
		if e.Newer != "" { // what does not go on from the file is left out, like an entry that cannot be read
			if _, next, err := n.follow([]byte(e.Newer)); err == nil {
				n.Trust = next
			} else {
				unread++
			}
		}
		out = append(out, n)
	}
	return out, unread
}

// Trusted are the entries of a list that was read, for checks without a
// database.
func (l List) Trusted() []Node {
	out, _ := l.nodes("", "")
	return out
}
