package codes

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"tongban/platform/pdf"
)

var (
	private  = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))
	keyID    = "0123456789abcdef"
	errWrong = errors.New("signature")
)

func sign(m []byte) ([]byte, error) { return ed25519.Sign(private, m), nil }

func check(key string, m, s []byte) error {
	if key != keyID || !ed25519.Verify(private.Public().(ed25519.PublicKey), m, s) {
		return errWrong
	}
	return nil
}

func sample() Claims {
	return Claims{Code: "ABCDEFGHJKMN", Kind: "certificate", Title: "餐饮店综合许可证", Number: "餐综字〔2026〕4499012600000017号", Issuer: "114499019000000222", IssuerName: "示例区市场监督管理局（虚构）",
		Holder: "示例·𠮷𪚥䶮", HolderCode: "91449901MA0000000A", Item: "开办餐饮店一件事", Issued: 1795300000, Until: 1953043199,
		Fields: [][2]string{{"经营场所", "示例区虚构街道样张路一百二十三号一层（自编A-07铺）"}, {"经营项目", "热食类食品制售；冷食类食品制售；自制饮品制售"}}, Data: DataDigest([]byte("data"))}
}

func signed(t testing.TB, c Claims) string {
	t.Helper()
	s, err := c.Sign(keyID, sign)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSign_andOpen(t *testing.T) {
	s := signed(t, sample())
	for _, text := range []string{s, "https://tongban.example/verify/ABCDEFGHJKMN#" + s, "  " + s + "\n"} {
		if !Looks([]byte(text)) || OnlyDigest([]byte(text)) {
			t.Fatalf("%q does not look like a code", text)
		}
		c, key, err := Open([]byte(text), check)
		if err != nil || key != keyID || c.Holder != sample().Holder || len(c.Fields) != 2 {
			t.Errorf("%+v %s %v", c, key, err)
		}
	}
	bare, _, err := Open([]byte(signed(t, sample().Bare())), check)
	if err != nil || bare.Left != 2 || bare.Fields != nil || bare.Title != sample().Title {
		t.Errorf("%+v %v", bare, err)
	}
	n := (pdf.Code{Text: "https://tongban.example/verify/ABCDEFGHJKMN#", Upper: s}).Modules()
	t.Logf("%d letters, %d modules", len(s), n)
	if n == 0 || n > 113 { // what 40 mm hold at a third of a millimetre
		t.Errorf("%d letters in %d modules", len(s), n)
	}
	if again := signed(t, sample()); again != s {
		t.Error("the same claims give other letters")
	}
}

// No other letter at any place, and no letter less, is accepted.
func TestOpen_everyLetterCounts(t *testing.T) {
	s := signed(t, sample())
	for i := range s {
		for _, r := range []byte{'0', 'Z', ':'} {
			if s[i] == r {
				continue
			}
			b := []byte(s)
			b[i] = r
			if _, _, err := Open(b, check); err == nil {
				t.Fatalf("letter %d may be %c", i, r)
			}
		}
		if _, _, err := Open([]byte(s[:i]), check); err == nil {
			t.Fatalf("%d letters are enough", i)
		}
		if _, _, err := Open([]byte(s[:i]+"0"+s[i:]), check); err == nil {
			t.Fatalf("a letter more at %d is accepted", i)
		}
	}
	for _, more := range []string{"0", "00", "000", "\x00"} {
		if _, _, err := Open([]byte(s+more), check); err == nil {
			t.Errorf("%q behind it is accepted", more)
		}
	}
}

func TestOpen_refusesOtherSpellings(t *testing.T) {
	// Signed by the right key, but not as Sign writes it.
	for name, claims := range map[string]string{"white space": `{"c": "A"}`, "unknown member": `{"c":"A","z":1}`, "no code": `{}`, "no JSON": `x`} {
		raw, _ := hex.DecodeString(keyID)
		sig, _ := sign(message([]byte(claims)))
		raw = append(append(raw, sig...), 1, byte(len(claims)), 0, byte(^len(claims)), 0xff) // one stored block
		s := signedMark + spell(append(raw, claims...))
		if _, _, err := Open([]byte(s), check); !errors.Is(err, ErrCode) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := Open([]byte(Digest([]byte("data"))), check); !errors.Is(err, ErrCode) {
		t.Errorf("a digest: %v", err)
	}
	if !OnlyDigest([]byte("https://x/verify/Y#" + Digest([]byte("data")))) {
		t.Error("a digest is not known as one")
	}
}

// What unpacks to more than certificates say is refused before it is all there.
func TestOpen_bomb(t *testing.T) {
	c := sample()
	c.Fields = [][2]string{{"x", strings.Repeat("0", maxClaims)}}
	if _, _, err := Open([]byte(signed(t, c)), check); !errors.Is(err, ErrCode) {
		t.Errorf("%v", err)
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(signed(f, sample()))
	f.Add("https://x/#" + signedMark + "000")
	f.Fuzz(func(t *testing.T, s string) {
		if c, _, err := Open([]byte(s), check); err == nil && !strings.Contains(s, signed(t, c)[2:2+96]) {
			t.Errorf("%q is accepted as %+v", s, c)
		}
		if raw, ok := unspell(s); ok && spell(raw) != s {
			t.Errorf("%q is written as %q", s, spell(raw))
		}
	})
}

func TestTyped(t *testing.T) {
	for in, want := range map[string]string{"abcd-efgh-jkmn": "ABCDEFGHJKMN", " https://x.example/verify/ABCDEFGHJKMN#D1AB ": "ABCDEFGHJKMN", "https://x.example/verify/abcd-efgh-jkmn?node=n": "ABCDEFGHJKMN",
		"https://x.example/other": "HTTPS://X.EXAMPLE/OTHER", "/verify/": ""} {
		if got := Typed(in); got != want {
			t.Errorf("%q gives %q, want %q", in, got, want)
		}
	}
}
