package laws

import (
	"regexp"
	"strings"
)

// Text is a law taken apart.
type Text struct {
	Preamble []string  // paragraphs before the first article
	Articles []Article // in their order
}

// Article is one article (条) with the headings that it stands under.
type Article struct {
	Number     int      // 32; 0 in a text that counts nothing
	Suffix     int      // 第一百二十条之二 is 120 and 2
	Label      string   // as printed: 第三十二条
	Heading    []string // 编, 章 and 节, from the outermost; only where it changes
	Paragraphs []Paragraph
}

// Paragraph is one paragraph (款) with its items.
type Paragraph struct {
	Text  string
	Items []Point
}

// Point is one item (项) with its sub-items (目).
type Point struct {
	Number int
	Text   string // with its number, as printed
	Sub    []string
}

// String is the whole article without its label.
func (a Article) String() string {
	var b strings.Builder
	for _, p := range a.Paragraphs {
		b.WriteString(p.String())
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// String is the paragraph with its items, a line each.
func (p Paragraph) String() string {
	var b strings.Builder
	b.WriteString(p.Text + "\n")
	for _, i := range p.Items {
		b.WriteString(i.Text + "\n")
		for _, s := range i.Sub {
			b.WriteString(s + "\n")
		}
	}
	return b.String()
}

// Anchor is the article's name inside its page: art-32, art-120-2.
func (a Article) Anchor() string { return "art-" + numberOf(a.Number, a.Suffix) }

var (
	articleLine = regexp.MustCompile(`^(第(` + numerals + `)条(?:之(` + numerals + `))?)[\s　]+(.*)$`)
	pointLine   = regexp.MustCompile(`^[（(](` + numerals + `)[）)]`)
	subLine     = regexp.MustCompile(`^[0-9０-９]+[.．、]`)
	countLine   = regexp.MustCompile(`^(` + numerals + `)、`)
	comment     = regexp.MustCompile(`<!--.*?-->`)
)

// ParseText takes a body apart: one line a paragraph, headings marked by #. A
// text without articles is counted by its 一、二、三.
func ParseText(body string) Text {
	p := parser{counted: !strings.Contains("\n"+body, "\n第") || !hasArticle(body)}
	for line := range strings.Lines(comment.ReplaceAllString(body, "")) {
		if line = strings.TrimSpace(strings.ReplaceAll(line, " ", " ")); line != "" {
			p.line(line)
		}
	}
	return p.text
}

func hasArticle(body string) bool {
	for line := range strings.Lines(body) {
		if articleLine.MatchString(strings.TrimSpace(line)) {
			return true
		}
	}
	return false
}

type parser struct {
	counted bool // 一、二、三 instead of articles
	text    Text
	heading []string
	fresh   bool // there is a heading that no article has yet
	from    int  // the outermost of the headings that no article has yet
}

func (p *parser) line(line string) {
	if depth := len(line) - len(strings.TrimLeft(line, "#")); depth > 0 {
		at := max(depth-2, 0)
		at = min(at, len(p.heading))
		p.heading = append(p.heading[:at], strings.Join(strings.Fields(strings.Trim(line, "# 　")), " "))
		if !p.fresh || at < p.from {
			p.from = at
		}
		p.fresh = true
		return
	}
	if m := articleLine.FindStringSubmatch(line); m != nil && !p.counted {
		p.open(Article{Number: Numeral(m[2]), Suffix: Numeral(m[3]), Label: m[1]}, m[4])
		return
	}
	if m := countLine.FindStringSubmatch(line); m != nil && p.counted {
		p.open(Article{Number: Numeral(m[1]), Label: m[1]}, line)
		return
	}
	if len(p.text.Articles) == 0 {
		p.text.Preamble = append(p.text.Preamble, line)
		return
	}
	p.add(&p.text.Articles[len(p.text.Articles)-1], line)
}

func (p *parser) open(a Article, first string) {
	if p.fresh {
		a.Heading, p.fresh = append([]string(nil), p.heading[p.from:]...), false
	}
	p.text.Articles = append(p.text.Articles, a)
	p.add(&p.text.Articles[len(p.text.Articles)-1], first)
}

func (p *parser) add(a *Article, line string) {
	if line == "" {
		return
	}
	last := len(a.Paragraphs) - 1
	if m := pointLine.FindStringSubmatch(line); m != nil && last >= 0 {
		par := &a.Paragraphs[last]
		par.Items = append(par.Items, Point{Number: Numeral(m[1]), Text: line})
		return
	}
	if last >= 0 && len(a.Paragraphs[last].Items) > 0 && subLine.MatchString(line) {
		items := a.Paragraphs[last].Items
		items[len(items)-1].Sub = append(items[len(items)-1].Sub, line)
		return
	}
	a.Paragraphs = append(a.Paragraphs, Paragraph{Text: line})
}

// Article finds an article by its number.
func (t Text) Article(number, suffix int) (Article, bool) {
	for _, a := range t.Articles {
		if a.Number == number && a.Suffix == suffix {
			return a, true
		}
	}
	return Article{}, false
}
