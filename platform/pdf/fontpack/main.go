// Command fontpack turns a TrueType font file into the packed form that the
// PDF writer embeds:
//
//	go run ./platform/pdf/fontpack [-glyphs N] IN.ttf OUT.font
//
// N is how many outlines are packed together; the characters of everyday use,
// those of level one of GB 2312 with letters and signs, come first.
//
// It is run by hand, once per font; platform/pdf/fonts/PROVENANCE.md records
// with which files.
package main

import (
	"flag"
	"fmt"
	"os"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"tongban/platform/pdf/truetype"
)

func main() {
	glyphs := flag.Int("glyphs", 128, "outlines that are packed together")
	flag.Parse()
	if err := run(flag.Args(), *glyphs); err != nil {
		fmt.Fprintln(os.Stderr, "fontpack:", err)
		os.Exit(1)
	}
}

func run(args []string, glyphs int) error {
	if len(args) != 2 || glyphs < 1 {
		return fmt.Errorf("want [-glyphs N] IN.ttf OUT.font")
	}
	b, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	f, err := truetype.Parse(b)
	if err != nil {
		return err
	}
	out, err := os.Create(args[1])
	if err != nil {
		return err
	}
	if err := f.Pack(out, glyphs, everyday()); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}

// everyday are the signs and letters of ASCII, the signs of GB 2312 and its 3,755
// characters of level one, rows 1 to 3 and 16 to 55 of its table.
func everyday() []rune {
	var out []rune
	for r := ' '; r <= '~'; r++ {
		out = append(out, r)
	}
	decoder := simplifiedchinese.GBK.NewDecoder()
	for row := 1; row <= 55; row++ {
		for cell := 1; cell <= 94 && (row <= 3 || row >= 16); cell++ {
			b, err := decoder.Bytes([]byte{byte(0xA0 + row), byte(0xA0 + cell)})
			if r, _ := utf8.DecodeRune(b); err == nil && r != utf8.RuneError {
				out = append(out, r)
			}
		}
	}
	return out
}
