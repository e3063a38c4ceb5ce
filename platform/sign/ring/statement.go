package ring

import (
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"tongban/platform/sign"
)

// The kinds of statements.
const (
	Handover   = "handover"   // a key gives its place to another
	Joining    = "joining"    // somebody gets keys of his own
	Retirement = "retirement" // a key ends without a successor
	Revocation = "revocation" // a key that ended is known to others
	Enrolment  = "enrolment"  // who the keyholders are
)

// statementFormat names what is signed.
const statementFormat = "tongban-key-statement-v1"

// Purpose keeps signatures of statements apart from all others.
const Purpose = "key statement"

// Statement is one thing that is said about keys, once and for all.
type Statement struct {
	Format string    `json:"format"`
	Kind   string    `json:"kind"`
	Seq    int       `json:"seq"`            // from 1
	Prev   string    `json:"prev,omitempty"` // SHA-256 of the statement before
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
	Role   string    `json:"role,omitempty"`
	Party  string    `json:"party,omitempty"`

	Old   string    `json:"old,omitempty"`  // the key that ends
	Until time.Time `json:"until,omitzero"` // when it ended; of a revoked key, since when others may have it
	State string    `json:"state,omitempty"`
	New   []Key     `json:"new,omitempty"`   // keys that begin
	Roots *Roots    `json:"roots,omitempty"` // of a succession

	Record  []string `json:"record,omitempty"` // newest checkpoint of each region of the record
	Holders *Holders `json:"holders,omitempty"`
	// Founded says that nobody was enrolled before who could have signed: the
	// keyholders named here begin anew.
	Founded bool `json:"founded,omitempty"`
}

// Signed is a statement as it was signed.
type Signed struct {
	Text  string `json:"statement"`
	Marks []Mark `json:"signatures"`
}

// Mark is one signature.
type Mark struct {
	Key       string `json:"key"`
	Signature []byte `json:"signature"`
}

// Hash names a statement in the next one.
func (s Signed) Hash() string {
	sum := sha256.Sum256([]byte(s.Text))
	return hex.EncodeToString(sum[:])
}

func (s Signed) message() []byte { return sign.Framed(Purpose, []byte(s.Text)) }

// Read takes the statement apart. It must be written as this program writes it.
func (s Signed) Read() (Statement, error) {
	var out Statement
	if len(s.Text) > 1<<20 || len(s.Marks) > 100 {
		return out, ErrStatement.Because(fmt.Errorf("%d bytes, %d signatures", len(s.Text), len(s.Marks)))
	}
	if err := json.Unmarshal([]byte(s.Text), &out); err != nil {
		return out, ErrStatement.Because(err)
	}
	if out.Format != statementFormat || string(out.bytes()) != s.Text {
		return out, ErrStatement.Because(fmt.Errorf("not in the spelling in which it is written"))
	}
	return out, nil
}

func (s Statement) bytes() []byte {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // texts, bytes and times always marshal
	}
	return b
}

// next begins a statement that goes on after those of the list.
func (l List) next(kind, reason string, at time.Time) Statement {
	s := Statement{Format: statementFormat, Kind: kind, Seq: len(l.Statements) + 1, At: at.UTC(), Reason: reason}
	if n := len(l.Statements); n > 0 {
		s.Prev = l.Statements[n-1].Hash()
	}
	return s
}

// mark adds a signature.
func (s *Signed) mark(k sign.KeyHolder) error {
	sig, err := k.Sign(s.message())
	if err != nil {
		return err
	}
	s.Marks = append(s.Marks, Mark{sign.KeyID(k.Public()), sig})
	return nil
}

// marked tells whether a key signed.
func (s Signed) marked(id string, pub crypto.PublicKey) bool {
	return slices.ContainsFunc(s.Marks, func(m Mark) bool {
		return m.Key == id && sign.VerifyWith(pub, s.message(), m.Signature)
	})
}

func (s Signed) markedBy(k Key) bool {
	pub, err := k.Verifier()
	return err == nil && s.marked(k.ID, pub)
}

// signers are the keyholders who signed.
func (h *Holders) signers(s Signed) (names []string) {
	if h == nil {
		return nil
	}
	for _, x := range h.List {
		if s.marked(x.ID(), ed25519.PublicKey(x.Public)) {
			names = append(names, x.Name)
		}
	}
	return names
}

func (h *Holders) agreed(s Signed) bool { return h != nil && len(h.signers(s)) >= h.Quorum }

// Agreed are the keyholders who signed a statement.
func (l List) Agreed(s Signed) []string {
	x, err := s.Read()
	if err == nil && x.Holders != nil && x.Founded {
		return x.Holders.signers(s)
	}
	return l.Holders.signers(s)
}

// Apply takes in what the next statement says, when those signed it who may.
func (l *List) Apply(s Signed) error { return l.apply(s, false) }

