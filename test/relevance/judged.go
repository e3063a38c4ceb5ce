package relevance

import (
	"bufio"
	_ "embed"
	"fmt"
	"strings"
)

//go:embed judged.txt
var judged string

//go:embed heldout.txt
var heldOut string

// Judged is one query with what answers it.
type Judged struct {
	Kind    string // ask, topic, said, guide, sound, typo, hant, code or many
	Text    string
	From    string // where the words come from
	fits    pattern
	related pattern
}

// pattern is a list of alternatives, each a list of words that a name must hold.
type pattern [][]string

func parsePattern(s string) pattern {
	if s == "-" {
		return nil
	}
	var p pattern
	for alt := range strings.SplitSeq(s, "/") {
		p = append(p, strings.Split(alt, "+"))
	}
	return p
}

func (p pattern) matches(name string) bool {
	for _, words := range p {
		all := true
		for _, w := range words {
			switch {
			case strings.HasPrefix(w, "="):
				all = all && name == w[1:]
			case strings.HasPrefix(w, "!"):
				all = all && !strings.Contains(name, w[1:])
			default:
				all = all && strings.Contains(name, w)
			}
		}
		if all {
			return true
		}
	}
	return false
}

// Grade is how well a service of this name answers: 3, 1 or 0.
func (j Judged) Grade(name string) int {
	switch {
	case j.fits.matches(name):
		return 3
	case j.related.matches(name):
		return 1
	}
	return 0
}

// Answerable tells whether any service was judged to answer the query.
func (j Judged) Answerable() bool { return j.fits != nil || j.related != nil }

// Known are the judged queries that search was tuned with.
func Known() ([]Judged, error) { return read("judged.txt", judged) }

// HeldOut are judged queries that nobody looked at while search was tuned.
func HeldOut() ([]Judged, error) { return read("heldout.txt", heldOut) }

func read(name, file string) ([]Judged, error) {
	var out []Judged
	lines := bufio.NewScanner(strings.NewReader(file))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		part := strings.Split(line, "|")
		if len(part) != 5 {
			return nil, fmt.Errorf("%s line %d has %d parts, not 5", name, n, len(part))
		}
		for i := range part {
			part[i] = strings.TrimSpace(part[i])
		}
		out = append(out, Judged{Kind: part[0], Text: part[1], From: part[4], fits: parsePattern(part[2]), related: parsePattern(part[3])})
	}
	return out, lines.Err()
}
