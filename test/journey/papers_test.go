package journey

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"

	"tongban/gov/certificates"
	"tongban/platform/audit"
	"tongban/platform/pdf/content"
)

// expectFile checks a file that was kept.
func (w *teller) expectFile(name string, a []string) error {
	body, ok := w.files[name]
	switch {
	case !ok:
		return fmt.Errorf("no file was kept as %s", name)
	case len(a) == 1 && a[0] == "verifies":
		return w.verify(body, true)
	case len(a) == 2 && a[0] == "altered" && a[1] == "fails":
		changed := bytes.Clone(body)
		changed[len(changed)/2] ^= 1
		return w.verify(changed, false)
	case len(a) == 2 && a[0] == "says":
		elements, err := content.Read(body)
		if err != nil {
			return err
		}
		var text strings.Builder
		for _, e := range elements {
			text.WriteString(e.Text)
		}
		if !strings.Contains(tight(text.String()), tight(a[1])) {
			return fmt.Errorf("the file says: %s", text.String())
		}
		return nil
	}
	return fmt.Errorf("nothing of that kind can be expected of a file")
}

// verify checks a paper as somebody far away does: with the list of keys that
// the site publishes, and nothing else of it.
func (w *teller) verify(body []byte, want bool) error {
	raw, err := os.ReadFile(w.n.TrustFile())
	if err != nil {
		return err
	}
	trust, err := certificates.ParseTrust(raw)
	if err != nil {
		return err
	}
	if r := certificates.VerifyFile(body, trust, w.n.Time.Now()); r.OK != want {
		return fmt.Errorf("genuine: %v: %+v", r.OK, r)
	}
	return nil
}

// recordVerifies checks every act, the tree over them and the signed
// checkpoints, after everything was sealed.
func (w *teller) recordVerifies(ctx context.Context) error {
	for {
		n, err := w.n.Sealer.Seal(ctx)
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
	}
	r, err := audit.Verify(ctx, w.n.DB, w.n.Keys.Record())
	if err != nil {
		return err
	}
	if !r.OK() {
		return fmt.Errorf("the record: %+v", r)
	}
	return nil
}
