package places_test

import (
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"tongban/data"
	"tongban/gov/catalogue/places"
	"tongban/platform/forms"
)

func pad(code string) string {
	if len(code) < 6 && code != "" {
		return (code + "000000")[:6]
	}
	return code
}

// practice are invented places below a real province, and one that has ended.
const practice = `4499,示例市,2,44
449901,示例区,3,4499
449901001,示例街道,4,449901
449901100,假想镇,4,449901
`

// real is every division that ships.
func real(t testing.TB) *places.List {
	t.Helper()
	raw, err := data.Files.ReadFile(data.Divisions)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(raw) + practice)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	var list []places.Place
	for _, r := range rows[1:] {
		if seen[pad(r[0])] {
			continue // 东莞, 中山 and 儋州 are listed as their own counties
		}
		seen[pad(r[0])] = true
		level, _ := strconv.Atoi(r[2])
		list = append(list, places.Place{Code: pad(r[0]), Name: r[1], Level: level, Parent: pad(r[3])})
	}
	list = append(list, places.Place{Code: "440198", Name: "旧名区", Level: 3, Parent: "440100", Until: "2020-05-01"})
	return places.New(list)
}

func TestFind_table(t *testing.T) {
	l := real(t)
	county, town := forms.Bounds{Least: places.County}, forms.Bounds{Least: places.Town}
	here := forms.Bounds{Least: places.Town, Within: "449901"}
	for _, tt := range []struct {
		entered string
		b       forms.Bounds
		want    string // code, or the end of the problem's key
		choice  string // the name of the first choice
	}{
		{"440106", county, "440106", ""},
		{"440106000000", county, "440106", ""},
		{"44", forms.Bounds{}, "440000", ""},
		{"广东省广州市天河区石牌街道", town, "440106006", ""},
		{"天河区石牌街道", town, "440106006", ""},
		{"广州市石牌街道", town, "440106006", ""},
		{"广东 广州 天河 石牌街道", town, "440106006", ""},
		{"廣東省廣州市天河區", county, "440106", ""},
		{"北京市东城区", county, "110101", ""},
		{"北京市市辖区东城区", county, "110101", ""},
		{"示例市", forms.Bounds{}, "449900", ""},
		{"示例街道", here, "449901001", ""},
		{"示例区示例街道", here, "449901001", ""},
		{"东莞市", county, "441900", ""},
		{"441900", county, "441900", ""},
		{"东莞市东城街道", town, "441900003", ""},
		{"嘉峪关市", county, "620201", ""},
		{"甘肃省嘉峪关市", forms.Bounds{}, "620200", ""},
		{"河南省济源市", county, "419001", ""},
		{"朝阳区", county, "several", "北京市朝阳区"},
		{"城关镇", town, "several", ""},
		{"天河区", town, "coarse", "广东省广州市天河区五山街道"},
		{"440106", town, "coarse", "广东省广州市天河区五山街道"},
		{"广州市", town, "coarse", "广东省广州市荔湾区"},
		{"广州市", county, "coarse", "广东省广州市荔湾区"},
		{"北京市", county, "coarse", "北京市东城区"},
		{"朝阳区", town, "coarse", "北京市朝阳区"},
		{"示例市", here, "coarse", "广东省示例市示例区示例街道"},
		{"石牌街道", forms.Bounds{Most: places.County}, "fine", "广东省广州市天河区"},
		{"天河区石牌街道", here, "outside", "广东省示例市示例区示例街道"},
		{"石牌", here, "outside", "广东省示例市示例区示例街道"},
		{"石牌", town, "near", ""},
		{"天河", county, "near", "广东省广州市天河区"},
		{"广州天河", county, "near", "广东省广州市天河区"},
		{"天河石牌", town, "near_one", "广东省广州市天河区石牌街道"},
		{"不存在的地方", county, "unknown", ""},
		{"999999", county, "unknown_code", ""},
		{"440198", county, "ended", ""},
		{"110100", county, "unknown_code", ""},
		{"示例街道", forms.Bounds{Within: "990000"}, "nowhere", ""},
		{"", county, "unknown", ""},
		{"　／－", county, "unknown", ""},
	} {
		t.Run(fmt.Sprint(tt.entered, tt.b), func(t *testing.T) {
			got := l.Find(tt.entered, tt.b)
			if got.Code != tt.want && strings.TrimRight(got.Problem, "0123456789") != "catalogue.place."+tt.want {
				t.Fatalf("%+v, want %s", got, tt.want)
			}
			if tt.choice != "" && (len(got.Choices) == 0 || got.Choices[0].Name != tt.choice) {
				t.Errorf("choices %v, want %s first", got.Choices, tt.choice)
			}
			if len(got.Choices) > 30 {
				t.Errorf("%d choices", len(got.Choices))
			}
		})
	}
}

