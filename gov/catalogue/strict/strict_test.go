package strict

import (
	"slices"
	"testing"
)

type words struct {
	Zh string `json:"zh"`
	En string `json:"en"`
}

type thing struct {
	Name  words    `json:"name"`
	Count int      `json:"count"`
	Flag  bool     `json:"flag,omitempty"`
	Hint  words    `json:"hint,omitzero"`
	Parts []part   `json:"parts"`
	Next  *part    `json:"next,omitempty"`
	List  []string `json:"list,omitempty"`
}

type part struct {
	ID string `json:"id"`
}

func TestDecode(t *testing.T) {
	const good = `{"name":{"zh":"甲","en":"a"},"count":1,"parts":[{"id":"x"}]}`
	for _, c := range []struct {
		raw  string
		want []string
	}{
		{good, nil},
		{`{"name":{"zh":"甲","en":"a"},"count":1,"parts":[],"flag":true,"hint":{"zh":"乙","en":"b"},"next":{"id":"y"},"list":["z"]}`, nil},
		{"\xef\xbb\xbf" + good, []string{"the file begins with a byte-order mark; save it as plain UTF-8"}},
		{"{\n}\n}", []string{"line 3: invalid character '}' after top-level value"}},
		{`[]`, []string{"the file: an object is needed"}},
		{`{"name":{"zh":"甲"},"count":"1","parts":{},"colour":1}`,
			[]string{"name.en: missing", `count: a whole number is needed, not "1"`, "parts: a list is needed", "colour: unknown key"}},
		{`{"name":{"zh":"","en":"a"},"count":1,"parts":[{"id":"x"},{}]}`, []string{"name.zh: empty; both languages are needed", "parts[1].id: missing"}},
		{`{"name":{"zh":"甲","en":"a"},"count":null,"parts":[{"id":7}]}`, []string{"count: a whole number is needed, not null", "parts[0].id: a text is needed, not 7"}},
	} {
		var v thing
		got := Decode([]byte(c.raw), &v)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s\n got %q\nwant %q", c.raw, got, c.want)
		}
	}
}
