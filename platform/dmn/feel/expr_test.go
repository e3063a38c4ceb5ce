package feel_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"tongban/platform/dmn/feel"
	"tongban/platform/dmn/feel/builtin"
)

var now = time.Date(2026, 12, 1, 9, 30, 0, 0, time.FixedZone("", 8*3600))

// value gives the text of what an expression gives.
func value(t testing.TB, src string, names ...string) string {
	t.Helper()
	n := feel.NewNames()
	for _, name := range names {
		n.Add(name)
	}
	x, err := feel.Parse(src, feel.Options{Names: n})
	if err != nil {
		t.Errorf("%s: %v", src, err)
		return ""
	}
	r := feel.NewRun(feel.Limits{Now: now})
	v := x.In(r, nil)
	if err := r.Err(); err != nil {
		t.Errorf("%s: %v", src, err)
	}
	return feel.Text(v)
}

// Each line is an expression and what it gives.
const language = `
1 + 2 * 3 => 7
(1 + 2) * 3 => 9
2 ** 3 ** 2 => 64
-2 ** 2 => 4
10 / 4 => 2.5
1 / 3 => 0.3333333333333333333333333333333333
1 / 0 => null
0.1 + 0.2 = 0.3 => true
9007199254740993 + 1 => 9007199254740994
9223372036854775807 + 1 => 9223372036854775808
12345678901234567890 * 10 => 123456789012345678900
"a" + "b" => ab
"a" + 1 => null
1 + null => null
1 = 1.0 => true
1 = "1" => null
null = null => true
1 != null => true
"a" < "b" => true
1 < "b" => null
true and null => null
false and null => false
true or null => true
false or null => null
not(null) => null
5 between 1 and 5 => true
5 in [1..5) => false
5 in (< 3, >= 5) => true
"b" in ("a", "b") => true
5 in (1..10) => true
[1..5) = [1..5) => true
if 1 > 2 then "a" else "b" => b
if null then "a" else "b" => b
for x in [1, 2], y in [10, 20] return x + y => [11, 21, 12, 22]
for i in 3..1 return i => [3, 2, 1]
for i in 1..5 return if i = 1 then 1 else partial[-1] * i => [1, 2, 6, 24, 120]
some x in [1, 2] satisfies x > 1 => true
every x in [1, 2] satisfies x > 1 => false
every x in [] satisfies false => true
some x in [1, null] satisfies x > 5 => null
[1, 2, 3][2] => 2
[1, 2, 3][-1] => 3
[1, 2, 3][item > 1] => [2, 3]
[{a: 1, b: 2}, {a: 3}][a > 1].a => [3]
{a: 1, b: a + 1} => {a: 1, b: 2}
{a: 1, a: 2} => null
{"x y": 1}.x y => 1
{f: function(n) if n < 2 then 1 else n * f(n - 1), r: f(5)}.r => 120
(function(x, y) x - y)(y: 1, x: 5) => 4
[1, 2] instance of list<number> => true
1 instance of string => false
{a: 1} instance of context<a: number> => true
date("2026-02-28") + duration("P1D") => 2026-03-01
date("2024-01-31") + duration("P1M") => 2024-02-29
date("2026-12-01") - date("2026-11-01") => P30D
@"2026-12-01T10:00:00+08:00" - @"2026-12-01T02:00:00Z" => PT0S
@"2026-12-01T10:00:00" + @"PT36H" => 2026-12-02T22:00:00
@"23:30:00" + @"PT1H" => 00:30:00
@"P1D" / @"PT6H" => 4
@"P1Y" * 1.5 => P1Y6M
@"PT1S" / 3 => PT0.333333333S
date("2026-12-01").weekday => 2
@"2026-12-01T10:00:00@Asia/Shanghai".time offset => PT8H
duration("P1DT2H").hours => 2
[1..3].start included => true
"say \"hi\"\n" => say "hi"

// comment
1 /* inside */ + 1 // behind => 2
"中文"[1] => 中文
string length("中文😀") => 3
substring("foobar", -3, 2) => ba
`

