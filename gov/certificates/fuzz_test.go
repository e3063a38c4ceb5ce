package certificates

import (
	"bytes"
	"reflect"
	"testing"
)

// Whatever is handed in for a file of a paper is read or refused, with a reason;
// what is found genuine is a file that was issued, or says the very same.
func FuzzFile(f *testing.F) {
	w := newWorld(f, dbtestSQLite(f))
	p := w.issue(licence())
	v := NewVerifier(w.trust)
	var good [][]byte
	whole := map[string]*Summary{}
	for _, b := range w.allForms(p) {
		f.Add(b)
		good = append(good, b)
		r := v.File(b, start)
		whole[r.Form+r.Paper.Code] = r.Paper
	}
	f.Add([]byte(`{"format":"tongban-paper-v1","key":"","signature":"","data":"{}"}`))
	f.Add([]byte("PK\x05\x06"))
	f.Add([]byte("T1ABC"))
	f.Fuzz(func(t *testing.T, b []byte) {
		DataKey(b)
		r := v.File(b, start)
		if !r.Genuine && r.Reason == "" || r.OK && !r.Genuine {
			t.Errorf("refused without a reason: %+v", r)
		}
		for _, g := range good {
			if bytes.Equal(g, b) {
				return
			}
		}
		if r.Genuine && r.Form != FormWallet && !reflect.DeepEqual(r.Paper, whole[r.Form+r.Paper.Code]) { // a wallet may withhold
			t.Errorf("accepted something that was never signed: %+v", r.Paper)
		}
	})
}
