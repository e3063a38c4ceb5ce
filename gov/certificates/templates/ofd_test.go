package templates_test

import (
	"strings"
	"testing"

	"tongban/gov/certificates/kinds"
	"tongban/gov/certificates/templates"
	"tongban/platform/ofd"
	"tongban/platform/ofd/ofdtest"
)

// drawnAsOFD is every shipped template with short and with long content.
func drawnAsOFD(t *testing.T) map[string][]byte {
	t.Helper()
	types, err := kinds.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, typ := range types {
		for name, long := range map[string]bool{typ.Key: false, typ.Key + "-long": true} {
			l := templates.Shipped(typ)
			drawing, err := l.Draw(l.Sample(typ.Name.Zh, templates.Specs(typ), long)).Doc.Drawing()
			if err != nil {
				t.Fatal(err)
			}
			if out[name], err = ofd.Write(ofd.Document{Drawing: drawing}); err != nil {
				t.Fatal(err)
			}
		}
	}
	return out
}

func TestShipped_validatesAsOFD(t *testing.T) {
	files := drawnAsOFD(t)
	for name, file := range files {
		if n := ofdtest.Valid(t, file); n < 4 {
			t.Errorf("%s: %d parts were validated", name, n)
		}
	}
	if len(files) < 2*15 {
		t.Errorf("%d files", len(files))
	}
}

// Somebody else's program opens what every template gives.
func TestShipped_otherReader(t *testing.T) {
	for name, file := range drawnAsOFD(t) {
		said := ofdtest.Read(t, file, name)
		want := "样证〔2026〕第000001号"
		if strings.HasSuffix(name, "-long") {
			want = "𠮷䶮" // beyond the basic plane
		}
		if !strings.Contains(said, want) {
			t.Errorf("%s: %q is not in what the reader says: %q", name, want, said)
		}
	}
}
