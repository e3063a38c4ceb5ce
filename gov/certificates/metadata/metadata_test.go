package metadata

import (
	"slices"
	"testing"
	"time"

	"tongban/gov/identity/number"
)

var issued = time.Date(2026, 12, 1, 1, 30, 0, 0, time.UTC)

func paper() Paper {
	return Paper{Name: "示例许可证", Type: "114499000000001000XK1", Number: "示〔2026〕1号", Identifier: "1.2.156.3005.2.x", Issuer: "114499000000001000", IssuerName: "示例局（虚构）", Seal: "示例局（虚构）",
		Holder: "示例·𠮷", HolderNumber: string(number.Fictional("449901", 1)), Granted: issued, From: issued, Until: issued.AddDate(5, 0, 0), Issued: issued,
		Fields: [][2]string{{"name", "示例·𠮷"}, {"seats", "48"}, {"note", ""}}}
}

func names(entries []Entry) (out []string) {
	for _, e := range entries {
		out = append(out, e.Name)
	}
	return out
}

// The names are those of the standard, in their order, and then what the type adds.
func TestEntries(t *testing.T) {
	p := paper()
	want := []string{"ZZMC", "ZZLXDM", "ZZBH", "ZZBS", "ZZBFJG", "ZZBFJGDM", "ZZBFRQ", "CZZT", "CZZTDM", "CZZTDMLX", "CZZTDMLXDM", "ZZYXQQSRQ", "ZZYXQJZRQ", "ZZQZR", "ZZQZSJ", "ZZQZMC", "CJSJ", "KZ_NAME", "KZ_ZWS"}
	if got := names(p.Entries(Newest, map[string]string{"seats": "KZ_ZWS"})); !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	if got := names(p.Entries(First, map[string]string{"name": "CZZT", "seats": "KZ_ZWS"})); slices.Contains(got, "ZZQZMC") || slices.Contains(got, "KZ_NAME") {
		t.Errorf("of the first version: %v", got)
	}
	p.HolderNumber = "E12345678"
	if got := p.Entries(Newest, nil); !slices.Contains(got, Entry{Name: "CZZTDMLX", Value: "其他证件"}) || slices.Contains(names(got), "CZZTDMLXDM") {
		t.Errorf("of a passport: %v", got)
	}
	p.Copy, p.Purpose = true, "办理居住证"
	got := p.Entries(Newest, nil)
	for name, value := range map[string]string{"JZJZZSJ": "2026-12-01T09:30:00", "JZJZZZ": "示例局（虚构）", "JZJZZSY": "办理居住证", "JZJYXQJZSJ": "2031-12-01T09:30:00"} {
		if !slices.Contains(got, Entry{Name: name, Value: value}) {
			t.Errorf("a copy does not say %s %s: %v", name, value, got)
		}
	}
}

func TestCompare(t *testing.T) {
	marked := paper()
	marked.Copy, marked.Purpose = true, "办理居住证"
	for _, p := range []Paper{paper(), marked} {
		for version := First; version <= Newest; version++ {
			entries := p.Entries(version, nil)
			if got := p.Compare(entries); got != Same {
				t.Errorf("version %d: %d", version, got)
			}
			more := slices.Insert(slices.Clone(entries), 3, Entry{Name: "ZZXX", Value: "以后的项目"})
			if got, want := p.Compare(more), map[int]Verdict{First: Differs, Newest: Newer}[version]; got != want {
				t.Errorf("version %d and an entry that nobody knows: %d", version, got)
			}
			for i := range entries {
				other := slices.Clone(entries)
				other[i].Value += "1"
				if p.Compare(other) != Differs {
					t.Errorf("version %d: another %s is not noticed", version, entries[i].Name)
				}
				if other = append(slices.Clone(entries), entries[i]); p.Compare(other) != Differs {
					t.Errorf("version %d: %s twice is not noticed", version, entries[i].Name)
				}
				if less := slices.Delete(slices.Clone(entries), i, i+1); i < len(entries)-2 && entries[i].Name != "ZZQZMC" && p.Compare(less) != Differs {
					t.Errorf("version %d: nobody misses %s", version, entries[i].Name)
				}
			}
		}
	}
}
