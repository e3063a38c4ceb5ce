package certificates

import (
	"testing"

	"pgregory.net/rapid"
)

// TestDrawn_anyPaper: whatever an office writes with characters that can be
// drawn comes out whole, and is found again on the pages. A paper that was
// issued can always be rendered.
func TestDrawn_anyPaper(t *testing.T) {
	char := rapid.SampledFrom([]rune("证照文书示例虚构示例虚构abcXYZ 0123456789，。；：、（）《》“”‘’—…·-/.%　\n\t𠮷𪚥䶮㛃𰻞ǚé"))
	text := func(n int) *rapid.Generator[string] {
		return rapid.Custom(func(t *rapid.T) string { return string(rapid.SliceOfN(char, 0, n).Draw(t, "text")) })
	}
	kinds := []Kind{Receipt, Acceptance, Refusal, Supplement, Withdrawal, Special, Certificate}
	keys := []string{"number", "materials", "to_follow", "item1", "item2", "reason", "clause", "evidence", "pass", "remedy1", "other", "office", ""}
	rapid.Check(t, func(t *rapid.T) {
		p := paper(rapid.SampledFrom(kinds).Draw(t, "kind"), "题"+text(30).Draw(t, "title"))
		p.Code, p.IssuedAt = newCode(), start
		p.Number = p.number(0)
		p.HolderName, p.HolderNumber, p.ItemName = text(60).Draw(t, "holder"), text(20).Draw(t, "holder number"), text(60).Draw(t, "item")
		for range rapid.IntRange(0, 12).Draw(t, "fields") {
			p.Fields = append(p.Fields, Field{Key: rapid.SampledFrom(keys).Draw(t, "key"), Label: text(20).Draw(t, "label"), Value: text(200).Draw(t, "value")})
		}
		for range rapid.IntRange(0, 4).Draw(t, "texts") {
			p.Text = append(p.Text, text(300).Draw(t, "paragraph"))
		}
		if p.unprintable() != nil {
			t.Fatal("the alphabet of this test cannot be drawn")
		}
		d, err := drawn(p, base, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := compare(d.file, p, look{}); err != nil {
			t.Fatalf("%v\n%+v", err, p)
		}
	})
}
