package audit

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"tongban/platform/db"
	"tongban/platform/fault"
)

// Head is a tree head: how many acts of a region are sealed and under which root.
type Head struct {
	Region string    `json:"region"`
	Size   int64     `json:"size"`
	At     time.Time `json:"at"`
	Root   tlog.Hash `json:"root"`
	Note   string    `json:"note"` // the signed text
}

// text is the signed text: origin, size, root, time, one per line.
func (h Head) text(name string) string {
	return fmt.Sprintf("%s/audit/%s\n%d\n%s\n%s\n", name, h.Region, h.Size, h.Root, h.At.UTC().Format(time.RFC3339Nano))
}

func (h Head) sign(s note.Signer) (string, error) {
	msg, err := note.Sign(&note.Note{Text: h.text(s.Name())}, s)
	return string(msg), err
}

// Keys are all keys of a log whose key was replaced: whoever checks with a
// verifier that has a method "Now() note.Verifiers" is asked for them.
type Keys interface {
	note.Verifiers
	// May tells whether the key with a hash may have signed that checkpoint.
	May(hash uint32, region string, size int64, at time.Time) error
	// Notes are checkpoints that were kept when keys were replaced.
	Notes() []string
}

// settled asks a verifier once for the keys that there are now.
func settled(v note.Verifier) note.Verifier {
	if s, ok := v.(interface{ Now() note.Verifiers }); ok {
		if keys, ok := s.Now().(Keys); ok {
			return several{v, keys}
		}
	}
	return v
}

// several is a verifier with its former keys.
type several struct {
	note.Verifier
	keys Keys
}

// OpenHead checks the signature of a note and returns the head it vouches for.
func OpenHead(msg string, v note.Verifier) (Head, error) {
	v = settled(v)
	var known note.Verifiers = note.VerifierList(v)
	keys, former := v.(several)
	if former {
		known = keys.keys
	}
	n, err := note.Open([]byte(msg), known)
	if err != nil {
		return Head{}, fmt.Errorf("checkpoint signature: %w", err)
	}
	if exact(n) != msg {
		return Head{}, fmt.Errorf("checkpoint is not written as it was signed")
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 5 {
		return Head{}, fmt.Errorf("checkpoint has %d lines", len(lines))
	}
	h := Head{Note: msg}
	var ok bool
	if h.Region, ok = strings.CutPrefix(lines[0], v.Name()+"/audit/"); !ok {
		return Head{}, fmt.Errorf("checkpoint is about %q", lines[0])
	}
	if h.Size, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return Head{}, fmt.Errorf("checkpoint size: %w", err)
	}
	if h.Root, err = tlog.ParseHash(lines[2]); err != nil {
		return Head{}, fmt.Errorf("checkpoint root: %w", err)
	}
	if h.At, err = time.Parse(time.RFC3339Nano, lines[3]); err != nil {
		return Head{}, fmt.Errorf("checkpoint time: %w", err)
	}
	if h.text(v.Name()) != n.Text {
		return Head{}, fmt.Errorf("checkpoint is not in canonical form")
	}
	if former {
		if err := keys.keys.May(n.Sigs[0].Hash, h.Region, h.Size, h.At); err != nil {
			return Head{}, err
		}
	}
	return h, nil
}

// exact is the one way to write an opened note with one signature; bits that
// base64 ignores and further lines would otherwise be room for changes.
func exact(n *note.Note) string {
	sig := n.Sigs[0]
	raw, err := base64.StdEncoding.DecodeString(sig.Base64)
	if err != nil {
		return ""
	}
	return n.Text + "\n— " + sig.Name + " " + base64.StdEncoding.EncodeToString(raw) + "\n"
}

// parse reads a stored head without checking its signature.
func (h *Head) parse() error {
	lines := strings.SplitN(h.Note, "\n", 4)
	if len(lines) < 4 {
		return fmt.Errorf("checkpoint %s/%d is cut short", h.Region, h.Size)
	}
	var err error
	h.Root, err = tlog.ParseHash(lines[2])
	return err
}

func scanHead(r db.Row) (h Head, err error) {
	var at db.Time
	err = r.Scan(&h.Region, &h.Size, &at, &h.Note)
	h.At = at.Time
	return h, err
}

// last returns the newest head of a region; a region without one has size 0.
func last(ctx context.Context, r db.Reader, region string) (Head, error) {
	h, err := db.One(ctx, r, scanHead, `SELECT region, size, at, note FROM audit_checkpoint WHERE region = $1 ORDER BY size DESC LIMIT 1`, region)
	if fault.IsKind(err, fault.KindNotFound) {
		return Head{Region: region}, nil
	}
	return h, err
}

// Heads returns the newest head of every region; signatures are not checked.
func Heads(ctx context.Context, r db.Reader) ([]Head, error) {
	heads, err := db.All(ctx, r, scanHead, `SELECT c.region, c.size, c.at, c.note FROM audit_checkpoint c
		WHERE c.size = (SELECT max(m.size) FROM audit_checkpoint m WHERE m.region = c.region) ORDER BY c.region LIMIT 100000`)
	if err != nil {
		return nil, err
	}
	for i := range heads {
		if err := heads[i].parse(); err != nil {
			return nil, err
		}
	}
	return heads, nil
}
