package sign

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"tongban/platform/clock"
)

func TestOpen_keepsKeys(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	a, b := openTest(t, dir, "node", today), openTest(t, dir, "node", today.AddDate(0, 6, 0))
	if a.KeyID() != b.KeyID() || !a.Certificate().Equal(b.Certificate()) || !bytes.Equal(a.RootPEM(), b.RootPEM()) {
		t.Error("the second start has other keys than the first")
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Name())
		info, err := f.Info()
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(f.Name(), ".key") && info.Mode().Perm() != 0o600 && runtime.GOOS != "windows" {
			t.Errorf("%s has mode %v", f.Name(), info.Mode())
		}
	}
	if got := strings.Join(names, " "); got != "ca.key ca.pem ca.sm2.key ca.sm2.pem node.data.key node.paper.key node.pem node.sm2.key node.sm2.pem node.token.key" {
		t.Errorf("files %s", got)
	}
	if c := openTest(t, dir, "other", today); c.KeyID() == a.KeyID() || !bytes.Equal(c.RootPEM(), a.RootPEM()) {
		t.Error("another name must have other keys under the same authority")
	}
}

func TestOpen_sealed(t *testing.T) {
	dir := t.TempDir()
	o := Options{Dir: dir, Name: "node", Passphrase: "correct horse", Clock: clock.NewFake(today)}
	a, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{"ca.key", "ca.sm2.key", "node.data.key", "node.paper.key", "node.sm2.key", "node.token.key"} {
		b, err := os.ReadFile(filepath.Join(dir, f))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte("PRIVATE KEY")) || !bytes.Contains(b, []byte(sealedFormat)) {
			t.Errorf("%s is not sealed", f)
		}
	}
	if open := Unsealed(dir); len(open) != 0 {
		t.Errorf("said not to be sealed: %v", open)
	}
	plain := t.TempDir()
	if _, err := Open(Options{Dir: plain, Name: "node", Clock: o.Clock}); err != nil || len(Unsealed(plain)) != 6 {
		t.Errorf("without a passphrase %v are open: %v", Unsealed(plain), err)
	}
	b, err := Open(o)
	if err != nil || a.KeyID() != b.KeyID() {
		t.Fatal("cannot open again", err)
	}
	for _, wrong := range []string{"", "wrong horse"} {
		o.Passphrase = wrong
		_, err := Open(o)
		wantCode(t, err, ErrKeySealed)
	}
	// One key's file in the place of another's.
	o.Passphrase = "correct horse"
	ca, err := os.ReadFile(filepath.Join(dir, "ca.key"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "node.paper.key"), ca, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Open(o)
	wantCode(t, err, ErrKeySealed)
}

func TestLoadOrCreate_passphraseFromEnvironment(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(PassphraseVariable, "from the environment")
	if _, err := LoadOrCreate(dir, "node"); err != nil {
		t.Fatal(err)
	}
	t.Setenv(PassphraseVariable, "")
	_, err := LoadOrCreate(dir, "node")
	wantCode(t, err, ErrKeySealed)
}

func TestOpen_refuses(t *testing.T) {
	open := func(dir, name string) error {
		_, err := Open(Options{Dir: dir, Name: name, Clock: clock.NewFake(today)})
		return err
	}
	for _, name := range []string{"", "ca", "../x", "a b", ".hidden", "名"} {
		wantCode(t, open(t.TempDir(), name), ErrName)
	}
	dir := t.TempDir()
	if err := open(dir, "node"); err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(dir, "node.data.key")
	if runtime.GOOS != "windows" {
		if err := os.Chmod(key, 0o640); err != nil {
			t.Fatal(err)
		}
		wantCode(t, open(dir, "node"), ErrKeyOpen)
		if err := os.Chmod(key, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, damage := range []string{"", "rubbish", "{}", `{"format":"tongban-sealed-key-v1","argon2id_lanes":0}`} {
		if err := os.WriteFile(key, []byte(damage), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := open(dir, "node"); err == nil {
			t.Errorf("key file %q is accepted", damage)
		}
	}
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "ca.pem"), []byte("rubbish"), 0o600); err != nil {
		t.Fatal(err)
	}
	wantCode(t, open(dir, "node"), ErrKeyDamaged)
}

// Several processes starting at once must agree on one key.
func TestOpen_together(t *testing.T) {
	dir := t.TempDir()
	ids := make([]string, 8)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			s, err := Open(Options{Dir: dir, Name: "node", Clock: clock.NewFake(today)})
			if err != nil {
				t.Error(err)
				return
			}
			ids[i] = s.KeyID() + KeyID(s.root.PublicKey) + KeyID(s.Certificate().PublicKey)
		})
	}
	wg.Wait()
	for _, id := range ids {
		if id != ids[0] || id == "" {
			t.Fatalf("different keys: %q", ids)
		}
	}
}

