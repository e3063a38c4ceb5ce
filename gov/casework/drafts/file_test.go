package drafts

import (
	"testing"

	"tongban/platform/auth"
	"tongban/platform/clock"
)

// Whether the original was seen, and where, is what the clerk's account says, not
// what is sent.
func TestFile_originalSeen(t *testing.T) {
	s := New(Deps{Clock: clock.System})
	sent := Attachment{Hash: "00", Name: "合同.pdf", Size: 9, Kind: "pdf", Checked: true, CheckedBy: "114499019000000000"}
	clerk := auth.Principal{ID: "acc_clerk", Name: "示例窗口员", Kind: auth.KindOfficer, Grants: []auth.Grant{{Org: "114499019000000222"}}}
	for _, c := range []struct {
		who     auth.Principal
		checked bool
		seen    bool
		office  string
	}{
		{auth.Principal{ID: "acc_person", Kind: auth.KindPerson}, true, false, ""},
		{clerk, true, true, "114499019000000222"},
		{clerk, false, false, ""},
	} {
		sent.Checked = c.checked
		a, err := s.File(c.who, "material.x", sent)
		if err != nil || a.Checked != c.seen || a.CheckedBy != c.office || a.By != c.who.ID {
			t.Errorf("%s, %v: %+v, %v", c.who.ID, c.checked, a, err)
		}
	}
	d := Draft{Identified: []Identification{{By: "acc_other", Org: "other"}, {By: "acc_clerk", Org: "hall"}}}
	if got := d.Compared(Attachment{By: "acc_clerk", Checked: true}); got != "hall" {
		t.Errorf("a file from before offices were kept was compared in %q", got)
	}
	if got := d.Compared(Attachment{By: "acc_clerk", CheckedBy: "office"}); got != "office" {
		t.Errorf("compared in %q", got)
	}
}