const functions = `
now() => 2026-12-01T09:30:00+08:00
today() => 2026-12-01
abs(-3) => 3
abs(@"-P1D") => P1D
append([1], [2], 3) => [1, [2], 3]
all([true, null]) => null
any([false, true, null]) => true
ceiling(-1.5) => -1
floor(-1.56, 1) => -1.6
concatenate([1], [2, 3]) => [1, 2, 3]
contains("foobar", "oba") => true
context([{key: "a", value: 1}]) => {a: 1}
context merge([{a: 1}, {a: 2, b: 3}]) => {a: 2, b: 3}
context put({a: {b: 1}}, ["a", "b"], 2) => {a: {b: 2}}
count([1, null]) => 2
date(2024, 2, 29) => 2024-02-29
date(2023, 2, 29) => null
date("2026-12-01T10:00:00") => null
date and time(date("2026-12-01"), time("10:00:00")) => 2026-12-01T10:00:00
day of week(date("2026-12-01")) => Tuesday
day of year(date("2024-12-31")) => 366
decimal(2.5, 0) => 2
decimal(3.5, 0) => 4
distinct values([1, 1.0, "1", null, null]) => [1, "1", null]
duration("P1Y2M") => P1Y2M
duration("PT25H") => P1DT1H
duration("P1Y1D") => null
ends with("foobar", "bar") => true
even(-2) => true
exp(0) => 1
flatten([1, [2, [3]]]) => [1, 2, 3]
get entries({a: 1}) => [{key: "a", value: 1}]
get value({a: {b: 2}}, ["a", "b"]) => 2
index of([1, 2, 1], 1) => [1, 3]
insert before([1, 3], 2, 2) => [1, 2, 3]
is(time("10:00:00Z"), time("10:00:00+00:00")) => true
is(date("2026-12-01"), 1) => false
list contains([1, null], null) => true
list replace([1, 2, 3], 2, 9) => [1, 9, 3]
list replace([1, 2, 3], function(old, new) old < new, 3) => [3, 3, 3]
log(1) => 0
log(0) => null
lower case("ABC") => abc
max("a", "b") => b
max([1, "a"]) => null
mean(1, 2, 6) => 3
median([1, 2, 3, 4]) => 2.5
min([]) => null
mode([1, 2, 2, 1, 3]) => [1, 2]
modulo(-12, 5) => 3
modulo(10.1, 4.5) => 1.1
month of year(date("2026-12-01")) => December
number("1.234,5", ".", ",") => 1234.5
number("abc") => null
odd(3) => true
odd(1.5) => null
product([2, 3, 4]) => 24
remove([1, 2, 3], -1) => [1, 2]
replace("abracadabra", "a(.)", "a$1$1") => abbraccaddabbra
replace("abc", "x*", "-") => null
reverse([1, 2, 3]) => [3, 2, 1]
round down(-1.55, 1) => -1.5
round half down(5.5, 0) => 5
round half up(5.5, 0) => 6
round up(-1.51, 1) => -1.6
sort([3, 1, 2], function(a, b) a < b) => [1, 2, 3]
split("a;b;;c", ";") => ["a", "b", "", "c"]
sqrt(2) => 1.414213562373095048801688724209698
starts with("foobar", "foo") => true
stddev([2, 4, 7, 5]) => 2.081665999466132735282297706979931
string([1, "a", {b: null}]) => [1, "a", {b: null}]
string join(["a", null, "b"], "-") => a-b
sublist([1, 2, 3], 2) => [2, 3]
substring after("foobar", "ob") => ar
substring before("foobar", "xyz") => 
sum([]) => null
sum([1.1, 2.2]) => 3.3
time(10, 30, 15.5, @"PT8H") => 10:30:15.5+08:00
time("24:00:01") => null
union([1, 2], [2, 3]) => [1, 2, 3]
upper case("äb") => ÄB
week of year(date("2005-01-01")) => 53
years and months duration(date("2011-12-22"), date("2013-08-24")) => P1Y8M
before([1..5), 5) => true
after(10, [1..9]) => true
meets([1..5], [5..10]) => true
met by([5..10], [1..5]) => true
overlaps([1..5], [3..8]) => true
overlaps before([1..5], [3..8]) => true
overlaps after([3..8], [1..5]) => true
finishes(10, [1..10]) => true
finished by([1..10], [5..10]) => true
includes([1..10], 5) => true
during([4..6], [1..10]) => true
starts(1, [1..10]) => true
started by([1..10], [1..5]) => true
coincides([1..5], [1..5]) => true
range("[1..5)") => [1..5)
range("[1..2+2]") => null
range("[2..1]") => null
range("[2..]").end => null
for i in [1 + 1..1] return i => null
get or else(null, 1) => 1
is defined(null) => false
is blank("  ") => true
is empty([]) => true
trim(" a ") => a
duplicate values([1, 2, 1]) => [1]
partition([1, 2, 3], 2) => [[1, 2], [3]]
last day of month(date("2024-02-01")) => 2024-02-29
last day of month(date("2026-12-31")) => 2026-12-31
extract("a1b22", "\\d+") => ["1", "22"]
substring(string: "foobar", start position: 3) => obar
abs(x: 1) => null
abs() => null
`

func TestLanguage(t *testing.T)  { lines(t, language) }
func TestFunctions(t *testing.T) { lines(t, functions) }

