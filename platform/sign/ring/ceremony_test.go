package ring

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tongban/platform/sign"
)

// keyholders are people with keys of their own, in folders of their own.
func keyholders(t testing.TB, quorum int, names ...string) (*Holders, []sign.KeyHolder) {
	t.Helper()
	h, keys := &Holders{Quorum: quorum}, []sign.KeyHolder{}
	for _, n := range names {
		k := must[sign.KeyHolder](t)(sign.Files{Dir: t.TempDir()}.Key("holder", sign.Ed25519, true))
		h.List = append(h.List, NewHolder(n, k))
		keys = append(keys, k)
	}
	return h, keys
}

func lose(t *testing.T, r *Ring, role string) {
	t.Helper()
	k, _ := r.Known().InForce(role, "")
	if err := os.Remove(filepath.Join(r.o.Dir, k.File+".key")); err != nil {
		t.Fatal(err)
	}
}

// The key for data is gone: two of three keyholders put another in its place,
// the node starts, and whoever knew the keyholders can follow.
func TestCeremony_lostKey(t *testing.T) {
	r, c := openTest(t)
	holders, keys := keyholders(t, 2, "甲（虚构）", "乙（虚构）", "丙（虚构）")
	must[Signed](t)(r.Enrol(*holders, "设立保管人"))
	known := *r.Known()
	lose(t, r, Data)
	if _, err := Open(r.o); !errors.Is(err, sign.ErrNoKey) {
		t.Fatalf("without its key: %v", err)
	}
	c.Set(today.Add(time.Hour))
	desk := must[*Ring](t)(Look(r.o))
	p := must[Proposal](t)(desk.Propose(Ceremony{Order: Order{Role: Data, Reason: "硬盘损坏，没有备份"}}))
	for i, k := range keys[:2] {
		if err := desk.Finish(p); !errors.Is(err, ErrFew) {
			t.Fatalf("%d keyholders: %v", i, err)
		}
		if err := p.Sign(k); err != nil {
			t.Fatal(err)
		}
		if err := p.Sign(k); !errors.Is(err, ErrSigned) {
			t.Errorf("one keyholder twice: %v", err)
		}
	}
	b := must[[]byte](t)(json.Marshal(p))
	back, _, err := ParseProposal(b)
	if err != nil {
		t.Fatal(err)
	}
	if err := desk.Finish(back); err != nil {
		t.Fatal(err)
	}
	if err := desk.Finish(back); !errors.Is(err, ErrChain) {
		t.Errorf("twice: %v", err)
	}
	again := must[*Ring](t)(Open(r.o))
	followed := must[List](t)(known.Follow(again.Known().Statements))
	now, _ := followed.InForce(Data, "")
	if now.ID != again.Node().KeyID() {
		t.Error("who follows has another key than the node")
	}
	text := again.Known().Protocol(back.Signed)
	if !strings.Contains(text, "甲（虚构）") || strings.Contains(text, "丙（虚构）") || !strings.Contains(text, now.ID) {
		t.Errorf("protocol:\n%s", text)
	}
}

// A thief of the key for data can neither choose keyholders nor say himself when
// he got it; the keyholders end it, and what it signs afterwards counts nothing.
func TestCeremony_knownToOthers(t *testing.T) {
	r, c := openTest(t)
	holders, keys := keyholders(t, 2, "甲（虚构）", "乙（虚构）")
	must[Signed](t)(r.Enrol(*holders, "设立保管人"))
	mine, theirs := keyholders(t, 2, "贼甲（虚构）", "贼乙（虚构）")
	if _, err := r.Enrol(*mine, "换人"); !errors.Is(err, ErrStatement) {
		t.Errorf("the key for data chooses keyholders: %v", err)
	}
	old := r.Node()
	since := c.Now()
	c.Set(today.Add(48 * time.Hour))
	p := must[Proposal](t)(r.Propose(Ceremony{Order: Order{Role: Data, Reason: "私钥被复制", Record: []string{"node/audit/440000\n7\nx\n"}}, Since: since}))
	alone := p
	if err := errors.Join(alone.Sign(old.Data()), alone.Sign(theirs[0]), alone.Sign(theirs[1])); err != nil {
		t.Fatal(err)
	}
	if err := r.Finish(alone); !errors.Is(err, ErrStatement) {
		t.Errorf("the stolen key and strangers: %v", err)
	}
	if err := errors.Join(p.Sign(keys[0]), p.Sign(keys[1]), r.Finish(p)); err != nil {
		t.Fatal(err)
	}
	k, _ := r.Known().Find(old.KeyID())
	if k.State != Revoked || !k.Until.Equal(since) {
		t.Errorf("%+v", k)
	}
	l := r.Known().clone()
	s := l.next(Joining, "冒名", c.Now())
	s.Party = "officeX"
	signed := Signed{Text: string(s.bytes())}
	if err := signed.mark(old.Data()); err != nil {
		t.Fatal(err)
	}
	if err := l.Apply(signed); !errors.Is(err, ErrStatement) {
		t.Errorf("a statement by the stolen key: %v", err)
	}
	keysOfRecord := r.Record().(recordVerifier).Now().(recordKeys)
	hash := old.NoteVerifier().KeyHash()
	if err := keysOfRecord.May(hash, "440000", 7, c.Now()); err != nil {
		t.Errorf("what the keyholders vouch for: %v", err)
	}
	for region, size := range map[string]int64{"440000": 8, "449901": 1} {
		if err := keysOfRecord.May(hash, region, size, since); !errors.Is(err, ErrCheckpointKey) {
			t.Errorf("a checkpoint of %s over %d acts: %v", region, size, err)
		}
	}
}

// Nobody was enrolled when the key got lost: the node can begin anew, but nobody
// is led on to it from an old list.
func TestCeremony_nobodyEnrolled(t *testing.T) {
	r, _ := openTest(t)
	known := *r.Known()
	first := known.Keys[0]
	lose(t, r, Data)
	desk := must[*Ring](t)(Look(r.o))
	if err := desk.Remember(first); err != nil {
		t.Fatal(err)
	}
	if _, err := desk.Propose(Ceremony{Order: Order{Role: Data, Reason: "遗失"}}); !errors.Is(err, ErrStatement) {
		t.Errorf("without keyholders: %v", err)
	}
	holders, keys := keyholders(t, 2, "甲（虚构）", "乙（虚构）")
	p := must[Proposal](t)(desk.Propose(Ceremony{Order: Order{Role: Data, Reason: "遗失"}, Holders: holders}))
	if err := errors.Join(p.Sign(keys[0]), p.Sign(keys[1]), desk.Finish(p)); err != nil {
		t.Fatal(err)
	}
	again := must[*Ring](t)(Open(r.o))
	if k, _ := again.Known().Find(first.ID); k.State != Retired || again.Known().Holders == nil {
		t.Errorf("%+v", k)
	}
	if _, err := known.Follow(again.Known().Statements); !errors.Is(err, ErrFounded) {
		t.Errorf("followed: %v", err)
	}
}

func FuzzProposal(f *testing.F) {
	f.Add([]byte(`{"statement":"{}","signatures":[],"file":"x"}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, x, err := ParseProposal(b); err == nil && string(x.bytes()) != p.Text {
			t.Errorf("read otherwise than written: %s", p.Text)
		}
	})
}
