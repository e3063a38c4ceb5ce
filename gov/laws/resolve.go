package laws

import (
	"context"
	"regexp"
	"strings"
)

// What is wrong with a citation.
const (
	NoLaw        = "no_law"        // no law of this title is kept
	NoArticle    = "no_article"    // the law has no such article
	NoParagraph  = "no_paragraph"  // the article has no such paragraph or item
	OlderVersion = "older_version" // an older wording is named than the one in force
	NewerCited   = "newer_cited"   // a newer wording is named than any that is kept
	OtherWords   = "other_words"   // the words quoted are not those of the wording in force
	ChangedSince = "changed_since" // the article was changed after the day of the item
)

// Findings lists what can be wrong, in the order in which it is shown.
var Findings = []string{OlderVersion, OtherWords, ChangedSince, NoArticle, NoParagraph, NewerCited, NoLaw}

// Resolved is a citation with what it means.
type Resolved struct {
	Citation
	Law     Version  // the wording in force; zero with NoLaw
	Clause  *Article // nil when no article is named, or none is found
	Part    string   // the words meant: of the paragraph or item, or the whole article
	Finding string   // what is wrong; "" when nothing is
	Named   string   // date of the wording that the citation names, when it does and it is kept
}

// Read finds and resolves everything that a text cites.
func (s *Service) Read(ctx context.Context, region, text string) ([]Resolved, error) {
	var out []Resolved
	for _, c := range Find(text) {
		r, err := s.Resolve(ctx, region, c)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// Resolve finds the clause that a citation means, in the wording in force.
func (s *Service) Resolve(ctx context.Context, region string, c Citation) (Resolved, error) {
	r := Resolved{Citation: c}
	i, err := s.known(ctx)
	if err != nil {
		return r, err
	}
	list := i.versions(region, c.Key())
	if list == nil {
		r.Finding = NoLaw
		return r, nil
	}
	r.Law, _ = inForceOn(list, s.today())
	t, err := s.text(ctx, r.Law)
	if err != nil {
		return r, err
	}
	r.locate(t)
	r.compare(list, c.Note)
	return r, nil
}

// locate finds article, paragraph and item.
func (r *Resolved) locate(t Text) {
	if r.Article == 0 {
		return
	}
	a, ok := t.Article(r.Article, r.Suffix)
	if !ok {
		r.Finding = NoArticle
		return
	}
	r.Clause, r.Part = &a, a.String()
	paragraphs := a.Paragraphs
	if r.Paragraph > 0 {
		if r.Paragraph > len(paragraphs) {
			r.Finding = NoParagraph
			return
		}
		paragraphs = paragraphs[r.Paragraph-1 : r.Paragraph]
		r.Part = strings.TrimSpace(paragraphs[0].String())
	}
	if r.Item == 0 {
		return
	}
	for _, p := range paragraphs {
		for _, i := range p.Items {
			if i.Number == r.Item {
				r.Part = strings.TrimSpace(p.Text + "\n" + i.Text + "\n" + strings.Join(i.Sub, "\n"))
				return
			}
		}
	}
	r.Finding = NoParagraph
}

var year = regexp.MustCompile(`(19|20)[0-9]{2}年(?:[0-9]{1,2}月[0-9]{1,2}日)?`)

// compare looks whether a wording is named, and whether it is the one in force.
func (r *Resolved) compare(list []Version, named string) {
	all := year.FindAllString(named, -1)
	if len(all) == 0 {
		return
	}
	when := all[len(all)-1]
	day := dateIn(when)
	if day == "" {
		day = when[:4]
	}
	for _, v := range list {
		if strings.HasPrefix(v.Date, day) || strings.HasPrefix(v.Effective, day) {
			r.Named = v.Date
			break
		}
	}
	newest := list[0]
	for _, v := range list {
		if v.Date > newest.Date {
			newest = v
		}
	}
	switch {
	case r.Finding != "":
	case r.Named != "" && r.Named < r.Law.Date, r.Named == "" && day < r.Law.Date[:min(len(day), len(r.Law.Date))]:
		r.Finding = OlderVersion
	case r.Named == "" && day > newest.Effective[:min(len(day), len(newest.Effective))]:
		r.Finding = NewerCited
	}
}

// plain takes away everything but the words, so that two printings of one clause
// are equal.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\n\r　，。、；：:;,.“”\"'‘’（）()《》<>〈〉—-", r) {
			return -1
		}
		return r
	}, s)
}

// Quotes tells whether quoted words stand in a text. Left-out parts are marked by
// … and checked one by one; the label of the article may stand before them.
func Quotes(text, quoted string) bool {
	whole := plain(text)
	for _, part := range strings.FieldsFunc(quoted, func(r rune) bool { return r == '…' || r == '\n' }) {
		if m := articleLine.FindStringSubmatch(strings.TrimSpace(part)); m != nil {
			part = m[4]
		}
		if p := plain(part); p != "" && !strings.Contains(whole, p) {
			return false
		}
	}
	return true
}
