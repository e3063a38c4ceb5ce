package keys

import (
	"errors"
	"testing"
	"time"

	"tongban/platform/clock"
	"tongban/platform/sign"
	"tongban/platform/sign/ring"
)

const site = "https://zwfw.tongban.example"

var today = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func open(t testing.TB) (*ring.Ring, *Ring, *clock.Fake) {
	t.Helper()
	c := clock.NewFake(today)
	r, err := ring.Open(sign.Options{Dir: t.TempDir(), Name: "node", CommonName: "示例节点", Clock: c})
	if err != nil {
		t.Fatal(err)
	}
	return r, NewRing(r, site, Trust{}, c), c
}

func wants(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

// Every office signs for itself alone, and the node no more for an office that
// has keys of its own; before that it did.
func TestStands_officeForAnother(t *testing.T) {
	r, k, c := open(t)
	node := r.Node().KeyID()
	c.Set(today.Add(time.Hour))
	for _, office := range []string{"officeA", "officeB"} {
		if _, err := r.Join(office, office+"（虚构）", "单独设立签发密钥"); err != nil {
			t.Fatal(err)
		}
	}
	x, later := IndexOf(*k.Trust()), c.Now().Add(time.Hour)
	a, err := k.Keys("officeA")
	if err != nil || a.KeyID() == node {
		t.Fatal(err)
	}
	wants(t, "A for A", x.Stands(a.KeyID(), "officeA", later), nil)
	wants(t, "A for B", x.Stands(a.KeyID(), "officeB", later), ErrOtherOffice)
	wants(t, "A for an office without keys", x.Stands(a.KeyID(), "officeC", later), ErrOtherOffice)
	wants(t, "the node for A, from now on", x.Stands(node, "officeA", later), ErrOtherOffice)
	wants(t, "the node for A, before", x.Stands(node, "officeA", today), nil)
	wants(t, "the node for an office without keys", x.Stands(node, "officeC", later), nil)
	wants(t, "nobody's key", x.Stands("0000000000000000", "officeA", later), ErrUnknownKey)
	for _, role := range []sign.KeyHolder{a.Paper(), a.SM2()} {
		wants(t, "the seal of A for B", x.Stands(sign.KeyID(role.Public()), "officeB", later), ErrOtherOffice)
	}
	if _, err := r.Retire(ring.Order{Party: "officeA", Reason: "机构撤销"}); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Keys("officeA"); !errors.Is(err, ring.ErrParty) {
		t.Errorf("an office that is gone: %v", err)
	}
	x = IndexOf(*k.Trust())
	wants(t, "A before its end", x.Stands(a.KeyID(), "officeA", c.Now()), nil)
	wants(t, "A after its end", x.Stands(a.KeyID(), "officeA", later), ErrKeyEnded)
}

// A key that others got to know: nothing later counts, and what is from before
// is for the record to say.
func TestStands_knownToOthers(t *testing.T) {
	r, k, c := open(t)
	old := r.Node().KeyID()
	c.Set(today.Add(24 * time.Hour))
	if _, err := r.Rotate(ring.Order{Role: ring.Data, Reason: "年度更换"}); err != nil {
		t.Fatal(err)
	}
	since := today.Add(6 * time.Hour)
	if _, err := r.Revoke(old, since, "旧私钥的备份遗失", nil); err != nil {
		t.Fatal(err)
	}
	x := IndexOf(*k.Trust())
	wants(t, "before", x.Stands(old, "o", since.Add(-time.Hour)), ErrWitness)
	wants(t, "after", x.Stands(old, "o", since.Add(time.Hour)), ErrKeyRevoked)
	wants(t, "the next one", x.Stands(r.Node().KeyID(), "o", c.Now()), nil)
	if again, err := ParseTrust(k.Trust().JSON()); err != nil || IndexOf(again).Stands(old, "o", since.Add(time.Hour)) == nil {
		t.Errorf("as published: %v", err)
	}
}

// Lists with keys that are none, that look like another, or with an end that is
// missing are no lists.
func TestParseTrust_badKeys(t *testing.T) {
	_, k, _ := open(t)
	good := *k.Trust()
	edit := func(f func(l *Trust)) []byte {
		l := good
		l.Keys = append([]TrustKey{}, good.Keys...)
		f(&l)
		return l.JSON()
	}
	other, _, _ := open(t)
	for name, b := range map[string][]byte{
		"another key under the id": edit(func(l *Trust) { l.Keys[0].Public = other.Node().PublicKey() }),
		"an id twice":              edit(func(l *Trust) { x := l.Keys[0]; x.Public = other.Node().PublicKey(); l.Keys = append(l.Keys, x) }),
		"ended without an end":     edit(func(l *Trust) { l.Keys[0].State = ring.Retired }),
		"a state that is none":     edit(func(l *Trust) { l.Keys[0].State = "sleeping"; l.Keys[0].Until = today }),
		"cut":                      good.JSON()[:200],
		"a short key":              edit(func(l *Trust) { l.Keys[0].Public = l.Keys[0].Public[:31] }),
	} {
		if _, err := ParseTrust(b); !errors.Is(err, ErrTrust) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ParseTrust(good.JSON()); err != nil {
		t.Error(err)
	}
}

func FuzzParseTrust(f *testing.F) {
	r, k, _ := open(f)
	if _, err := r.Rotate(ring.Order{Role: ring.Seal, Reason: "更换"}); err != nil {
		f.Fatal(err)
	}
	f.Add(k.Trust().JSON())
	f.Add([]byte(`{"format":"tongban-trust-v1","keys":[{}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := ParseTrust(b)
		if err != nil {
			return
		}
		IndexOf(l).Stands("x", "y", today)
		if _, err := (*k.Trust()).Follow(l); err == nil && len(l.Statements) > 1 {
			t.Errorf("followed %d statements", len(l.Statements))
		}
		l.JWKS()
	})
}
