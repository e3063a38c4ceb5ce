package pdf

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"unicode/utf16"
)

// writeFonts embeds, of every face that was used, exactly the glyphs that were
// used, and returns the entries of the font resource dictionary.
func (w *writer) writeFonts(t *glyphTable) (string, error) {
	var entries strings.Builder
	for i, u := range t.used {
		if len(u.glyphs) == 0 {
			continue
		}
		n, err := w.writeFont(faces[i], u)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&entries, "/F%d %d 0 R ", i, n)
	}
	return strings.TrimSpace(entries.String()), nil
}

func (w *writer) writeFont(f face, u usedFace) (int, error) {
	font, err := f.load()
	if err != nil {
		return 0, err
	}
	data, err := font.Subset(u.glyphs)
	if err != nil {
		return 0, err
	}
	m := font.Metrics()
	milli := func(v int) int { return v * 1000 / m.UnitsPerEm }
	name := subsetTag(data) + "+" + f.name
	file := w.stream(fmt.Sprintf("/Length1 %d", len(data)), data)
	descriptor := w.add(fmt.Sprintf("<</Type /FontDescriptor /FontName /%s /Flags 4 /FontBBox [%d %d %d %d] /ItalicAngle 0"+
		" /Ascent %d /Descent %d /CapHeight %d /StemV 80 /FontFile2 %d 0 R>>", name,
		milli(m.XMin), milli(m.YMin), milli(m.XMax), milli(m.YMax), milli(m.Ascent), milli(m.Descent), 733, file))
	var widths strings.Builder
	for i, v := range u.widths {
		if i > 0 {
			widths.WriteByte(' ')
		}
		fmt.Fprintf(&widths, "%d", v)
	}
	cid := w.add(fmt.Sprintf("<</Type /Font /Subtype /CIDFontType2 /BaseFont /%s"+
		" /CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>> /FontDescriptor %d 0 R"+
		" /DW 1000 /W [1 [%s]] /CIDToGIDMap /Identity>>", name, descriptor, widths.String()))
	unicode := w.stream("", toUnicode(u.keys))
	return w.add(fmt.Sprintf("<</Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H"+
		" /DescendantFonts [%d 0 R] /ToUnicode %d 0 R>>", name, cid, unicode)), nil
}

// subsetTag is the six letters that tell one subset of a font from another,
// made from the subset itself.
func subsetTag(data []byte) string {
	sum := sha256.Sum256(data)
	tag := make([]byte, 6)
	for i := range tag {
		tag[i] = 'A' + sum[i]%26
	}
	return string(tag)
}

// toUnicode writes the map from codes back to characters, without which text
// could neither be searched nor copied. Characters beyond U+FFFF are written
// as surrogate pairs.
func toUnicode(keys []glyphKey) []byte {
	var b strings.Builder
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	const most = 100 // entries in one section
	for from := 0; from < len(keys); from += most {
		part := keys[from:min(from+most, len(keys))]
		fmt.Fprintf(&b, "%d beginbfchar\n", len(part))
		for i, k := range part {
			text := []rune{k.char}
			if k.variation != 0 {
				text = append(text, k.variation)
			}
			fmt.Fprintf(&b, "<%04X> <", from+i+1)
			for _, u := range utf16.Encode(text) {
				fmt.Fprintf(&b, "%04X", u)
			}
			b.WriteString(">\n")
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return []byte(b.String())
}
