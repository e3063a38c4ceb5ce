package catalogue_test

import (
	"bytes"
	"strings"
	"testing"

	"tongban/data"
	"tongban/gov/catalogue"
	"tongban/platform/auth"
	"tongban/platform/authz"
)

func TestImportDivisions_realFile(t *testing.T) {
	raw, err := data.Files.ReadFile(data.Divisions)
	if err != nil {
		t.Fatal(err)
	}
	onBoth(t, func(t *testing.T, b bundle) {
		r, err := b.ImportDivisions(b.ctx, bytes.NewReader(raw), catalogue.DivisionOptions{})
		// three cities without counties are listed twice, as city and as their own county
		if err != nil || r.Read != 44703 || r.New != 44700 || r.Same != 3 || r.Rejected != 0 {
			t.Fatalf("%+v %v", r, err)
		}
		if r, err := b.ImportDivisions(b.ctx, bytes.NewReader(raw), catalogue.DivisionOptions{}); err != nil || r.New+r.Changed != 0 || r.Same != 44703 {
			t.Errorf("again: %+v %v", r, err)
		}
		d, err := b.Division(b.ctx, "440106")
		if err != nil || d.Name != "天河区" || d.Level != 3 || d.Parent != "440100" {
			t.Errorf("%+v %v", d, err)
		}
		list, err := b.Ancestors(b.ctx, "441900003")
		if err != nil || len(list) != 3 || list[0].Code != "440000" || list[1].Code != "441900" || list[2].Name != "东城街道" {
			t.Errorf("%v %v", list, err)
		}
		for code, want := range map[string]string{"440106": "广东省广州市天河区", "110101": "北京市东城区", "440000": "广东省", "999999": "999999"} {
			if got := b.RegionName(b.ctx, code); got != want {
				t.Errorf("name of %s: %s, want %s", code, got, want)
			}
		}
		if list, err := b.Divisions(b.ctx, ""); err != nil || len(list) != 31 {
			t.Errorf("%d provinces, %v", len(list), err)
		}
		if _, err := b.Division(b.ctx, "990000"); !isCode(err, catalogue.ErrNoDivision) {
			t.Errorf("unknown: %v", err)
		}
	})
}

func TestImportDivisions_problemsAndValidity(t *testing.T) {
	const first = "code,name,level,parent\n44,广东省,1,\n4401,广州市,2,44\n440199,旧区,3,4401\n"
	onBoth(t, func(t *testing.T, b bundle) {
		got := map[int]string{}
		text := first + "44x,错,1,\n4402,,2,44\n4403,深圳市,9,44\n4404,珠海市,2,33\n440401,香洲区,3,4404\n4401,别的市,2,44\n4405,汕头市\n"
		r, err := b.ImportDivisions(b.ctx, strings.NewReader(text), catalogue.DivisionOptions{ImportOptions: catalogue.ImportOptions{Reject: func(line int, p string) { got[line] += p }}})
		if err != nil || r.New != 3 || r.Rejected != 7 {
			t.Errorf("%+v %v %v", r, got, err)
		}
		for line, want := range map[int]string{5: "不是区划代码", 6: "名称", 7: "层级", 8: "上级", 10: "已经是“广州市”", 11: "4 列", 0: "不在文件里"} {
			if !strings.Contains(got[line], want) {
				t.Errorf("line %d: %q, want %q", line, got[line], want)
			}
		}
		next := "code,name,level,parent\n44,广东省,1,\n4401,羊城市,2,44\n"
		opt := catalogue.DivisionOptions{Since: "2027-01-01", All: true}
		if r, err := b.ImportDivisions(b.ctx, strings.NewReader(next), opt); err != nil || r.Changed != 1 || r.Same != 1 {
			t.Errorf("next list: %+v %v", r, err)
		}
		if d, err := b.Division(b.ctx, "440100"); err != nil || d.Name != "羊城市" || d.From != "2027-01-01" {
			t.Errorf("in force: %+v %v", d, err)
		}
		if _, err := b.Division(b.ctx, "440199"); !isCode(err, catalogue.ErrNoDivision) {
			t.Errorf("a division that ended: %v", err)
		}
		h, err := b.DivisionHistory(b.ctx, "440100")
		if err != nil || len(h) != 2 || h[1].Name != "广州市" || h[1].Until != "2027-01-01" {
			t.Errorf("history: %+v %v", h, err)
		}
		if _, err := b.ImportDivisions(auth.With(t.Context(), auth.Anonymous), strings.NewReader(first), opt); !isCode(err, authz.ErrSignIn) {
			t.Errorf("nobody: %v", err)
		}
		if _, err := b.ImportDivisions(b.ctx, strings.NewReader("a,b\n"), opt); !isCode(err, catalogue.ErrFormat) {
			t.Errorf("another file: %v", err)
		}
	})
}