func TestOpen_renewsCertificate(t *testing.T) {
	dir := t.TempDir()
	a := openTest(t, dir, "node", today)
	signed := signTest(t, a, []byte(small))
	later := today.AddDate(leafYears, 0, -30)
	b := openTest(t, dir, "node", later)
	if a.Certificate().Equal(b.Certificate()) || KeyID(a.Certificate().PublicKey) != KeyID(b.Certificate().PublicKey) || a.Renewed() || !b.Renewed() {
		t.Error("want a new certificate for the same key")
	}
	if _, err := VerifyPDF(signed, b.Roots()); err != nil {
		t.Error("what was signed before the renewal must stay valid:", err)
	}
	again, err := b.SignPDF([]byte(small), PDFSignature{At: later.AddDate(1, 0, 0)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := VerifyPDF(again, a.Roots()); err != nil {
		t.Error(err)
	}
	c, err := Open(Options{Dir: dir, Name: "node", CommonName: "另一个名字（虚构）", Clock: clock.NewFake(later.Add(time.Hour))})
	if err != nil || c.Certificate().Subject.CommonName != "另一个名字（虚构）" {
		t.Error("the certificate does not follow the name", err)
	}
}

// A signer that runs for years renews its certificate in time, once, and what
// it signs before, during and after verifies.
func TestRenew_whileSigning(t *testing.T) {
	dir, c := t.TempDir(), clock.NewFake(today)
	s, err := Open(Options{Dir: dir, Name: "node", CommonName: "示例市签章（虚构）", Clock: c})
	if err != nil {
		t.Fatal(err)
	}
	first := s.Certificate()
	if done, err := s.Renew(); done || err != nil || !s.Certificate().Equal(first) {
		t.Errorf("renewed on the first day: %v %v", done, err)
	}
	before := signTest(t, s, []byte(small))
	c.Set(today.AddDate(leafYears, 0, -59))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 20 {
				b, err := s.SignPDF([]byte(small), PDFSignature{At: c.Now()})
				if err == nil {
					_, err = VerifyPDF(b, s.Roots())
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	done, err := s.Renew()
	wg.Wait()
	if !done || err != nil || s.Certificate().Equal(first) {
		t.Fatalf("59 days before the end: %v %v", done, err)
	}
	if end, authority := s.Ends(); end.Sub(c.Now()) < 1000*24*time.Hour || !authority.After(end) {
		t.Errorf("the new certificate ends %v, the authority %v", end, authority)
	}
	if done, err := s.Renew(); done || err != nil {
		t.Errorf("twice: %v %v", done, err)
	}
	if _, err := VerifyPDF(before, s.Roots()); err != nil {
		t.Error("signed before:", err)
	}
	if again := openTest(t, dir, "node", c.Now()); !again.Certificate().Equal(s.Certificate()) {
		t.Error("the next start has another certificate")
	}
}

func TestWriteExclusive(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	if err := writeExclusive(path, []byte("first"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := writeExclusive(path, []byte("second"), 0o600); !errors.Is(err, fs.ErrExist) {
		t.Error(err)
	}
	if b, err := readPrivate(path); err != nil || string(b) != "first" {
		t.Errorf("%q, %v", b, err)
	}
}

func TestRoots(t *testing.T) {
	dir := t.TempDir()
	s := openTest(t, dir, "node", today)
	roots, err := Roots(filepath.Join(dir, "ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := VerifyPDF(signTest(t, s, []byte(small)), roots); err != nil {
		t.Error(err)
	}
	if _, err := Roots(filepath.Join(dir, "node.data.key")); err == nil {
		t.Error("a key file is taken for a root")
	}
}

func TestNew_refusesWhatDoesNotBelongTogether(t *testing.T) {
	a, b := openTest(t, t.TempDir(), "node", today), openTest(t, t.TempDir(), "node", today)
	if _, err := New("node", Keys{Data: a.data, Paper: a.paper, Leaf: a.Certificate(), Root: a.root}); err != nil {
		t.Fatal(err)
	}
	_, err := New("node", Keys{Data: a.data, Paper: b.paper, Leaf: a.Certificate(), Root: a.root})
	wantCode(t, err, ErrKeyDamaged)
	_, err = New("node", Keys{Data: a.data, Paper: a.paper, Leaf: a.Certificate(), Root: b.root})
	wantCode(t, err, ErrKeyDamaged)
	_, err = New("node", Keys{Data: a.paper, Paper: a.paper, Leaf: a.Certificate(), Root: a.root})
	wantCode(t, err, ErrUnsupported)
	_, err = New("node", Keys{Data: a.data, Paper: a.data, Leaf: a.Certificate(), Root: a.root})
	wantCode(t, err, ErrUnsupported)
}
