package certificates

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// TestFile_everyKind issues, renders and verifies one paper of every kind.
func TestFile_everyKind(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		for i, p := range everyKind() {
			p = w.issue(p)
			b := w.file(p)
			if dir := os.Getenv("TONGBAN_SHOW"); dir != "" {
				if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d-%s.pdf", i, p.Kind)), b, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			r := VerifyFile(b, w.trust, w.clock.Now())
			if !r.OK || !r.Genuine || !r.DataSignatureOK || !r.WholeDocument || !r.PagesMatch || r.Online {
				t.Errorf("%s: %+v", p.Kind, r)
			}
			if r.Paper.Number != p.Number || r.Paper.Code != p.Code || r.Status != Valid {
				t.Errorf("%s: %+v", p.Kind, r.Paper)
			}
		}
	})
}
