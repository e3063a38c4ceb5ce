package search

import (
	"context"
	"slices"
	"strings"
	"testing"

	"tongban/platform/db"
	"tongban/platform/db/dbtest"
)

var shelf = []Doc{
	{Key: 1, Name: "居住证申领", Body: []string{"示例市公安局", "身份证明、居住地址证明"}, Codes: []string{"11449900000000001X2440105001000"}},
	{Key: 2, Name: "机动车驾驶证补发", Body: []string{"公安交通管理部门"}},
	{Key: 3, Name: "设立银行分支机构", Body: []string{"重庆市金融监督管理局 居住证不是所需材料"}},
	{Key: 4, Name: "𠮷字头老店登记", Body: []string{"Trade mark registration", "ABC-12"}},
	{Key: 5, Name: "居民住所登记证明", Body: []string{"派出所"}},
	{Key: 6, Name: "外国人来华工作许可（A类）", Alias: []string{"Foreigner's work permit"}},
}

func filled(t *testing.T, d *db.DB) Index {
	t.Helper()
	x := Index{Name: "search_probe"}
	if created, err := x.Setup(t.Context(), d); err != nil || !created {
		t.Fatalf("Setup: %v, created %v", err, created)
	}
	if created, err := x.Setup(t.Context(), d); err != nil || created {
		t.Fatalf("second Setup: %v, created %v", err, created)
	}
	write(t, d, func(ctx context.Context, tx *db.Tx) error { return x.PutTx(ctx, tx, shelf) })
	return x
}

func write(t *testing.T, d *db.DB, f func(context.Context, *db.Tx) error) {
	t.Helper()
	ctx := dbtest.As(t, "search test")
	err := d.Write(ctx, func(tx *db.Tx) error { tx.Unaudited("test"); return f(ctx, tx) })
	if err != nil {
		t.Fatal(err)
	}
}

func TestMatch(t *testing.T) {
	cases := []struct {
		text  string
		scope Scope
		want  []int64
	}{
		{"居住证", Anywhere, []int64{1, 3}},
		{"居住证", InName, []int64{1}},
		{"居住", InName, []int64{1}},
		{"登记", InName, []int64{4, 5}},
		{"证", InName, []int64{1, 2, 5}},
		{"住证", Anywhere, []int64{1, 3}},
		{"居証", Anywhere, nil},
		{"居住證", InName, []int64{1}},
		{"機動車駕駛證", InName, []int64{2}},
		{"jzz", InName, []int64{1}},
		{"JZZ", Anywhere, []int64{1}},
		{"sl", InName, []int64{1, 3}},
		{"yh", InName, []int64{3}},
		{"juzhuzheng", InName, []int64{1}},
		{"jidongche", InName, []int64{2}},
		{"公安 证明", Anywhere, []int64{1}},
		{"公安证明", Anywhere, nil},
		{"𠮷", Anywhere, []int64{4}},
		{"𠮷字", Anywhere, []int64{4}},
		{"trade", Anywhere, []int64{4}},
		{"TRADE MARK", Anywhere, []int64{4}},
		{"abc", Anywhere, []int64{4}},
		{"12", Anywhere, []int64{4}},
		{"114499", InName, []int64{1}},
		{"11449900000000001x2440105001000", Anywhere, []int64{1}},
		{"a类", Anywhere, []int64{6}},
		{"work permit", InName, []int64{6}},
		{"ｗｏｒｋ", InName, []int64{6}},
		{"身份证明", Anywhere, []int64{1}},
		{"证明居住", Anywhere, nil},
		{`" OR name : *`, Anywhere, nil},
		{`居住证" OR "登记`, InName, nil},
		{"'); DROP TABLE search_probe; --", Anywhere, nil},
		{"", Anywhere, nil},
		{"，。！", Anywhere, nil},
	}
	dbtest.Run(t, nil, func(t *testing.T, d *db.DB) {
		x := filled(t, d)
		for _, c := range cases {
			got, err := x.Match(t.Context(), d, Parse(c.text).Exact(), c.scope, 10)
			if err != nil {
				t.Errorf("%q: %v", c.text, err)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%q scope %d: got %v, want %v", c.text, c.scope, got, c.want)
			}
		}
	})
}

func TestMatch_looserAndBounded(t *testing.T) {
	dbtest.Run(t, nil, func(t *testing.T, d *db.DB) {
		x := filled(t, d)
		ctx := t.Context()
		none := func(string) bool { return false }
		for _, c := range []struct {
			name string
			e    Expr
			n    int
			want []int64
		}{
			{"loose finds an interrupted word", Parse("登记证明").Loose(), 9, []int64{5}},
			{"loose needs every pair", Parse("登记银行").Loose(), 9, nil},
			{"loose turns halves round", Parse("登记住所").Loose(), 9, []int64{5}},
			{"any needs one pair", Parse("登记银行").Any(none), 9, []int64{3, 4, 5}},
			{"any leaves out what is ignored", Parse("登记银行").Any(func(b string) bool { return b == "登记" }), 9, []int64{3}},
			{"the limit holds", Parse("登记银行").Any(none), 2, []int64{3, 4}},
			{"or joins", Or(Parse("居住证").Exact(), nil, Parse("工作许可").Exact()), 9, []int64{1, 3, 6}},
			{"nothing asked", Or(nil, nil), 9, nil},
		} {
			got, err := x.Match(ctx, d, c.e, Anywhere, c.n)
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("%s: got %v %v, want %v", c.name, got, err, c.want)
			}
		}
	})
}

