package promised

import (
	"bytes"
	"crypto/ed25519"
	"maps"
	"testing"
	"time"

	"tongban/gov/certificates/codes"
	"tongban/platform/clock"
	"tongban/platform/sdjwt"
	"tongban/platform/sign"
)

var now = time.Date(2026, 12, 1, 1, 30, 0, 0, time.UTC)

// bent signs something else than it is told.
type bent struct{ sign.KeyHolder }

func (k bent) Sign(m []byte) ([]byte, error) {
	return k.KeyHolder.Sign(append(bytes.Clone(m), '.'))
}

func TestCredential(t *testing.T) {
	s, err := sign.Open(sign.Options{Dir: t.TempDir(), Name: "node", Clock: clock.NewFake(now)})
	if err != nil {
		t.Fatal(err)
	}
	claims := sdjwt.Claims{"iss": "https://tongban.example", "iat": now.Unix(), "holder_name": sdjwt.Hidden{Value: "示例·𠮷"}, "status": map[string]any{"status_list": map[string]any{"idx": 7, "uri": "x"}}}
	const typ = "dc+sd-jwt"
	issue := func(c sdjwt.Claims, key sdjwt.Key) string {
		token, err := sdjwt.Issue(c, sdjwt.Options{Key: key, Type: typ, Decoys: 2})
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	good := issue(claims, s.Token())
	if err := Credential(good, s.Token().Public(), claims, typ, now); err != nil {
		t.Errorf("as promised: %v", err)
	}
	if err := Credential(good, s.Token().Public(), claims, typ, now.AddDate(30, 0, 0)); err != nil {
		t.Errorf("an old one: %v", err)
	}
	other, more, fewer := maps.Clone(claims), maps.Clone(claims), maps.Clone(claims)
	other["holder_name"], more["admin"] = sdjwt.Hidden{Value: "示例·吉"}, true
	delete(fewer, "holder_name")
	for what, token := range map[string]string{"signed wrongly": issue(claims, bent{s.Token()}), "by another key": issue(claims, s.Paper()), "another name": issue(other, s.Token()),
		"a claim more": issue(more, s.Token()), "a claim less": issue(fewer, s.Token()), "cut off": good[:len(good)-9]} {
		if Credential(token, s.Token().Public(), claims, typ, now) == nil {
			t.Errorf("%s: handed out", what)
		}
	}
	if Credential(good, s.Token().Public(), claims, "JWT", now) == nil {
		t.Error("made for something else: handed out")
	}
}

func TestCode(t *testing.T) {
	private := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))
	check := func(_ string, message, signature []byte) bool {
		return ed25519.Verify(private.Public().(ed25519.PublicKey), message, signature)
	}
	claims := codes.Claims{Code: "ABCDEFGH2345", Kind: "certificate", Title: "示例许可证", Number: "示〔2026〕1号", Holder: "示例·𠮷", Fields: [][2]string{{"座位数", "48"}}, Data: make([]byte, 16)}
	const key = "0123456789abcdef"
	letters, err := claims.Sign(key, func(m []byte) ([]byte, error) { return ed25519.Sign(private, m), nil })
	if err != nil {
		t.Fatal(err)
	}
	if err := Code(letters, claims, check); err != nil {
		t.Errorf("as promised: %v", err)
	}
	if Code(letters, claims.Bare(), check) == nil {
		t.Error("a field more is handed out")
	}
	other := claims
	other.Fields = [][2]string{{"座位数", "480"}}
	if Code(letters, other, check) == nil {
		t.Error("another field is handed out")
	}
	if letters, err = claims.Sign(key, func(m []byte) ([]byte, error) { return ed25519.Sign(private, append(m, '.')), nil }); err == nil && Code(letters, claims, check) == nil {
		t.Error("a code that is signed wrongly is handed out")
	}
}
