package ring

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tongban/platform/sign"
)

func optionsOf(s *sign.Signer) x509.VerifyOptions {
	return x509.VerifyOptions{Roots: s.Roots(), CurrentTime: s.Certificate().NotBefore.Add(time.Hour), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}
}

func pemBytes(t *testing.T, b []byte) []byte {
	t.Helper()
	p, _ := pem.Decode(b)
	if p == nil {
		t.Fatal("no PEM")
	}
	return p.Bytes
}

// Both authorities are replaced: certificates come from the new ones at once,
// also those of an office, and whoever knew the old ones comes to the new ones.
func TestRotate_authorities(t *testing.T) {
	r, c := openTest(t)
	must[Signed](t)(r.Join("officeA", "甲局（虚构）", "自有密钥"))
	known, old := *r.Known(), r.Node()
	_, oldSeal := old.SealCertificates()
	c.Set(today.Add(time.Hour))
	for n, role := range Authorities {
		s := must[Signed](t)(r.Rotate(Order{Role: role, Reason: "到期前更换"}))
		if x, err := s.Read(); err != nil || x.Kind != Succession || len(s.Marks) != 3 || len(r.Known().Authorities) != 2*(n+1) {
			t.Fatalf("%s: %+v %v", role, x, err)
		}
	}
	again := must[*Ring](t)(Open(r.o))
	for name, s := range map[string]*sign.Signer{"node": r.Node(), "after a start": again.Node(), "office": must[*sign.Signer](t)(again.Signer("officeA"))} {
		_, root := s.SealCertificates()
		leaf, _ := s.SealCertificates()
		if bytes.Equal(s.RootPEM(), old.RootPEM()) || bytes.Equal(root.Raw, oldSeal.Raw) || !leaf.SignedBy(root) {
			t.Errorf("%s has certificates of a former authority", name)
		}
		if _, err := s.Certificate().Verify(optionsOf(s)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if again.Node().KeyID() != old.KeyID() || sign.KeyID(again.Node().Paper().Public()) != sign.KeyID(old.Paper().Public()) {
		t.Error("other keys were replaced as well")
	}
	followed := must[List](t)(known.Follow(again.Known().Statements))
	a, ok := followed.Issuing(CA)
	if !ok || !bytes.Equal(a.Certificate, pemBytes(t, again.Node().RootPEM())) {
		t.Errorf("who follows has another authority: %+v", a)
	}
	all, err := again.Authorities()
	if err != nil || len(all) != 4 || all[0].State != Retired || all[0].Next != a.ID {
		t.Errorf("%+v %v", all, err)
	}
	if s := must[Signed](t)(r.Rotate(Order{Role: CA, Reason: "再换"})); len(s.Marks) != 3 {
		t.Error("a second time")
	}
}

// A succession that the old authority, the node or the new authority did not
// sign, or that begins elsewhere, is not believed.
func TestApply_successionForged(t *testing.T) {
	r, c := openTest(t)
	known := *r.Known()
	c.Set(today.Add(time.Hour))
	s := must[Signed](t)(r.Rotate(Order{Role: CA, Reason: "更换"}))
	for i := range s.Marks {
		less := Signed{Text: s.Text, Marks: append(append([]Mark{}, s.Marks[:i]...), s.Marks[i+1:]...)}
		l := known.clone()
		if err := l.Apply(less); !errors.Is(err, ErrStatement) {
			t.Errorf("without signature %d: %v", i, err)
		}
	}
	other, _ := openTest(t)
	theirs := must[Signed](t)(other.Rotate(Order{Role: CA, Reason: "更换"}))
	l := known.clone()
	if err := l.Apply(theirs); !errors.Is(err, ErrStatement) {
		t.Errorf("of another node: %v", err)
	}
	x, err := s.Read()
	if err != nil {
		t.Fatal(err)
	}
	list := *r.Known()
	forged := list.next(Succession, "再换", c.Now())
	forged.Role, forged.Old, forged.State, forged.Until, forged.Roots = CA, x.Old, Retired, c.Now(), x.Roots
	signed := Signed{Text: string(forged.bytes())}
	ca := must[sign.KeyHolder](t)(r.vault().Key("ca", sign.ECDSAP256, false))
	next := must[sign.KeyHolder](t)(r.vault().Key("ca-1", sign.ECDSAP256, false))
	for _, k := range []sign.KeyHolder{ca, next, r.Node().Data()} {
		if err := signed.mark(k); err != nil {
			t.Fatal(err)
		}
	}
	if err := list.Apply(signed); err == nil {
		t.Error("an authority that ended gives its place away once more")
	}
}

// The key of the authority is gone: keyholders put another in its place.
func TestCeremony_authorityLost(t *testing.T) {
	r, c := openTest(t)
	holders, keys := keyholders(t, 2, "甲（虚构）", "乙（虚构）")
	must[Signed](t)(r.Enrol(*holders, "设立保管人"))
	known := *r.Known()
	if err := os.Remove(filepath.Join(r.o.Dir, "ca.key")); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Rotate(Order{Role: CA, Reason: "更换"}); !errors.Is(err, sign.ErrNoKey) {
		t.Errorf("without its key: %v", err)
	}
	c.Set(today.Add(time.Hour))
	desk := must[*Ring](t)(Look(r.o))
	p := must[Proposal](t)(desk.Propose(Ceremony{Order: Order{Role: CA, Reason: "私钥丢失"}}))
	if err := desk.Finish(p); !errors.Is(err, ErrStatement) {
		t.Errorf("nobody agreed: %v", err)
	}
	back, _, err := ParseProposal(must[[]byte](t)(json.Marshal(p)))
	if err := errors.Join(err, back.Sign(keys[0]), back.Sign(keys[1])); err != nil {
		t.Fatal(err)
	}
	if err := desk.Finish(back); err != nil {
		t.Fatal(err)
	}
	again := must[*Ring](t)(Open(r.o))
	followed := must[List](t)(known.Follow(again.Known().Statements))
	if a, _ := followed.Issuing(CA); !bytes.Equal(a.Certificate, pemBytes(t, again.Node().RootPEM())) {
		t.Error("who follows has another authority than the node")
	}
}