func TestRemoveAndClear(t *testing.T) {
	dbtest.Run(t, nil, func(t *testing.T, d *db.DB) {
		x := filled(t, d)
		find := func() []int64 {
			got, err := x.Match(t.Context(), d, Parse("登记").Exact(), Anywhere, 10)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		write(t, d, func(ctx context.Context, tx *db.Tx) error { return x.RemoveTx(ctx, tx, []int64{4, 99}) })
		if got := find(); !slices.Equal(got, []int64{5}) {
			t.Errorf("after removal: %v", got)
		}
		write(t, d, func(ctx context.Context, tx *db.Tx) error {
			return x.PutTx(ctx, tx, []Doc{{Key: 40, Name: "不动产登记"}})
		})
		if got := find(); !slices.Equal(got, []int64{5, 40}) {
			t.Errorf("after adding: %v", got)
		}
		write(t, d, x.ClearTx)
		if got := find(); got != nil {
			t.Errorf("after clearing: %v", got)
		}
	})
}

func TestInitials_readWordsNotCharacters(t *testing.T) {
	for text, want := range map[string]string{
		"居住证": "jzz", "重庆": "cq", "重大项目": "zdxm", "银行行长": "yhhz", "行政许可": "xzxk", "延长有效期": "ycyxq",
		"校长任职": "xzrz", "音乐会": "yyh", "快乐": "kl", "厦门": "xm", "会计": "kj", "会议": "hy", "給付": "jf", "律师": "ls",
		"种植": "zz", "藏医": "zy", "储藏": "cc", "A类（一）": "ly", "": "", "参与会计": "cykj",
	} {
		if got := Initials(text); got != want {
			t.Errorf("Initials(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestReadings_haveOneSyllableForEachCharacter(t *testing.T) {
	for word, syl := range special {
		if len([]rune(word)) != len(syl) {
			t.Errorf("%s: %v", word, syl)
		}
		for i, r := range []rune(word) {
			if !strings.Contains(heteronyms(r), " "+syl[i]+" ") {
				t.Errorf("%s: the dictionary knows no reading %q of %c, only%s", word, syl[i], r, heteronyms(r))
			}
		}
	}
}

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"證照辦理": "证照办理", "ＡＢＣ１２３": "abc123", "Work Permit": "work permit", "居住证": "居住证", "plain": "plain",
		"（一）": "(一)", "ÉCOLE": "école",
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
	if n := len(simplified()); n < 3000 {
		t.Errorf("the table of traditional characters has %d entries", n)
	}
	for trad, simp := range simplified() {
		if _, again := simplified()[simp]; again {
			t.Errorf("%c folds to %c, which folds again", trad, simp)
		}
	}
}

func TestSynonyms(t *testing.T) {
	s, err := LoadSynonyms(strings.NewReader(`[{"say":["驾照","驾驶本"],"mean":"机动车驾驶证"},{"say":["国际驾照"],"mean":"国际驾驶许可"},{"say":["公积金"],"mean":"住房公积金"},{"say":["护士证"],"mean":"护士"}]`))
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]string{"驾照补办": "机动车驾驶证 补办", "補辦駕照": "补办 机动车驾驶证", "国际驾照": "国际驾驶许可", "机动车驾驶证": "", "居住证": "", "公积金贷款": "住房公积金 贷款", "住房公积金": "", "护士证": "护士"} {
		got := ""
		if r := s.Apply(in); len(r) > 0 {
			got = strings.TrimSpace(r[0].Text)
		}
		if got != want {
			t.Errorf("Apply(%q) = %q, want %q", in, got, want)
		}
	}
	for _, bad := range []string{`{`, `[{"say":[],"mean":"甲"}]`, `[{"say":["甲"],"mean":"甲"}]`, `[{"say":["甲"]}]`} {
		if _, err := LoadSynonyms(strings.NewReader(bad)); err == nil {
			t.Errorf("%s was accepted", bad)
		}
	}
}

func TestSounds_findsHomophonesAndMixedUpPinyin(t *testing.T) {
	dbtest.Run(t, nil, func(t *testing.T, d *db.DB) {
		x := filled(t, d)
		for text, want := range map[string][]int64{
			"居注正": {1}, "juzuzhen": {1}, "jidonce": {2}, "家驶证": {2}, "登机": {4, 5}, "zz": nil, "证": nil, "a类登机": nil, "juzhuzhengg": nil,
		} {
			got, err := x.Match(t.Context(), d, Parse(text).Sounds(), InName, 9)
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%q: %v %v, want %v", text, got, err, want)
			}
		}
	})
}

func TestParse_bounded(t *testing.T) {
	q := Parse(strings.Repeat("甲 ", 500))
	if len(q.Words()) != maxSegments {
		t.Errorf("%d words", len(q.Words()))
	}
	if !Parse("  ").Empty() || Parse("证").Empty() {
		t.Error("Empty is wrong")
	}
}

func TestSetup_olderIndexIsMadeAnew(t *testing.T) {
	dbtest.Run(t, nil, func(t *testing.T, d *db.DB) {
		if d.Engine() != db.Postgres {
			t.Skip("only PostgreSQL had another shape")
		}
		write(t, d, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `CREATE TABLE search_probe (key bigint PRIMARY KEY, words tsvector NOT NULL)`)
			return err
		})
		x := filled(t, d)
		keys, err := x.Match(t.Context(), d, Parse("居住证").Exact(), InName, 10)
		if err != nil || !slices.Equal(keys, []int64{1}) {
			t.Errorf("%v, %v", keys, err)
		}
	})
}
