package ofd

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"tongban/platform/ofd/ofdtest"
	"tongban/platform/sign"
)

func TestSign_validates(t *testing.T) {
	s, _ := signer(t)
	if n := ofdtest.Valid(t, sealed(t, s)); n != 8+4 { // two pages; the picture of the seal has four parts
		t.Errorf("%d parts were validated", n)
	}
}

// Somebody else's program opens our file, reads its text, rare characters
// included, and finds the seal good.
func TestSign_otherReader(t *testing.T) {
	s, _ := signer(t)
	file := sealed(t, s)
	said := ofdtest.Read(t, file, "ofd-sample")
	for _, want := range []string{rareName, "准予许可 <a&b>。", "2026年12月1日至2031年11月30日", "附页", "seal verified"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in what the reader says: %q", want, said)
		}
	}
}

// Files that people have vouch in an extension of the seal.
func TestVerify_vouchedInTheSeal(t *testing.T) {
	b, err := os.ReadFile("testdata/vouched-in-seal.ofd")
	if err != nil {
		t.Fatal(err)
	}
	root, err := os.ReadFile("testdata/vouched-in-seal.pem")
	if err != nil {
		t.Fatal(err)
	}
	r, err := Verify(b, sign.SealRoots(string(root)))
	if err != nil || !r.WholeDocument || string(r.Vouch) != "k:"+string(r.Digest[:4]) {
		t.Errorf("%+v %v", r, err)
	}
}

// What vouches for the files stands in the package, and cannot be put there, or
// taken away, without the seal.
func TestVerify_vouch(t *testing.T) {
	s, roots := signer(t)
	b := sealed(t, s)
	parts, err := unpack(b)
	if err != nil {
		t.Fatal(err)
	}
	without, other := []part{}, []part{}
	for _, p := range parts {
		if p.name != vouchFile {
			without, other = append(without, p), append(other, p)
			continue
		}
		other = append(other, part{vouchFile, bytes.Repeat([]byte("x"), len(p.data))})
	}
	if len(without) != len(parts)-1 {
		t.Fatal("nothing vouches")
	}
	for what, changed := range map[string][]part{"without": without, "another": other} {
		file, err := pack(changed)
		if err != nil {
			t.Fatal(err)
		}
		if r, err := Verify(file, roots); !errors.Is(err, sign.ErrTampered) || r.Vouch != nil {
			t.Errorf("%s: %+v %v", what, r, err)
		}
	}
	d, box := document(t)
	leaf, _ := s.SealCertificates()
	silent, err := Sign(d, Seal{ID: "44990100000001", Name: "示例机关（虚构）", Key: s.SM2(), Certificate: leaf, At: today, Box: box})
	if err != nil {
		t.Fatal(err)
	}
	if r, err := Verify(silent, roots); err != nil || r.Vouch != nil {
		t.Errorf("nothing vouches: %+v %v", r, err)
	}
	if parts, err = unpack(silent); err != nil {
		t.Fatal(err)
	}
	added, err := pack(append(parts, part{vouchFile, []byte("k")}))
	if err != nil {
		t.Fatal(err)
	}
	if r, err := Verify(added, roots); !errors.Is(err, sign.ErrTampered) || r.Vouch != nil {
		t.Errorf("added: %+v %v", r, err)
	}
}