func lines(t *testing.T, text string) {
	t.Helper()
	n := 0
	for line := range strings.Lines(text) {
		src, want, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " => ")
		if !ok {
			continue
		}
		n++
		src = strings.ReplaceAll(src, "// behind", "")
		if got := value(t, src); strings.TrimSpace(got) != want {
			t.Errorf("%s\n got %s\nwant %s", src, got, want)
		}
	}
	if n < 30 {
		t.Fatalf("only %d lines", n)
	}
}

// The longest known name wins, and what is in it is no operator.
func TestNames_ofSeveralWords(t *testing.T) {
	vars := map[string]any{}
	scope := (*feel.Scope)(nil)
	n := feel.NewNames()
	for name, v := range map[string]int64{"Applicant Age": 30, "Applicant": 1, "Post-bureau risk": 7, "Post": 10, "days in month": 31, "a and b": 5, "总 金额": 9} {
		n.Add(name)
		vars[name] = v
		scope = scope.With(name, feel.Int(v))
	}
	for src, want := range map[string]string{
		"Applicant Age + 1": "31", "Applicant  \n Age": "30", "Applicant + 1": "2", "Post-bureau risk": "7", "Post - 1": "9",
		"days in month / 31": "1", "a and b": "5", "总 金额 * 2": "18", "for x in [1] return Applicant Age + x": "[31]",
	} {
		x, err := feel.Parse(src, feel.Options{Names: n})
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		if got := feel.Text(x.In(feel.NewRun(feel.Limits{}), scope)); got != want {
			t.Errorf("%s gives %s, want %s", src, got, want)
		}
	}
}

func TestCompile_saysWhereAndWhy(t *testing.T) {
	for src, want := range map[string]string{
		"1 +":                       `line 1, column 4: a value is missing before the end of the expression`,
		"1\n+ )":                    `line 2, column 3: a value is missing before ")"`,
		"order total > 3":           `line 1, column 7: "total" follows "order" without an operator; if "order total" is one name, it is not known here`,
		`"abc`:                      `line 1, column 1: the text is not closed with a quotation mark`,
		"if a then b":               `line 1, column 12: "else" is missing after the first branch of if before the end of the expression`,
		"[1, 2":                     `line 1, column 6: "]" is missing at the end of the list before the end of the expression`,
		"a # b":                     `line 1, column 3: the character '#' has no meaning here`,
		"function() external {a:1}": `line 1, column 12: external functions are not supported: nothing outside may be called`,
		"x instance of money":       `line 1, column 15: there is no type "money"`,
		`@"yesterday"`:              `line 1, column 1: @"yesterday" is no date, time, date and time or duration`,
		"x in [5..1]":               `line 1, column 10: the range ends before it begins`,
		"/* open":                   `line 1, column 1: the comment is not closed with */`,
		strings.Repeat("(", 500):    `nested more than 200 levels deep`,
	} {
		_, err := feel.Compile(src)
		var syntax *feel.SyntaxError
		if !errors.As(err, &syntax) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s\n got %v\nwant %s", src, err, want)
		}
	}
}

func TestEval_takesAndGivesGoValues(t *testing.T) {
	for _, c := range []struct {
		src  string
		in   any
		want any
	}{
		{"x + 1", 1, int64(2)},
		{"x / 4", 1, 0.25},
		{"x", "a", "a"},
		{"x", nil, nil},
		{"not(x)", true, false},
		{"x[1]", []string{"a"}, "a"},
		{"x.a + 1", map[string]any{"a": uint8(1)}, int64(2)},
		{"[x, {b: x}]", 1.5, []any{1.5, map[string]any{"b": 1.5}}},
		{"x.year", now, int64(2026)},
		{"x > @\"PT1H\"", 2 * time.Hour, true},
		{"@\"2026-12-01\"", nil, "2026-12-01"},
		{"now()", nil, "2026-12-01T09:30:00+08:00"},
		{"10 ** 30", nil, 1e30},
	} {
		x, err := feel.Compile(c.src)
		if err != nil {
			t.Fatal(err)
		}
		got, err := x.Eval(map[string]any{"x": c.in, "unused": make(chan int)}, now)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s with %v gives %#v, %v; want %#v", c.src, c.in, got, err, c.want)
		}
	}
	x, _ := feel.Compile("x")
	if _, err := x.Eval(map[string]any{"x": make(chan int)}, now); err == nil {
		t.Error("a channel went in")
	}
	x, _ = feel.Compile("now()")
	if v, err := x.Eval(nil, time.Time{}); v != nil || err != nil {
		t.Errorf("without a time now() gives %v, %v", v, err)
	}
}

