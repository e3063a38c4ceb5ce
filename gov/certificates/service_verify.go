package certificates

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"tongban/gov/certificates/codes"
	"tongban/gov/certificates/credential"
	"tongban/platform/fault"
	"tongban/platform/jws"
	"tongban/platform/ofd"
)

// ErrTooManyGuesses slows down whoever tries codes.
var ErrTooManyGuesses = fault.TooMany("certificates.too_many_guesses")

// Check says what became of the paper with a code, to anybody. from is the
// network address or the account that asks: too many codes that do not exist
// are answered with ErrTooManyGuesses.
func (s *Service) Check(ctx context.Context, code, from string) (Report, error) {
	if !s.guesses.Open(s.Clock.Now(), sender(from)) {
		return Report{}, ErrTooManyGuesses
	}
	r, err := loadInForce(ctx, s.DB, CleanCode(code))
	if err != nil { // no such code, an identifier, or not in force
		r, err = s.recorded(ctx, code)
	}
	if errors.Is(err, ErrNoPaper) {
		s.guesses.Miss(s.Clock.Now(), 1, sender(from))
	}
	if err != nil {
		return Report{}, err
	}
	f, err := s.standingOf(r)
	if err != nil {
		return Report{}, err
	}
	report := f.report(s.Clock.Now())
	return report, s.follow(ctx, &report, f)
}

// standingOf is found without the lists of the paper, and without checking the
// same bytes twice.
func (s *Service) standingOf(r record) (Found, error) {
	p, ok := s.seen.look(r)
	if !ok {
		var err error
		if p, err = s.proved(r, record.cover); err != nil {
			return Found{}, err
		}
		s.seen.keep(r, p)
	}
	if err := s.stands(r, p); err != nil {
		return Found{}, err
	}
	return s.agrees(r, p)
}

// report says what the record proves.
func (f Found) report(now time.Time) Report {
	r := Report{OK: f.Status == Valid, Genuine: true, DataSignatureOK: true, Online: true, KeyID: f.KeyID, CheckedAt: now, Paper: f.Summary()}
	r.standing(f)
	return r
}

// Denied is the report on a file that the record denies, because it has other
// data or no such paper: a good signature over what nobody issued is worth nothing.
func (r Report) Denied(why error) Report {
	r.Genuine, r.Status, r.Reason = false, "", ""
	r.refuse(why)
	return r
}

// standing fills in what the record says.
func (r *Report) standing(f Found) {
	r.Online, r.Status = true, f.Status
	if why := without[f.Status]; why != nil {
		r.Because, r.Basis, r.Since = f.Reason, f.Basis, f.Since.Time
		r.Reason = "" // what the record says weighs more than an expiry
		r.refuse(why)
	}
}

// fileCost is how many guesses a file counts for that is not genuine: looking
// into it costs more than looking up a code.
const fileCost = 3

// CheckFile checks a file that somebody brought, and asks the record what
// became of the paper.
func (s *Service) CheckFile(ctx context.Context, file []byte, from string) (Report, error) {
	now := s.Clock.Now()
	if !s.guesses.Open(now, sender(from)) {
		return Report{}, ErrTooManyGuesses
	}
	c := s.verifier().file(file, now)
	r := c.Report
	if other, found, err := s.elsewhere(ctx, file, r); found || err != nil {
		return other, err
	}
	if r.Reason == ErrNewerKey.Code {
		r.Reason = ErrUnknownKey.Code // no list of this node's keys is newer than its own
	}
	asks := c.paper != nil && r.witness && r.Reason == ErrWitness.Code // the record has the last word
	if c.paper == nil || !r.Genuine && !asks {
		s.guesses.Miss(now, fileCost, sender(from))
		return r, nil
	}
	f, err := s.recordOf(ctx, c)
	r.Online = true
	switch {
	case errors.Is(err, ErrNoPaper):
		return r.Denied(ErrNotRecorded), nil
	case errors.Is(err, ErrTampered):
		return r.Denied(ErrRecordDiffers), nil
	case errors.Is(err, ErrKeyRevoked) && asks:
		r.Reason = ErrKeyRevoked.Code
		return r, nil
	case err != nil:
		return r, err
	}
	if !c.same(f) {
		return r.Denied(ErrRecordDiffers), nil
	}
	if c.held != nil {
		r.Says = c.labelled(f.Paper)
	}
	if asks {
		r.Genuine, r.Reason = true, ""
		if r.Status == Expired {
			r.refuse(ErrExpired)
		}
		r.OK = r.Reason == ""
	}
	r.standing(f)
	return r, s.follow(ctx, &r, f)
}

// Recognised says by what a paper of another installation counts here.
type Recognised struct {
	Node   string    `json:"node"`             // id of the node in the trust list
	Name   string    `json:"name"`             // what the node is called
	Region string    `json:"region"`           // the region that it issues for
	Site   string    `json:"site"`             // where it is asked
	List   string    `json:"list,omitempty"`   // whose trust list names it; empty: the list kept here
	ListAt time.Time `json:"list_at,omitzero"` // when that list was signed
	Grade  string    `json:"grade"`            // trust grade of what it issues, A to D
	// Unanswered is why the status could not be asked just now: a code. The status
	// is as of Report.AsOf then, or not known at all.
	Unanswered string `json:"unanswered,omitempty"`
}

