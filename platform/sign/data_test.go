package sign

import (
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
)

func TestSign_purposes(t *testing.T) {
	dir := t.TempDir()
	s, other := openTest(t, dir, "node", today), openTest(t, dir, "other", today)
	msg := []byte("收到 3 份材料")
	plain, err := s.Sign(msg)
	if err != nil {
		t.Fatal(err)
	}
	receipt, err := s.SignFor("receipt", msg)
	if err != nil {
		t.Fatal(err)
	}
	pub := s.PublicKey()
	for name, c := range map[string]struct{ got, want bool }{
		"plain":            {Verify(pub, msg, plain), true},
		"receipt":          {VerifyFor(pub, "receipt", msg, receipt), true},
		"other message":    {Verify(pub, msg[1:], plain), false},
		"other purpose":    {VerifyFor(pub, "order", msg, receipt), false},
		"purpose for none": {Verify(pub, msg, receipt), false},
		"none for purpose": {VerifyFor(pub, "receipt", msg, plain), false},
		"other key":        {Verify(other.PublicKey(), msg, plain), false},
		"purpose moved":    {VerifyFor(pub, "rec", append([]byte("eipt\x00"), msg...), receipt), false},
		"no key":           {Verify(nil, msg, plain), false},
		"no signature":     {Verify(pub, msg, Signature{KeyID: s.KeyID()}), false},
	} {
		if c.got != c.want {
			t.Errorf("%s: verify says %v", name, c.got)
		}
	}
	if _, err := s.SignFor("a\x00b", msg); err == nil {
		t.Error("a purpose with a zero byte is accepted")
	}
}

func TestParseSignature(t *testing.T) {
	s := openTest(t, t.TempDir(), "node", today)
	sig, err := s.Sign([]byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	text := sig.String()
	back, err := ParseSignature(text)
	if err != nil || !Verify(s.PublicKey(), []byte("x"), back) {
		t.Fatal(text, err)
	}
	for _, bad := range []string{"", "ed25519:a", text + "A", text + "\n", text[:len(text)-1], "rsa" + text[7:], strings.Replace(text, ":", "=", 1)} {
		if _, err := ParseSignature(bad); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
	for i := range text { // the same bytes in another spelling, or others
		b := []byte(text)
		b[i] ^= 1
		if p, err := ParseSignature(string(b)); err == nil && Verify(s.PublicKey(), []byte("x"), p) {
			t.Errorf("character %d changed: accepted", i)
		}
	}
}

// The note format must be read by the library that defined it, with the
// published key alone.
func TestSignNote_compatible(t *testing.T) {
	s := openTest(t, t.TempDir(), "example.tongban-log", today)
	signed, err := s.SignNote("tongban.example/log\n42\nqUFB4KEQ0ZKGQyvOIkXWSdbcdKFy0jFLBGKbYOUSJMA=\n")
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(s.VerifierKey())
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open(signed, note.VerifierList(v))
	if err != nil || len(n.Sigs) != 1 || n.Sigs[0].Name != "example.tongban-log" {
		t.Fatalf("%+v, %v", n, err)
	}
	if _, err := note.Open(signed, note.VerifierList(s.NoteVerifier())); err != nil {
		t.Error(err)
	}
	signed[20] ^= 1
	if _, err := note.Open(signed, note.VerifierList(v)); err == nil {
		t.Error("a changed note is accepted")
	}
	if _, err := s.SignNote("no line end"); err == nil {
		t.Error("a text without line end is signed")
	}
}
