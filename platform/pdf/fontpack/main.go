// Command fontpack turns a TrueType font file into the packed form that the
// PDF writer embeds:
//
//	go run ./platform/pdf/fontpack IN.ttf OUT.font
//
// It is run by hand, once per font; platform/pdf/fonts/PROVENANCE.md records
// with which files.
package main

import (
	"fmt"
	"os"

	"tongban/platform/pdf/truetype"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "fontpack:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("want IN.ttf OUT.font")
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
	if err := f.Pack(out); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}