// PaperWarning is something that a careful reader would notice.
type PaperWarning struct {
	Code  string `json:"code"`            // lookalike, invisible, mixed, list_overdue
	Name  string `json:"name,omitempty"`  // the name that is odd
	Known string `json:"known,omitempty"` // the name that it looks like
}

// Opened is a file that was checked, with what is inside when its data are
// genuine.
type Opened struct {
	Report Report
	Whole  *Paper                 // nil: nothing genuine
	Digest string                 // of the signed data, as issuers state it; of a code its beginning
	Data   string                 // the signed data themselves; "" when the form has only some of them
	Held   *credential.Credential // of a form from a wallet
}

// Same tells whether an issuer speaks of the data that a file carries.
func (o Opened) Same(digest string) bool {
	return o.Digest != "" && len(digest) == 2*sha256.Size && strings.HasPrefix(digest, o.Digest)
}

// Open is File for whoever goes on working with the paper.
func (v *Verifier) Open(file []byte, now time.Time) Opened {
	c := v.file(file, now)
	o := Opened{Report: c.Report, Whole: c.paper, Digest: hex.EncodeToString(c.digest), Data: c.inside.Data, Held: c.held}
	if o.Data != "" {
		o.Digest = digestOf(o.Data)
	}
	return o
}

// ParsePaper reads data that were signed and checked before.
func ParsePaper(data string) (Paper, error) { return record{data: data}.paper() }

// digestOf names signed data without telling them.
func digestOf(data string) string {
	sum := sha256.Sum256([]byte(data))
	return hex.EncodeToString(sum[:])
}

// DataKey is the key that the data inside a file claim to be signed with; ""
// when there are none. Nothing is checked: it tells whom to ask.
func DataKey(file []byte) string {
	var e envelope
	var err error
	switch {
	case codes.Looks(file):
		return codes.Key(file)
	case credential.Looks(file):
		id, _ := credential.Key(file)
		return id
	case looksData(file):
		err = only(file, &e)
	case jws.Looks(file):
		var t *jws.Token
		if t, err = jws.Parse(file); err == nil {
			var said claims
			err = json.Unmarshal(t.Payload, &said)
			e = said.Paper
		}
	case ofd.Looks(file):
		e, err = enclosedOFD(file)
	default:
		e, err = enclosed(file)
	}
	if err != nil {
		return ""
	}
	return e.Key
}

// elsewhere looks for the node that issued a file which is not this node's own.
func (s *Service) elsewhere(ctx context.Context, file []byte, r Report) (Report, bool, error) {
	if s.Nodes == nil || r.Genuine {
		return r, false, nil
	}
	if key := DataKey(file); key != "" && !s.verifier().knows(key) {
		return s.Nodes.File(ctx, file, key)
	}
	return r, false, nil
}

// Question is what another installation asks about a paper: its code, or its
// number and who holds it.
type Question struct {
	Code   string `json:"code,omitempty"`
	Number string `json:"number,omitempty"`
	Holder string `json:"holder,omitempty"`
	Nonce  string `json:"nonce"` // comes back signed, so that no old answer passes for a new one
}

// Answer is what an issuer says of one paper of its own at one moment. It
// travels signed.
type Answer struct {
	Format string    `json:"format"`
	Nonce  string    `json:"nonce"`
	At     time.Time `json:"at"`
	Known  bool      `json:"known"`
	Digest string    `json:"digest,omitempty"` // SHA-256 of the signed data, hexadecimal
	Report *Report   `json:"report,omitempty"`
}

// AnswerType is what signed answers call themselves (header typ).
const AnswerType = "standing+jws"

// AnswerFormat names what is in them.
const AnswerFormat = "tongban-standing-v1"

// Answer answers another installation with a signed statement. Vain questions
// are counted as everywhere.
func (s *Service) Answer(ctx context.Context, q Question, from string) (string, error) {
	keys, err := s.keys("")
	if err != nil || keys.Forms == nil {
		return "", ErrNoRendering.Because(err)
	}
	out := Answer{Format: AnswerFormat, Nonce: q.Nonce, Known: true}
	var r Report
	if q.Code != "" {
		r, err = s.Check(ctx, q.Code, from)
	} else {
		r, err = s.CheckNumber(ctx, q.Number, strings.TrimSpace(q.Holder), from)
	}
	switch {
	case errors.Is(err, ErrNoPaper):
		out.Known = false
	case err != nil:
		return "", err
	default:
		row, err := s.recorded(ctx, r.Paper.Code)
		if err != nil {
			return "", err
		}
		out.Report, out.Digest = &r, digestOf(row.data)
	}
	out.At = s.Clock.Now()
	body, err := json.Marshal(out)
	if err != nil {
		return "", err
	}
	t, err := jws.Sign(body, keys.Forms.Data(), AnswerType)
	if err != nil {
		return "", err
	}
	return t.Compact(), nil
}

// Refuse notes why a paper cannot be relied on; the first reason stays.
func (r *Report) Refuse(err error) { r.refuse(err) }

// Follow takes over what the issuer said of a paper that is genuine. What is
// wrong with the file here stays the first reason.
func (r *Report) Follow(said Report) {
	r.Status, r.Because, r.Basis, r.Since = said.Status, said.Because, said.Basis, said.Since
	if said.OK {
		return
	}
	if r.Reason == ErrExpired.Code {
		r.Reason = "" // what the record says weighs more than an expiry
	}
	if r.OK = false; r.Reason == "" {
		r.Reason = said.Reason
	}
}
