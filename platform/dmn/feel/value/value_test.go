package value_test

import (
	"encoding/json"
	"math"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tongban/platform/dmn/feel/value"
)

func num(t testing.TB, s string) value.Number {
	t.Helper()
	n, ok := value.ParseNumber(s)
	if !ok {
		t.Fatalf("%q is no number", s)
	}
	return n
}

// decimals are short numbers: their sums and products are exact.
func decimals() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		return big.NewRat(rapid.Int64Range(-1e15, 1e15).Draw(t, "coefficient"), 1).Mul(
			big.NewRat(rapid.Int64Range(-1e15, 1e15).Draw(t, "n"), 1),
			big.NewRat(1, int64(math.Pow10(rapid.IntRange(0, 9).Draw(t, "places"))))).FloatString(9)
	})
}

// What is exact agrees with fractions of whole numbers, for machine integers and
// decimals alike.
func TestNumber_isExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := decimals().Draw(t, "a"), decimals().Draw(t, "b")
		x, ok1 := value.ParseNumber(a)
		y, ok2 := value.ParseNumber(b)
		if !ok1 || !ok2 {
			t.Fatalf("%s or %s is no number", a, b)
		}
		p, _ := new(big.Rat).SetString(a)
		q, _ := new(big.Rat).SetString(b)
		sum, _ := x.Add(y)
		if got, _ := new(big.Rat).SetString(sum.String()); got.Cmp(new(big.Rat).Add(p, q)) != 0 {
			t.Errorf("%s + %s = %s", a, b, sum)
		}
		diff, _ := x.Sub(y)
		if got, _ := new(big.Rat).SetString(diff.String()); got.Cmp(new(big.Rat).Sub(p, q)) != 0 {
			t.Errorf("%s - %s = %s", a, b, diff)
		}
		if x.Cmp(y) != p.Cmp(q) || x.Sign() != p.Sign() || x.Neg().Neg().Cmp(x) != 0 {
			t.Errorf("%s and %s are in the wrong order", a, b)
		}
		if again, ok := value.ParseNumber(x.String()); !ok || again.Cmp(x) != 0 {
			t.Errorf("%s is written as %s", a, x)
		}
	})
}

func TestNumber_integersStayExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		i, j := rapid.Int64().Draw(t, "i"), rapid.Int64().Draw(t, "j")
		x, y := value.Int(i), value.Int(j)
		p, q := big.NewInt(i), big.NewInt(j)
		for op, got := range map[string]func(value.Number) (value.Number, bool){"+": x.Add, "-": x.Sub} {
			want := new(big.Int)
			if op == "+" {
				want.Add(p, q)
			} else {
				want.Sub(p, q)
			}
			if n, ok := got(y); !ok || n.String() != want.String() {
				t.Errorf("%d %s %d = %s, want %s", i, op, j, n, want)
			}
		}
		if j != 0 {
			m, ok := x.Modulo(y)
			want := new(big.Int).Mod(p, new(big.Int).Abs(q))
			if j < 0 && want.Sign() != 0 {
				want.Add(want, q)
			}
			if !ok || m.String() != want.String() {
				t.Errorf("modulo(%d, %d) = %s, want %s", i, j, m, want)
			}
		}
	})
}

func TestParseNumber_refuses(t *testing.T) {
	for _, s := range []string{"", "-", ".", "e5", "1e", "0x10", "NaN", "Infinity", "1e7000", "1_000", " 1", "1 "} {
		if n, ok := value.ParseNumber(s); ok {
			t.Errorf("%q is read as %s", s, n)
		}
	}
	for s, want := range map[string]string{"1e3": "1000", "-0": "0", "1.50": "1.5", "0.1e-2": "0.001", "12345678901234567890123456789012345678": "12345678901234567890123456789012350000"} {
		if got := num(t, s).String(); got != want {
			t.Errorf("%s is written as %s, want %s", s, got, want)
		}
	}
}

// Days agree with Go's calendar, and writing and reading give the same again.
func TestDate_agreesWithTheCalendar(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(-4_000_000, 4_000_000).Draw(t, "day")
		d, ok := value.DateOf(n)
		if !ok || d.Days() != n {
			t.Fatalf("day %d is %s, which is day %d", n, d, d.Days())
		}
		g := time.Unix(n*86400, 0).UTC()
		_, week := g.ISOWeek()
		weekday := int64(g.Weekday()+6)%7 + 1
		if int(d.Year) != g.Year() || int(d.Month) != int(g.Month()) || int(d.Day) != g.Day() ||
			d.Weekday() != weekday || d.YearDay() != int64(g.YearDay()) || d.ISOWeek() != int64(week) {
			t.Errorf("day %d is %s, Go says %s", n, d, g)
		}
		if again, ok := value.ParseDate(d.String()); !ok || again != d {
			t.Errorf("%s is read as %s", d, again)
		}
	})
}

