package search

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed traditional.txt
var traditional string

// simplified maps a traditional character to its simplified form. It is made
// when the first character that may need it is met.
var simplified = sync.OnceValue(func() map[rune]rune {
	m := make(map[rune]rune, len(traditional)/6)
	for line := range strings.Lines(traditional) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		all := []rune(strings.TrimSpace(line))
		for i := 0; i+1 < len(all); i += 2 {
			m[all[i]] = all[i+1]
		}
	}
	return m
})

// common is the same for the basic block, where nearly every character is;
// every character of an import passes here.
var common = sync.OnceValue(func() *[0x9fff - 0x4e00 + 1]uint16 {
	var t [0x9fff - 0x4e00 + 1]uint16
	for from, to := range simplified() {
		if 0x4e00 <= from && from <= 0x9fff && to <= 0xffff {
			t[from-0x4e00] = uint16(to)
		}
	}
	return &t
})
