package search

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Synonym says that people write one thing for another.
type Synonym struct {
	Say  []string `json:"say"`  // what people write
	Mean string   `json:"mean"` // what the records say
}

// Synonyms are tried longest first, so that 驾照 does not spoil 国际驾照.
type Synonyms struct{ list []pair }

type pair struct{ say, mean string }

// ReadSynonyms reads a JSON list of Synonym.
func ReadSynonyms(r io.Reader) ([]Synonym, error) {
	var in []Synonym
	if err := json.NewDecoder(r).Decode(&in); err != nil {
		return nil, fmt.Errorf("synonyms: %w", err)
	}
	return in, nil
}

// LoadSynonyms reads a JSON list of Synonym, ready to be applied.
func LoadSynonyms(r io.Reader) (*Synonyms, error) {
	in, err := ReadSynonyms(r)
	if err != nil {
		return nil, err
	}
	return NewSynonyms(in)
}

// NewSynonyms makes a list ready to be applied.
func NewSynonyms(in []Synonym) (*Synonyms, error) {
	s := &Synonyms{}
	for i, e := range in {
		if e.Mean == "" || len(e.Say) == 0 {
			return nil, fmt.Errorf("synonyms: entry %d needs both say and mean", i+1)
		}
		for _, say := range e.Say {
			if say == "" || Fold(say) == Fold(e.Mean) {
				return nil, fmt.Errorf("synonyms: entry %d says %q for %q", i+1, say, e.Mean)
			}
			s.list = append(s.list, pair{Fold(say), Fold(e.Mean)})
		}
	}
	slices.SortStableFunc(s.list, func(a, b pair) int { return len(b.say) - len(a.say) })
	return s, nil
}

// Apply returns every folded text that the typed one may stand for, itself
// left out, and for each what was replaced.
func (s *Synonyms) Apply(text string) []Reading {
	if s == nil {
		return nil
	}
	folded := Fold(text)
	var out []Reading
	var used string
	for _, p := range s.list {
		said := strings.Contains(folded, p.say)
		if !said || strings.Contains(p.mean, p.say) && strings.Contains(folded, p.mean) {
			continue // not said, or said in full already
		}
		if used != "" && used != p.say && strings.Contains(used, p.say) {
			continue // part of a longer one that was replaced
		}
		used = p.say
		out = append(out, Reading{Text: strings.ReplaceAll(folded, p.say, " "+p.mean+" "), Say: p.say, Mean: p.mean})
	}
	return out[:min(len(out), 3)]
}

// Replace writes every word that has another in its other form, all at once, the
// longest first; the text comes back folded.
func (s *Synonyms) Replace(text string) string {
	folded := Fold(text)
	if s == nil {
		return folded
	}
	for _, p := range s.list {
		if strings.Contains(folded, p.say) && !strings.Contains(folded, p.mean) {
			folded = strings.ReplaceAll(folded, p.say, " "+p.mean+" ")
		}
	}
	return strings.TrimSpace(folded)
}

// Reading is one way to understand what was typed.
type Reading struct{ Text, Say, Mean string }
