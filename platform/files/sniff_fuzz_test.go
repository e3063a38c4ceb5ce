package files_test

import (
	"bytes"
	"testing"

	"tongban/platform/fault"
	"tongban/platform/files"
)

// FuzzSniff looks for bytes that make the checks fall over or say anything
// but a kind or a refusal.
func FuzzSniff(f *testing.F) {
	for _, b := range [][]byte{aPDF(""), aPicture(files.PNG), aPicture(files.JPEG), anOFD(), aZip(map[string]string{"a": "b"}), []byte("%PDF-startxref 9 %%EOF"), nil} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		kind, err := files.Sniff(bytes.NewReader(b), int64(len(b)), all)
		switch {
		case err == nil && kind == "":
			t.Fatal("neither a kind nor a refusal")
		case err != nil && !fault.IsKind(err, fault.KindInvalid):
			t.Fatalf("a refusal that blames us: %v", err)
		}
	})
}
