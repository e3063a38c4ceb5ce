package pdf

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
)

// gb18030 are the Han characters of GB 18030-2022 (implementation level 3) by
// block: planes 0 and 2.
var gb18030 = []struct {
	name        string
	first, last rune
	count       int
}{
	{"basic block", 0x4E00, 0x9FEF, 20976},
	{"extension A", 0x3400, 0x4DB5, 6582},
	{"extension B", 0x20000, 0x2A6D6, 42711},
	{"extension C", 0x2A700, 0x2B734, 4149},
	{"extension D", 0x2B740, 0x2B81D, 222},
	{"extension E", 0x2B820, 0x2CEA1, 5762},
	{"extension F", 0x2CEB0, 0x2EBE0, 7473},
}

// compatibility are the twelve unified characters among the compatibility
// ideographs.
const compatibility = "\uFA0E\uFA0F\uFA11\uFA13\uFA14\uFA1F\uFA21\uFA23\uFA24\uFA27\uFA28\uFA29"

func TestFonts_coverGB18030(t *testing.T) {
	plane := map[int]int{}
	for _, b := range gb18030 {
		n := 0
		for r := b.first; r <= b.last; r++ {
			if Covers(string(r)) == nil {
				n++
			}
		}
		if n != b.count {
			t.Errorf("%s: %d of %d", b.name, n, b.count)
		}
		plane[int(b.first>>16)] += n
	}
	if m := Covers(compatibility); m != nil {
		t.Errorf("compatibility ideographs missing: %U", m)
	}
	plane[0] += 12
	if plane[0] != 27570 || plane[2] != 60317 {
		t.Errorf("plane 0: %d, plane 2: %d; doc.go says 27,570 and 60,317", plane[0], plane[2])
	}
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, number := range []string{"27,570 of plane 0 and 60,317 of", "87,887 of"} {
		if !strings.Contains(string(doc), number) {
			t.Errorf("doc.go does not state %q", number)
		}
	}
	t.Logf("Han characters of GB 18030-2022: %d of plane 0, %d of plane 2", plane[0], plane[2])
}

// What stands in official papers beside Han characters.
func TestCovers_everydaySigns(t *testing.T) {
	signs := "·〇，。、；：？！“”‘’（）《》〈〉【】〔〕「」『』—…～￥¥%‰℃№①②③⑩㎡×÷±≤≥→←↑↓□√■●○★☆▲△◆※" +
		"ⅠⅡⅢⅣαβγāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü0123456789０１２ＡＢ"
	if m := Covers(signs); m != nil {
		t.Errorf("missing: %q", string(m))
	}
	if m := Covers("行\n与\t行\r\n葛\U000E0100"); m != nil {
		t.Errorf("line ends and variation selectors need no drawing: %U", m)
	}
	if m := Covers("a\U0001F600b\U0001F600ا"); string(m) != "\U0001F600ا" {
		t.Errorf("missing characters once each in order: %U", m)
	}
}

func TestFonts_provenance(t *testing.T) {
	want := map[string]string{
		"notosanssc-regular.font": "815ad91907cacfd8bef695ec9eeb912b76f1b70b8e73a1772d77191365b7dc1e",
		"hanaminb.font":           "05a6ed91e172f04ab593d07f3f19c81d12546654373f1a60ce2046a61b1d5f94",
	}
	note, err := os.ReadFile("fonts/PROVENANCE.md")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("fonts/*.font")
	if err != nil || len(files) != len(want) {
		t.Fatalf("%d fonts, %v", len(files), err)
	}
	total := 0
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		total += len(b)
		sum := sha256.Sum256(b)
		name := filepath.Base(f)
		if got := hex.EncodeToString(sum[:]); got != want[name] || !strings.Contains(string(note), got) {
			t.Errorf("%s has digest %s, unknown to the test or to PROVENANCE.md", name, got)
		}
	}
	if total > 18_500_000 {
		t.Errorf("fonts weigh %d bytes, more than 18.5 MB", total)
	}
}

// Every character that counts as Han in the fonts must also be kept from
// breaking as if it were a letter.
func TestIdeographic_rareCharacters(t *testing.T) {
	for _, r := range rareName {
		if r != '·' && (!ideographic(r) || !unicode.Is(unicode.Han, r)) {
			t.Errorf("%U is not treated as an ideograph", r)
		}
	}
}
