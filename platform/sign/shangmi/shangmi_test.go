package shangmi

import (
	"bytes"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"encoding/pem"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The example of GM/T 0003.5 annex A.
func TestVerify_exampleOfTheStandard(t *testing.T) {
	k, err := newPrivate(unhex(t, "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8"))
	if err != nil {
		t.Fatal(err)
	}
	want := "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
	if got := hex.EncodeToString(k.Verifier().Point()); got != want {
		t.Fatalf("point %s", got)
	}
	sig, err := DER(unhex(t, "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"))
	if err != nil || !k.Verifier().Verify([]byte("message digest"), sig) {
		t.Error("the signature of the standard is refused", err)
	}
}

func TestSign_sameInputSameSignature(t *testing.T) {
	for i := range 20 {
		d := make([]byte, fieldSize)
		d[31] = byte(i + 1) // scalars with leading zeros, too
		if i%2 == 0 {
			d[3] = byte(i + 7)
		}
		k, err := newPrivate(d)
		if err != nil {
			t.Fatal(err)
		}
		a, err := k.Sign([]byte("示例"))
		if err != nil {
			t.Fatal(err)
		}
		b, _ := k.Sign([]byte("示例"))
		other, _ := k.Sign([]byte("示例。"))
		if !bytes.Equal(a, b) || bytes.Equal(a, other) || !k.Verifier().Verify([]byte("示例"), a) {
			t.Fatalf("scalar %d: signatures differ or do not verify", i)
		}
		raw, err := Raw(a)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := DER(raw); err != nil || !bytes.Equal(back, a) {
			t.Fatalf("scalar %d: %x becomes %x", i, a, back)
		}
		if raw[:fieldSize][0] == other[0] && bytes.Equal(raw, other) {
			t.Fatal("one nonce for two messages")
		}
	}
}

func TestVerify_everyByteCounts(t *testing.T) {
	k := generate(t)
	message := []byte("示例机关（虚构）")
	sig, err := k.Sign(message)
	if err != nil {
		t.Fatal(err)
	}
	for i := range sig {
		for bit := range 8 {
			bad := bytes.Clone(sig)
			bad[i] ^= 1 << bit
			if k.Verifier().Verify(message, bad) {
				t.Fatalf("byte %d, bit %d of the signature may be changed", i, bit)
			}
		}
	}
	if k.Verifier().Verify(message, append(sig, 0)) || k.Verifier().Verify(message, nil) || generate(t).Verifier().Verify(message, sig) {
		t.Error("accepted what is no signature of this key")
	}
}

func TestKeys_roundTrip(t *testing.T) {
	k := generate(t)
	back, err := ParsePKCS8(k.PKCS8())
	if err != nil || !back.Verifier().Equal(k.Verifier()) {
		t.Fatal(err)
	}
	pub, err := ParsePKIX(k.Verifier().PKIX())
	if err != nil || !pub.Equal(k.Verifier()) {
		t.Fatal(err)
	}
	off := k.Verifier().Point()
	off[40] ^= 1
	if _, err := ParsePoint(off); err == nil {
		t.Error("a point that is not on the curve is a key")
	}
	for _, scalar := range []string{"00", "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54122", "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123"} {
		if _, err := newPrivate(append(make([]byte, fieldSize-len(unhex(t, scalar))), unhex(t, scalar)...)); err == nil {
			t.Errorf("scalar %s is a key", scalar)
		}
	}
}

var day = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)

func chain(t testing.TB) (root, leaf *Certificate, key *PrivateKey) {
	t.Helper()
	ca, key := generate(t), generate(t)
	root, err := Issue(Template{Name: "示例根（虚构）", NotBefore: day, NotAfter: day.AddDate(30, 0, 0), Authority: true}, ca.Verifier(), nil, ca)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err = Issue(Template{Name: "示例签章（虚构）", Organization: "示例市（虚构）", NotBefore: day, NotAfter: day.AddDate(3, 0, 0)}, key.Verifier(), root, ca)
	if err != nil {
		t.Fatal(err)
	}
	return root, leaf, key
}

func TestIssue(t *testing.T) {
	root, leaf, _ := chain(t)
	if !root.SignedBy(root) || !leaf.SignedBy(root) || leaf.SignedBy(leaf) || root.SignedBy(leaf) {
		t.Error("who issued whom is wrong")
	}
	if leaf.Name != "示例签章（虚构）" || leaf.Organization != "示例市（虚构）" || root.NotAfter.Year() != 2056 || !leaf.ValidAt(day.AddDate(1, 0, 0)) || leaf.ValidAt(day.AddDate(4, 0, 0)) {
		t.Errorf("%+v", leaf)
	}
	for i := range leaf.Raw {
		bad := bytes.Clone(leaf.Raw)
		bad[i] ^= 1
		if c, err := ParseCertificate(bad); err == nil && c.SignedBy(root) {
			t.Fatalf("byte %d may be changed", i)
		}
	}
}

// OpenSSL reads our keys and certificates and checks our signatures.
func TestOpenSSL(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("SKIPPED: openssl is not installed, so other people's reading of our SM2 is not checked")
	}
	root, leaf, key := chain(t)
	dir := t.TempDir()
	write := func(name, kind string, der []byte) string {
		path := filepath.Join(dir, name)
		b := der
		if kind != "" {
			b = pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	message := []byte("示例·𠮷")
	sig, err := key.Sign(message)
	if err != nil {
		t.Fatal(err)
	}
	pub, private := write("pub.pem", "PUBLIC KEY", key.Verifier().PKIX()), write("key.pem", "PRIVATE KEY", key.PKCS8())
	msg, sigFile, theirs := write("msg", "", message), write("sig", "", sig), filepath.Join(dir, "theirs")
	run := func(args ...string) {
		t.Helper()
		if out, err := exec.Command(openssl, args...).CombinedOutput(); err != nil {
			t.Errorf("openssl %v: %v\n%s", args, err, out)
		}
	}
	run("dgst", "-sm3", "-verify", pub, "-sigopt", "distid:1234567812345678", "-signature", sigFile, msg)
	run("dgst", "-sm3", "-sign", private, "-sigopt", "distid:1234567812345678", "-out", theirs, msg)
	run("verify", "-no_check_time", "-vfyopt", "distid:1234567812345678", "-CAfile", write("root.pem", "CERTIFICATE", root.Raw), write("leaf.pem", "CERTIFICATE", leaf.Raw))
	got, err := os.ReadFile(theirs)
	if err != nil || !key.Verifier().Verify(message, got) {
		t.Error("OpenSSL's signature is refused", err)
	}
}

func generate(t testing.TB) *PrivateKey {
	t.Helper()
	k, err := Generate()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func FuzzParseCertificate(f *testing.F) {
	root, leaf, _ := chain(f)
	f.Add(root.Raw)
	f.Add(leaf.Raw)
	f.Fuzz(func(t *testing.T, b []byte) {
		if c, err := ParseCertificate(b); err == nil && !bytes.Equal(c.Raw, b) {
			t.Error("reads other bytes than it was given")
		}
		ParsePKCS8(b)
		ParsePKIX(b)
		Raw(b)
	})
}
