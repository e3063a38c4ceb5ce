package ring

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tongban/platform/clock"
	"tongban/platform/sign"
)

var today = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func options(dir string, c clock.Clock) sign.Options {
	return sign.Options{Dir: dir, Name: "node", CommonName: "示例节点", Clock: c}
}

func openTest(t testing.TB) (*Ring, *clock.Fake) {
	t.Helper()
	c := clock.NewFake(today)
	r, err := Open(options(t.TempDir(), c))
	if err != nil {
		t.Fatal(err)
	}
	return r, c
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// A folder of the release before has keys and no register; it opens as it is,
// and nothing is written until something is said about a key.
func TestOpen_folderWithoutRegister(t *testing.T) {
	c, dir := clock.NewFake(today), t.TempDir()
	before := must[*sign.Signer](t)(sign.Open(options(dir, c)))
	files := func() string { return strings.Join(must[[]string](t)(filepath.Glob(filepath.Join(dir, "*"))), " ") }
	names := files()
	r := must[*Ring](t)(Open(options(dir, c)))
	if r.Node().KeyID() != before.KeyID() || len(r.Known().Keys) != 4 || files() != names {
		t.Fatalf("%d keys, files %s", len(r.Known().Keys), files())
	}
	must[Signed](t)(r.Rotate(Order{Role: Data, Reason: "演练"}))
	again := must[*Ring](t)(Open(options(dir, c)))
	if k, _ := again.Known().Find(before.KeyID()); k.State != Retired || again.Node().KeyID() == before.KeyID() || k.Next != again.Node().KeyID() {
		t.Errorf("the first key is %+v", k)
	}
}

func TestRotate_everyRole(t *testing.T) {
	r, c := openTest(t)
	other := must[*Ring](t)(Open(r.o)) // a server beside it
	published := *r.Known()
	for i, role := range Roles {
		c.Set(today.Add(time.Duration(i+1) * time.Hour))
		old, _ := r.Known().InForce(role, "")
		must[Signed](t)(r.Rotate(Order{Role: role, Reason: "年度更换"}))
		now, ok := other.Known().InForce(role, "")
		was, _ := other.Known().Find(old.ID)
		if !ok || now.ID == old.ID || was.Next != now.ID || !was.Until.Equal(c.Now().Add(Lead)) {
			t.Errorf("%s: %+v then %+v", role, was, now)
		}
	}
	s := other.Node()
	for role, k := range map[string]sign.KeyHolder{Data: s.Data(), Paper: s.Paper(), Token: s.Token(), Seal: s.SM2()} {
		if now, _ := r.Known().InForce(role, ""); sign.KeyID(k.Public()) != now.ID {
			t.Errorf("the server beside signs %s with %s", role, sign.KeyID(k.Public()))
		}
	}
	followed := must[List](t)(published.Follow(r.Known().Statements))
	if len(followed.Keys) != 8 || len(followed.Statements) != 4 {
		t.Errorf("followed to %d keys", len(followed.Keys))
	}
	if _, err := followed.Follow(r.Known().Statements[:2]); !errors.Is(err, ErrChain) {
		t.Errorf("a shorter list: %v", err)
	}
}

// Nobody can be led on by statements that are changed, left out, put elsewhere
// or signed by somebody else.
func TestFollow_refuses(t *testing.T) {
	r, c := openTest(t)
	base := *r.Known()
	for range 3 {
		c.Set(c.Now().Add(time.Hour))
		must[Signed](t)(r.Rotate(Order{Role: Data, Reason: "更换"}))
	}
	good := r.Known().Statements
	thief, _ := openTest(t)
	must[Signed](t)(thief.Rotate(Order{Role: Data, Reason: "更换"}))
	edit := func(f func(s *Statement)) []Signed {
		x, _ := good[0].Read()
		f(&x)
		return []Signed{{Text: string(x.bytes()), Marks: good[0].Marks}}
	}
	unsigned := Signed{Text: good[0].Text, Marks: good[0].Marks[:1]} // by the old key alone: the new one did not prove itself
	announced := Signed{Text: good[0].Text, Marks: good[0].Marks[1:]}
	for name, x := range map[string]struct {
		list []Signed
		want error
	}{
		"left out":               {[]Signed{good[0], good[2]}, ErrChain},
		"turned round":           {[]Signed{good[1], good[0]}, ErrChain},
		"a stranger's":           {thief.Known().Statements, ErrStatement},
		"twice":                  {[]Signed{good[0], good[0]}, ErrChain},
		"another reason":         {edit(func(s *Statement) { s.Reason = "别的" }), ErrStatement},
		"another key":            {edit(func(s *Statement) { s.New[0] = thief.Known().Keys[0] }), ErrStatement},
		"key under another id":   {edit(func(s *Statement) { s.New[0].ID = "0000000000000000" }), ErrLookAlike},
		"without the new key":    {[]Signed{unsigned}, ErrStatement},
		"without the old key":    {[]Signed{announced}, ErrStatement},
		"cut":                    {[]Signed{{Text: good[0].Text[:100], Marks: good[0].Marks}}, ErrStatement},
		"other spelling":         {[]Signed{{Text: " " + good[0].Text, Marks: good[0].Marks}}, ErrStatement},
		"no time":                {edit(func(s *Statement) { s.At = time.Time{} }), ErrStatement},
		"a kind that is unknown": {edit(func(s *Statement) { s.Kind = "gift" }), ErrStatement},
	} {
		if _, err := base.Follow(x.list); !errors.Is(err, x.want) {
			t.Errorf("%s: %v, want %v", name, err, x.want)
		}
	}
}

func TestJoin_ownKeys(t *testing.T) {
	r, _ := openTest(t)
	node := must[*sign.Signer](t)(r.Signer("officeA"))
	if node.KeyID() != r.Node().KeyID() {
		t.Error("an office without keys is not signed for by the node")
	}
	must[Signed](t)(r.Join("officeA", "示例甲局（虚构）", "单独设立签发密钥"))
	a, again := must[*sign.Signer](t)(r.Signer("officeA")), must[*sign.Signer](t)(r.Signer("officeA"))
	if a != again || a.KeyID() == node.KeyID() || a.Certificate().Subject.CommonName != "示例甲局（虚构）" || a.Token() != nil {
		t.Errorf("keys of the office: %s", a.KeyID())
	}
	if b := must[*sign.Signer](t)(r.Signer("officeB")); b.KeyID() != node.KeyID() {
		t.Error("office B signs with the key of office A")
	}
	if _, err := r.Join("officeA", "示例甲局（虚构）", "再来一次"); !errors.Is(err, ErrThere) {
		t.Errorf("twice: %v", err)
	}
	must[Signed](t)(r.Rotate(Order{Role: Data, Party: "officeA", Reason: "更换"}))
	if next := must[*sign.Signer](t)(r.Signer("officeA")); next.KeyID() == a.KeyID() || next.Certificate().Subject.CommonName != "示例甲局（虚构）" {
		t.Error("the key of the office was not replaced")
	}
	must[[]Signed](t)(r.Retire(Order{Party: "officeA", Reason: "机构撤销"}))
	if _, err := r.Signer("officeA"); !errors.Is(err, ErrParty) {
		t.Errorf("an office whose keys ended: %v", err)
	}
}

// Keys of a party cannot speak for another one, nor for the node.
func TestApply_partyForAnother(t *testing.T) {
	r, c := openTest(t)
	must[Signed](t)(r.Join("officeA", "甲", "单独设立"))
	must[Signed](t)(r.Join("officeB", "乙", "单独设立"))
	a := must[*sign.Signer](t)(r.Signer("officeA"))
	for _, party := range []string{"officeB", ""} {
		l := r.Known().clone()
		old, _ := l.InForce(Data, party)
		s := l.next(Handover, "顶替", c.Now())
		k, h, err := r.begin(l, Data, party, "")
		if err != nil {
			t.Fatal(err)
		}
		k.File = ""
		s.Role, s.Party, s.Old, s.State, s.Until, s.New = Data, party, old.ID, Retired, c.Now(), []Key{k}
		out := Signed{Text: string(s.bytes())}
		if err := errors.Join(out.mark(a.Data()), out.mark(h)); err != nil {
			t.Fatal(err)
		}
		if err := l.Apply(out); !errors.Is(err, ErrStatement) {
			t.Errorf("for %q: %v", party, err)
		}
	}
}

func TestRegister_damaged(t *testing.T) {
	r, _ := openTest(t)
	must[Signed](t)(r.Rotate(Order{Role: Paper, Reason: "更换"}))
	path := filepath.Join(r.o.Dir, registerFile)
	good := must[[]byte](t)(os.ReadFile(path))
	var reg register
	if err := json.Unmarshal(good, &reg); err != nil {
		t.Fatal(err)
	}
	dropped := reg
	dropped.Statements = nil
	doubled := reg
	doubled.First = append(doubled.First, doubled.First[0])
	for name, b := range map[string][]byte{"empty": nil, "cut": good[:len(good)/2], "other format": []byte(`{"format":"x"}`),
		"a key twice": must[[]byte](t)(json.Marshal(doubled)), "changed": []byte(strings.Replace(string(good), "更换", "换更", 1))} {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(r.o); !errors.Is(err, ErrRegister) {
			t.Errorf("%s: %v", name, err)
		}
		if s := r.Node(); s == nil { // a running server goes on with what it knows
			t.Errorf("%s: the running server has no keys", name)
		}
	}
	// A register without its statement is that of the time before; the key that
	// it names is there, so it opens: who took the statement away holds the keys.
	if err := os.WriteFile(path, must[[]byte](t)(json.Marshal(dropped)), 0o600); err != nil {
		t.Fatal(err)
	}
	must[*Ring](t)(Open(r.o))
}

func FuzzSigned(f *testing.F) {
	r, _ := openTest(f)
	s, err := r.Rotate(Order{Role: Data, Reason: "更换"})
	if err != nil {
		f.Fatal(err)
	}
	base, _, err := parseRegister(must[[]byte](f)(os.ReadFile(r.path())))
	if err != nil {
		f.Fatal(err)
	}
	_ = base
	f.Add([]byte(s.Text), s.Marks[0].Signature)
	f.Add([]byte(`{}`), []byte{})
	f.Fuzz(func(t *testing.T, text, sig []byte) {
		l := List{Keys: r.view.Load().reg.First}
		x := Signed{Text: string(text), Marks: append([]Mark{{Key: s.Marks[0].Key, Signature: sig}}, s.Marks[1:]...)}
		if err := l.Apply(x); err == nil && string(text) != s.Text {
			t.Errorf("a statement that nobody made is believed: %s", text)
		}
	})
}

func FuzzRegister(f *testing.F) {
	r, _ := openTest(f)
	must[Signed](f)(r.Rotate(Order{Role: Seal, Reason: "更换"}))
	f.Add(must[[]byte](f)(os.ReadFile(r.path())))
	f.Add([]byte(`{"format":"tongban-key-register-v1","first":[{}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if l, _, err := parseRegister(b); err == nil {
			for _, k := range l.Keys {
				if k.sound() != nil {
					t.Errorf("a key that is none: %+v", k)
				}
			}
		}
	})
}

// Two processes that replace keys at once wait for one another: nothing that
// either said is lost.
func TestRotate_twoProcesses(t *testing.T) {
	r, _ := openTest(t)
	var wg sync.WaitGroup
	failed := make(chan error, 12)
	for n := range 2 {
		other := must[*Ring](t)(Open(r.o))
		wg.Go(func() {
			for range 6 {
				if _, err := other.Rotate(Order{Role: []string{Token, Paper}[n], Reason: "更换"}); err != nil {
					failed <- err
				}
			}
		})
	}
	wg.Wait()
	close(failed)
	for err := range failed {
		t.Error(err)
	}
	if n := len(must[*Ring](t)(Open(r.o)).Known().Statements); n != 12 {
		t.Errorf("%d statements, want 12", n)
	}
}
