package trusted_test

import (
	"testing"

	"tongban/gov/certificates"
	"tongban/gov/certificates/trusted"
	"tongban/platform/clock"
	"tongban/platform/sign"
)

// Whatever strangers send for a node file or a list is read or refused; what is
// read says the same when it is read again.
func FuzzReadFile(f *testing.F) {
	keys, err := sign.Open(sign.Options{Dir: f.TempDir(), Name: "node", CommonName: "示例节点", Clock: clock.NewFake(start)})
	if err != nil {
		f.Fatal(err)
	}
	trust := certificates.TrustOf(keys, "https://zwfw.neighbour.example")
	good, err := trusted.MakeFile(trusted.About{Name: "邻市政务服务平台（虚构）", Region: county, Site: "https://zwfw.neighbour.example", Trust: trust}, keys.Data(), start)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(good.Text))
	f.Add([]byte(`{"payload":"e30","protected":"e30","signature":""}`))
	f.Add([]byte("a.b.c"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if file, err := trusted.ReadFile(b); err == nil {
			again, err := trusted.ReadFile([]byte(file.Text))
			if err != nil || again.Fingerprint != file.Fingerprint || again.Name != file.Name {
				t.Errorf("%+v, %v", again, err)
			}
		}
		if l, err := trusted.ReadList(b, trust, start); err == nil {
			l.Trusted()
		}
	})
}

// Every byte of a node file counts, and so does its end.
func TestReadFile_everyByte(t *testing.T) {
	keys, err := sign.Open(sign.Options{Dir: t.TempDir(), Name: "node", CommonName: "示例节点", Clock: clock.NewFake(start)})
	if err != nil {
		t.Fatal(err)
	}
	site := "https://zwfw.neighbour.example"
	f, err := trusted.MakeFile(trusted.About{Name: "邻市政务服务平台（虚构）", Region: county, Site: site, Trust: certificates.TrustOf(keys, site)}, keys.Data(), start)
	if err != nil {
		t.Fatal(err)
	}
	for i := range len(f.Text) {
		b := []byte(f.Text)
		b[i] ^= 1
		if _, err := trusted.ReadFile(b); err == nil {
			t.Errorf("byte %d of %d changed and nobody noticed", i, len(b))
		}
		if _, err := trusted.ReadFile([]byte(f.Text)[:i]); err == nil {
			t.Errorf("cut after %d of %d bytes and nobody noticed", i, len(b))
		}
	}
}
