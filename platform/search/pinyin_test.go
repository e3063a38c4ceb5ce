package search

import (
	"strings"

	"github.com/mozillazg/go-pinyin"
)

// heteronyms lists every reading of a character, without tones, in spaces.
func heteronyms(r rune) string {
	var b strings.Builder
	b.WriteByte(' ')
	for s := range strings.SplitSeq(pinyin.PinyinDict[int(r)], ",") {
		b.WriteString(plainSyllable(s) + " ")
	}
	return b.String()
}