func TestExplain_saysWhyNull(t *testing.T) {
	for src, want := range map[string]string{
		"a + 1":             `line 1: "a" is not known here`,
		"1 +\n \"x\"":       `line 1: 1 + string has no value`,
		"upper case(1)":     `upper case: string must be a string, not a number`,
		"[1][5]":            `line 1: the list has 1 elements and no element number 5`,
		"{a: 1}.b":          `line 1: the context has no entry "b"`,
		"foo(1)":            `line 1: "foo" is not known here`,
		"(function(a) a)()": `the function needs 1 arguments and was given 0`,
		`matches("a", "(")`: `the pattern "(" is not a regular expression`,
	} {
		x, err := feel.Compile(src)
		if err != nil {
			t.Fatal(src, err)
		}
		v, notes, err := x.Explain(nil, feel.Limits{})
		if v != nil || err != nil || len(notes) == 0 || notes[0] != want {
			t.Errorf("%s gives %v, %v, %q; want %q", src, v, err, notes, want)
		}
	}
}

func TestVariables_leavesOutWhatIsInside(t *testing.T) {
	x, err := feel.Compile(`for x in list return x + y + count(z) + {a: 1, b: a}.b + (function(q) q + r)(1) + [1][item > k]`)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(x.Variables()); got != "[list y z r k]" {
		t.Errorf("variables %s", got)
	}
}

// Whatever an expression does, it ends: with an error, never with a panic.
func TestLimits(t *testing.T) {
	for src, want := range map[string]error{
		"for i in 1..100000000 return i":                                                  feel.ErrBudget,
		"for i in 1..100000, j in 1..100000 return 1":                                     feel.ErrBudget,
		"{f: function(x) f(x), r: f(1)}.r":                                                feel.ErrDepth,
		"{f: function(x) f(x) + f(x), r: f(1)}":                                           feel.ErrDepth,
		"for i in 1..64 return if i = 1 then \"xx\" else partial[-1] + partial[-1]":       feel.ErrBudget,
		"string(for i in 1..64 return if i = 1 then [1] else [partial[-1], partial[-1]])": feel.ErrBudget,
		"flatten(for i in 1..40 return partial)":                                          feel.ErrBudget,
		"{l: for i in 1..3000 return [partial[-1]], r: l[-1] = l[-1]}.r":                  feel.ErrDepth,
		"every i in 1..10000000 satisfies i > 0":                                          feel.ErrBudget,
		"sort(for i in 1..100000 return i, function(a, b) true)":                          feel.ErrBudget,
	} {
		x, err := feel.Compile(src)
		if err != nil {
			t.Fatal(src, err)
		}
		if _, err := x.Eval(nil, now); !errors.Is(err, want) {
			t.Errorf("%s ends with %v, want %v", src, err, want)
		}
	}
}

func TestTests_match(t *testing.T) {
	for _, c := range []struct {
		tests string
		in    any
		want  any
	}{
		{"-", nil, true},
		{"< 10", 5, true},
		{"< 10", "x", nil},
		{"[1..5], > 10", 11, true},
		{"not(1, 2)", 3, true},
		{"not(1, 2)", 2, false},
		{`"a", "b"`, "b", true},
		{"null", nil, true},
		{"null", 1, false},
		{"? > 3 and ? < 9", 5, true},
		{`starts with(?, "a")`, "abc", true},
		{"[1, 2, 3]", 2, true},
		{"not(null)", 1, true},
		{"not(null)", nil, false},
		{"1 / 0", 1, nil},
		{"date(\"2026-12-01\")", "2026-12-01", nil},
		{"true", true, true},
		{"(1 + 1)", 2, true},
	} {
		tests, err := feel.ParseTests(c.tests, feel.Options{})
		if err != nil {
			t.Errorf("%s: %v", c.tests, err)
			continue
		}
		in, _ := feel.FromGo(c.in)
		if got := tests.Match(feel.NewRun(feel.Limits{}), nil, in); got != c.want {
			t.Errorf("%v in %s gives %v, want %v", c.in, c.tests, got, c.want)
		}
	}
}

// Every function of the language has a line above.
func TestFunctions_allAreThere(t *testing.T) {
	for _, name := range builtin.Names() {
		if !strings.Contains(language+functions+patterns, name+"(") {
			t.Errorf("%s is not tried", name)
		}
	}
	if n := len(builtin.Names()); n < 90 {
		t.Errorf("only %d functions", n)
	}
}

// An expression that breaks off anywhere is an error or another expression.
func TestParse_everyBeginning(t *testing.T) {
	for line := range strings.Lines(language + functions) {
		src, _, _ := strings.Cut(line, " => ")
		for i := range src {
			feel.Parse(src[:i], feel.Options{})
			feel.ParseTests(src[:i], feel.Options{})
			feel.Parse(src[i:], feel.Options{})
		}
	}
}
