package certificates

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestTrust_keepsFormerKeys(t *testing.T) {
	old, now := newWorld(t, dbtestSQLite(t)), newWorld(t, dbtestSQLite(t))
	file := old.file(old.issue(licence()))
	path := filepath.Join(t.TempDir(), "trust.json")
	if _, err := old.trust.Keep(path); err != nil {
		t.Fatal(err)
	}
	both, err := now.trust.Keep(path)
	if err != nil || len(both.Keys) != 8 || len(both.Roots) != 4 || both.Keys[0].ID != now.signer.KeyID() {
		t.Fatalf("%+v, %v", both, err)
	}
	again, err := now.trust.Keep(path)
	if err != nil || len(again.Keys) != 8 {
		t.Errorf("kept twice: %+v, %v", again, err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	read, err := ParseTrust(b)
	if err != nil || !VerifyFile(file, read, start).OK {
		t.Errorf("a paper of the former keys is refused: %v", err)
	}
	keys := NodeKeys{Signer: now.signer, Former: read}
	sig, err := NodeKeys{Signer: old.signer}.Sign([]byte("a"))
	if err != nil || !keys.Check(old.signer.KeyID(), []byte("a"), sig) || keys.Check(old.signer.KeyID(), []byte("b"), sig) || keys.Check(now.signer.KeyID(), []byte("a"), sig) {
		t.Error("data of the former key")
	}
	for name, bad := range map[string][]byte{"nothing": nil, "other JSON": []byte(`{"format":"x"}`), "empty": []byte(`{"format":"tongban-trust-v1"}`),
		"key under another id": bytes.Replace(b, []byte(now.signer.KeyID()), []byte("0000000000000000"), 1), "no certificate": bytes.ReplaceAll(b, []byte("BEGIN CERTIFICATE"), []byte("BEGIN NOTHING"))} {
		if _, err := ParseTrust(bad); !errors.Is(err, ErrTrust) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := os.WriteFile(path, []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := now.trust.Keep(path); !errors.Is(err, ErrTrust) {
		t.Errorf("a damaged file is overwritten: %v", err)
	}
}

func TestMasked(t *testing.T) {
	for _, c := range []struct{ number, name, wantNumber, wantName string }{
		{"449901199001010015", "示例·𠮷", "4499**********0015", "示***"},
		{"44990119900101001X", "𠮷", "4499**********001X", "𠮷"},
		{company, "示例区虚构餐饮有限公司", company, "示例区虚构餐饮有限公司"},
		{"114499019000000222", "示例局", "114499019000000222", "示例局"}, // digits only, but no date of birth
		{"E12345678", "Sample Person", "E1*****78", "S************"},
		{"", "", "", ""},
		{"12", "某人", "**", "某*"},
	} {
		m := Paper{HolderName: c.name, HolderNumber: c.number, Fields: []Field{{Value: "x"}}, Text: []string{"x"}, Owners: []string{"x"}, Case: "x"}.Masked()
		if m.HolderName != c.wantName || m.HolderNumber != c.wantNumber || m.Fields != nil || m.Text != nil || m.Owners != nil || m.Case != "" {
			t.Errorf("%s %s: %+v", c.name, c.number, m)
		}
	}
}

func TestCleanCode(t *testing.T) {
	for _, typed := range []string{"7K3M92QXBD4T", "7k3m-92qx-bd4t", " 7K3M 92QX　BD4T\n", "７Ｋ３Ｍ－９２ＱＸ—bd4t"} {
		if got := CleanCode(typed); got != "7K3M92QXBD4T" || !IsCode(got) {
			t.Errorf("%q: %q", typed, got)
		}
	}
	for _, bad := range []string{"", "7K3M92QXBD4", "7K3M92QXBD4TT", "7K3M92QXBD4O", "7K3M92QXBD4\x00", "查验码查验码查验码查验码"} {
		if IsCode(CleanCode(bad)) {
			t.Errorf("%q is taken for a code", bad)
		}
	}
	if ShowCode("7K3M92QXBD4T") != "7K3M-92QX-BD4T" {
		t.Error(ShowCode("7K3M92QXBD4T"))
	}
}