// apply is Apply; own believes the node's own folder that its keys began anew.
func (l *List) apply(s Signed, own bool) error {
	x, err := s.Read()
	if err != nil {
		return err
	}
	want := l.next(x.Kind, x.Reason, x.At)
	if x.Seq != want.Seq || x.Prev != want.Prev {
		return ErrChain.With("statement", x.Seq).With("known", len(l.Statements))
	}
	if x.Reason == "" || x.At.IsZero() {
		return ErrStatement.Because(fmt.Errorf("statement %d has no reason or no time", x.Seq))
	}
	for _, k := range x.New {
		if err := k.sound(); err != nil {
			return err
		}
		if k.State != InForce || k.File != "" || k.Party != x.Party || !s.markedBy(k) {
			return ErrStatement.Because(fmt.Errorf("key %s did not sign that it begins", k.ID))
		}
	}
	if err := l.authorised(s, x, own); err != nil {
		return err
	}
	next := l.clone()
	if err := next.change(s, x); err != nil {
		return err
	}
	next.Statements = append(next.Statements, s)
	*l = next
	return nil
}

// authorised tells whether those signed who may say it: the keyholders
// together; or the key that ends; or the key for data of the same party or of
// the node.
func (l List) authorised(s Signed, x Statement, own bool) error {
	if l.Holders.agreed(s) {
		return nil
	}
	if x.Founded {
		switch {
		case l.Holders != nil || x.Holders == nil || x.Holders.check() != nil || !x.Holders.agreed(s):
			return ErrStatement.Because(fmt.Errorf("statement %d: the keyholders did not agree", x.Seq))
		case !own:
			return ErrFounded.With("statement", x.Seq)
		}
		return nil
	}
	var may []Key
	node, _ := l.InForce(Data, "")
	may = append(may, node)
	switch x.Kind {
	case Succession:
		if err := x.handedOver(s); err != nil {
			return err
		}
	case Enrolment:
		if l.Holders != nil {
			may = nil // whoever has the key for data must not choose the keyholders
		}
	case Handover, Retirement, Revocation:
		old, _ := l.Find(x.Old)
		party, _ := l.InForce(Data, old.Party)
		may = append(may, party)
		if old.State == InForce {
			may = append(may, old)
		}
		if old.Role == Data && old.Party == "" && x.State == Revoked && old.State == InForce {
			may = nil // a key that others have cannot say when they got it
		}
	}
	if slices.ContainsFunc(may, func(k Key) bool { return k.ID != "" && s.markedBy(k) }) {
		return nil
	}
	return ErrStatement.Because(fmt.Errorf("statement %d: nobody signed who may", x.Seq))
}

// change does what an authorised statement says.
func (l *List) change(s Signed, x Statement) error {
	switch x.Kind {
	case Succession:
		if err := l.replace(s, x); err != nil {
			return err
		}
	case Enrolment:
		if x.Holders == nil {
			return ErrStatement.Because(fmt.Errorf("statement %d names no keyholders", x.Seq))
		}
	case Joining:
		if x.Party == "" || len(x.New) == 0 || slices.Contains(l.Parties(), x.Party) {
			return ErrThere.With("party", x.Party)
		}
	case Handover, Retirement, Revocation:
		if err := l.end(x); err != nil {
			return err
		}
	default:
		return ErrStatement.Because(fmt.Errorf("kind %q", x.Kind))
	}
	if x.Holders != nil {
		if err := x.Holders.check(); err != nil {
			return err
		}
		l.Holders = x.Holders
	}
	for _, k := range x.New {
		if x.Kind == Handover && k.Role != x.Role {
			return ErrStatement.Because(fmt.Errorf("a key for %s follows one for %s", k.Role, x.Role))
		}
		if err := l.add(k); err != nil {
			return err
		}
	}
	return nil
}

// end ends a key.
func (l *List) end(x Statement) error {
	i := slices.IndexFunc(l.Keys, func(k Key) bool { return k.ID == x.Old })
	if i < 0 {
		return ErrStatement.Because(fmt.Errorf("no key %s", x.Old))
	}
	k := &l.Keys[i]
	fits := k.Role == x.Role && k.Party == x.Party && !x.Until.IsZero()
	switch x.Kind {
	case Handover:
		fits = fits && k.State == InForce && len(x.New) == 1 && (x.State == Retired || x.State == Revoked)
	case Retirement:
		fits = fits && k.State == InForce && len(x.New) == 0 && x.State == Retired && x.Party != ""
	case Revocation:
		fits = fits && k.State == Retired && len(x.New) == 0 && x.State == Revoked && !x.Until.After(k.Until)
	}
	if !fits {
		return ErrStatement.Because(fmt.Errorf("%s of key %s (%s)", x.Kind, x.Old, k.State))
	}
	k.State, k.Until, k.Reason = x.State, x.Until, x.Reason
	if len(x.New) == 1 {
		k.Next = x.New[0].ID
	}
	return nil
}

// Follow goes on from what is known through newer statements, which may come
// from anywhere: each is believed only when those signed it who may.
func (l List) Follow(newer []Signed) (List, error) {
	if len(newer) < len(l.Statements) {
		return l, ErrChain.With("statement", len(newer)).With("known", len(l.Statements))
	}
	for i, s := range l.Statements {
		if newer[i].Text != s.Text {
			return l, ErrChain.With("statement", i+1).With("known", len(l.Statements))
		}
	}
	out := l.clone()
	for _, s := range newer[len(l.Statements):] {
		if err := out.Apply(s); err != nil {
			return l, err
		}
	}
	return out, nil
}