func TestDateTime_goesThereAndBack(t *testing.T) {
	zones := []value.Zone{{}, {Set: true}, {Set: true, Offset: 8 * 3600}, {Set: true, Offset: -3*3600 - 1800}, {Set: true, Name: "Europe/Paris"}}
	rapid.Check(t, func(t *rapid.T) {
		z := rapid.SampledFrom(zones).Draw(t, "zone")
		m, ok := value.MomentAt(rapid.Int64Range(-1e11, 1e11).Draw(t, "second"), rapid.Int32Range(0, 999_999_999).Draw(t, "nano"), z)
		if !ok {
			t.Fatal("no moment")
		}
		if again, ok := value.ParseDateTime(m.String()); !ok || again != m {
			t.Errorf("%s is read as %s", m, again)
		}
		d := value.DayDuration{Seconds: rapid.Int64Range(-1e9, 1e9).Draw(t, "more"), Nano: rapid.Int32Range(0, 999_999_999).Draw(t, "nanos")}
		later, ok := m.Plus(d)
		diff, ok2 := later.Minus(m)
		if z.Name == "" && (!ok || !ok2 || diff != d) { // a named zone repeats an hour a year
			t.Errorf("%s + %s - %s = %s", m, d, m, diff)
		}
		if v, ok := value.ParseDuration(d.String()); !ok || v != d {
			t.Errorf("%s is read as %v", d, v)
		}
	})
}

func TestDuration_text(t *testing.T) {
	for in, want := range map[string]string{"P1Y": "P1Y", "P14M": "P1Y2M", "-P1M": "-P1M", "P0M": "P0M", "PT0S": "PT0S", "PT90S": "PT1M30S",
		"-PT0.5S": "-PT0.5S", "P1DT24H": "P2D", "PT1.5H": "", "P": "", "PT": "", "P1": "", "1D": "", "P-1D": "", "P1M1D": "", "PT1S1M": ""} {
		v, ok := value.ParseDuration(in)
		if got := value.Text(v); ok != (want != "") || ok && got != want {
			t.Errorf("%s is read as %s, %v; want %q", in, got, ok, want)
		}
	}
}

// What goes in as Go or JSON comes out the same.
func TestGo_roundTrip(t *testing.T) {
	var in any
	raw := `{"a":[1,2.5,"x",null,true,{"b":[]}],"n":-0.1,"big":9007199254740993}`
	d := json.NewDecoder(strings.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&in); err != nil {
		t.Fatal(err)
	}
	v, err := value.FromGo(in)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"a": []any{int64(1), 2.5, "x", nil, true, map[string]any{"b": []any{}}}, "n": -0.1, "big": int64(9007199254740993)}
	if got := value.ToGo(v); !reflect.DeepEqual(got, want) {
		t.Errorf("got %#v", got)
	}
	for _, bad := range []any{math.NaN(), math.Inf(1), make(chan int), struct{}{}, map[int]int{}} {
		if v, err := value.FromGo(bad); err == nil {
			t.Errorf("%T went in as %v", bad, v)
		}
	}
	nested := any(1)
	for range 200 {
		nested = []any{nested}
	}
	if _, err := value.FromGo(nested); err == nil {
		t.Error("200 lists in each other went in")
	}
}

func TestCoerce(t *testing.T) {
	number, _ := value.BasicType("number")
	moment, _ := value.BasicType("date and time")
	numbers := &value.Type{Kind: value.KindList, Elem: number}
	one, day := value.Int(1), value.Date{Year: 2026, Month: 12, Day: 1}
	for _, c := range []struct {
		in   value.Value
		typ  *value.Type
		want string
		ok   bool
	}{
		{one, number, "1", true},
		{[]any{one}, number, "1", true},
		{[]any{one, one}, number, "null", false},
		{one, numbers, "[1]", true},
		{"x", numbers, "null", false},
		{day, moment, "2026-12-01T00:00:00Z", true},
		{nil, number, "null", true},
		{"x", nil, "x", true},
	} {
		r := value.NewRun(value.Limits{})
		v, ok := r.Coerce(c.in, c.typ)
		if value.Text(v) != c.want || ok != c.ok {
			t.Errorf("%v as %s is %s, %v", c.in, c.typ, value.Text(v), ok)
		}
	}
}
