package members

import "testing"

func FuzzEach(f *testing.F) {
	f.Add(`{"region":"449901","id":"pap_1","title":"示例\\"证\\\\","fields":[{"key":"a","value":"1"}],"version":1}`)
	f.Add(`{"a":[{"b":"}"}],"c":"\\","title":"x"}`)
	f.Add(`{"a`)
	f.Fuzz(func(t *testing.T, s string) {
		total := 0
		Each(s, func(name, value string) error { total += len(name) + len(value); return nil })
		if total > len(s) {
			t.Fatalf("%d bytes of members in %d", total, len(s))
		}
	})
}
