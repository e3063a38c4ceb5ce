package pdf

import (
	_ "embed"
	"sync"

	"tongban/platform/pdf/truetype"
)

//go:embed fonts/notosanssc-regular.font
var packedSans []byte

//go:embed fonts/hanaminb.font
var packedRare []byte

// face is one embedded font. Faces are asked in order; the first that has the
// character draws it.
type face struct {
	name string // PostScript name, without the subset tag
	load func() (*truetype.Font, error)
}

// faces: the everyday font, and the one for the characters of CJK extensions
// B to F that stand in the names of people and places.
var faces = []face{
	{"NotoSansSC-Regular", sync.OnceValues(func() (*truetype.Font, error) { return truetype.Open(packedSans) })},
	{"HanaMinB", sync.OnceValues(func() (*truetype.Font, error) { return truetype.Open(packedRare) })},
}

// findGlyph finds the first face that draws r. The second font is only parsed
// when the first lacks a character.
func findGlyph(r rune) (faceIndex int, glyph uint16, ok bool, err error) {
	for i := range faces {
		f, err := faces[i].load()
		if err != nil {
			return 0, 0, false, err
		}
		if g, ok := f.Glyph(r); ok {
			return i, g, true, nil
		}
	}
	return 0, 0, false, nil
}

// Covers lists the characters of s that no embedded font can draw, each once,
// in the order of appearance; nil means that s prints in full. Ask before you
// issue: a document with a character that cannot be drawn is refused by Bytes,
// because a name with a hole in it is a wrong name.
func Covers(s string) (missing []rune) {
	seen := map[rune]bool{}
	for _, r := range s {
		if invisible(r) || seen[r] {
			continue
		}
		seen[r] = true
		if _, _, ok, err := findGlyph(r); err != nil || !ok {
			missing = append(missing, r)
		}
	}
	return missing
}

// invisible says that r has no drawing of its own: line ends and tabs, which
// the layout turns into lines and spaces, and variation selectors, which are
// kept beside the character before them so that copied text still has them.
func invisible(r rune) bool {
	return r == '\n' || r == '\r' || r == '\t' || isVariation(r)
}

func isVariation(r rune) bool {
	return r >= 0xFE00 && r <= 0xFE0F || r >= 0xE0100 && r <= 0xE01EF
}