// Whatever a list shows is taken again when it is sent back.
func TestFind_takesEveryNameThatItShows(t *testing.T) {
	l := real(t)
	bad := 0
	for _, e := range all(l) {
		for _, b := range []forms.Bounds{{Least: e.level, Most: e.level}, {}} {
			got := l.Find(e.name, b)
			if got.Code != e.code && (b.Least > 0 || l.Name(got.Code) != e.name) {
				if bad++; bad < 20 {
					t.Errorf("%s %s (level %d, %+v): %+v", e.code, e.name, e.level, b, got)
				}
			}
		}
		if got := l.Find(e.code, forms.Bounds{}); got.Code != e.code {
			t.Errorf("%s: %+v", e.code, got)
		}
	}
}

type shown struct {
	code, name string
	level      int
}

func all(l *places.List) []shown {
	var out []shown
	for level := places.Province; level <= places.Town; level++ {
		for first := '1'; first <= '9'; first++ {
			list, _ := l.Search(string(first), forms.Bounds{Least: level, Most: level}, 1<<20)
			for _, e := range list {
				out = append(out, shown{e.Code, e.Name, level})
			}
		}
	}
	return out
}

func TestSearch_orderAndBounds(t *testing.T) {
	l := real(t)
	for _, tt := range []struct {
		words string
		b     forms.Bounds
		first string
	}{
		{"天河", forms.Bounds{}, "广东省广州市天河区"},
		{"广州天河", forms.Bounds{}, "广东省广州市天河区"},
		{"天河石牌", forms.Bounds{}, "广东省广州市天河区石牌街道"},
		{"天河区", forms.Bounds{Least: places.Town, Within: "440106"}, "广东省广州市天河区五山街道"},
		{"thq", forms.Bounds{}, "辽宁省锦州市太和区"},
		{"gzthq", forms.Bounds{}, "广东省广州市天河区"},
		{"gzth", forms.Bounds{Most: places.County}, "广东省广州市天河区"},
		{"gds", forms.Bounds{}, "广东省"},
		{"44010600", forms.Bounds{}, "广东省广州市天河区五山街道"},
		{"假想", forms.Bounds{}, "广东省示例市示例区假想镇"},
	} {
		list, n := l.Search(tt.words, tt.b, 10)
		if n == 0 || list[0].Name != tt.first || len(list) > 10 {
			t.Errorf("%s: %d, %v", tt.words, n, list)
		}
	}
	if list, n := l.Search("没有这个名字", forms.Bounds{}, 10); n != 0 || list != nil && len(list) != 0 {
		t.Errorf("%v %d", list, n)
	}
}

func TestAll_onlyWhenFew(t *testing.T) {
	l := real(t)
	here := l.All(forms.Bounds{Least: places.Town, Within: "449901"})
	if len(here) != 2 || here[0].Short != "示例街道" || here[0].Name != "广东省示例市示例区示例街道" {
		t.Errorf("%v", here)
	}
	if list := l.All(forms.Bounds{Least: places.County, Most: places.County}); list != nil {
		t.Errorf("%d counties", len(list))
	}
	if list := l.All(forms.Bounds{Most: places.Province}); len(list) != 31 {
		t.Errorf("%d provinces", len(list))
	}
	if list := l.All(forms.Bounds{Least: places.Town, Within: "442000"}); len(list) == 0 || list[0].Short == "" {
		t.Errorf("中山 %v", list)
	}
}

func TestName_alsoOfWhatHasEnded(t *testing.T) {
	l := real(t)
	for code, want := range map[string]string{"440106006": "广东省广州市天河区石牌街道", "110101": "北京市东城区", "419001": "河南省济源市", "440198": "广东省广州市旧名区", "999999": "", "": ""} {
		if got := l.Name(code); got != want {
			t.Errorf("%s: %q, want %q", code, got, want)
		}
	}
}

func FuzzFind(f *testing.F) {
	l := real(f)
	for _, s := range []string{"广东省广州市", "440106", "thq", "\xff", "　", "市市市", "吉林省吉林市"} {
		f.Add(s, 3, 4, "44")
	}
	f.Fuzz(func(t *testing.T, entered string, least, most int, within string) {
		if len(entered) > 200 {
			return
		}
		b := forms.Bounds{Least: least, Most: most, Within: within}
		got := l.Find(entered, b)
		if (got.Code == "") == (got.Problem == "") {
			t.Fatalf("%+v", got)
		}
		if got.Code != "" && l.Find(got.Code, b).Code != got.Code {
			t.Fatalf("%s is not taken again", got.Code)
		}
	})
}

func BenchmarkFind_partOfAName(b *testing.B) {
	l := real(b)
	for b.Loop() {
		l.Find("天河石", forms.Bounds{Least: places.Town})
	}
}
