package laws

import (
	"regexp"
	"strings"
)

// Citation is one clause that a text names. Zero means: not named.
type Citation struct {
	Title     string `json:"title"`             // as written, without the marks
	Note      string `json:"note,omitempty"`    // what stands in brackets behind the title: 2019年修正, 国务院令第663号
	Article   int    `json:"article,omitempty"` // 条
	Suffix    int    `json:"suffix,omitempty"`  // 条之…
	Paragraph int    `json:"paragraph,omitempty"`
	Item      int    `json:"item,omitempty"`
	Sub       int    `json:"sub,omitempty"`
	Start     int    `json:"start"` // where it stands in the text, in bytes
	End       int    `json:"end"`
}

// Key is the short title by which the law is found.
func (c Citation) Key() string { return Key(c.Title) }

// String writes the citation as offices do.
func (c Citation) String() string { return "《" + c.Title + "》" + c.Place() }

// Place is the clause inside the law: 第三十二条第一款第四项.
func (c Citation) Place() string {
	var b strings.Builder
	part := func(n int, unit string) {
		if n > 0 {
			b.WriteString("第" + Chinese(n) + unit)
		}
	}
	part(c.Article, "条")
	if c.Suffix > 0 {
		b.WriteString("之" + Chinese(c.Suffix))
	}
	part(c.Paragraph, "款")
	part(c.Item, "项")
	part(c.Sub, "目")
	return b.String()
}

// country stands before the titles of laws and is left out in speech.
const country = "中华人民共和国"

// Key makes the short title of a law: what is left without the name of the
// country, brackets and blanks, so that 《行政许可法》 and
// 《中华人民共和国行政许可法》 are one.
func Key(title string) string {
	t := strings.NewReplacer("《", "", "》", "", "〈", "", "〉", "", "<", "", ">", "", " ", "", "　", "", "(", "（", ")", "）", "/", "").Replace(title)
	if short := strings.ReplaceAll(t, country, ""); short != "" {
		return short
	}
	return t
}

var (
	placePattern = `第(` + numerals + `)条(?:之(` + numerals + `))?(?:第(` + numerals + `)款)?(?:第[（(]?(` + numerals + `)[）)]?项)?(?:第(` + numerals + `)目)?`
	wholePlace   = regexp.MustCompile(`^` + placePattern)
	lesserPlace  = regexp.MustCompile(`^第(` + numerals + `)款(?:第[（(]?(` + numerals + `)[）)]?项)?`)
	itemPlace    = regexp.MustCompile(`^第[（(]?(` + numerals + `)[）)]?项`)
	note         = regexp.MustCompile(`^\s*[（(]([^（）()]{1,40})[）)]`)
	connector    = regexp.MustCompile(`^\s*(?:、|，|,|和|及|以及|与|或|或者|并|至|到|－|-|—)\s*`)
	bare         = regexp.MustCompile(`(?:根据|依据|依照|按照|^|[，。；、：:;,\s])((?:中华人民共和国)?[\p{Han}]{2,40}?(?:法|条例|规定|办法|细则|规则|通则))(第` + numerals + `条)`)
)

// maxCitations bounds what is found in one text.
const maxCitations = 200

// Find lists the clauses that a text names, in their order. A title in 《》 counts
// with or without an article; a title without marks counts only before an article.
func Find(text string) []Citation {
	f := finder{text: text}
	for at := 0; at < len(text) && len(f.out) < maxCitations; {
		open := strings.Index(text[at:], "《")
		upto := len(text)
		if open >= 0 {
			upto = at + open
		}
		f.bare(at, upto)
		if open < 0 {
			break
		}
		at = f.marked(upto)
	}
	return f.out
}

type finder struct {
	text string
	out  []Citation
}

// marked reads a title in 《》 that begins at a place, and what follows it.
func (f *finder) marked(start int) (next int) {
	depth := 0
	for i, r := range f.text[start:] {
		switch r {
		case '《', '〈':
			depth++
		case '》', '〉':
			depth--
		case '\n':
			return start + i
		}
		if depth == 0 {
			end := start + i + len("》")
			title := strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(f.text[start:end], "《"), "》"))
			if title == "" {
				return end
			}
			return f.places(Citation{Title: title, Start: start, End: end})
		}
	}
	return len(f.text)
}

// bare looks for titles without marks between two places.
func (f *finder) bare(from, upto int) {
	for from < upto {
		m := bare.FindStringSubmatchIndex(f.text[from:upto])
		if m == nil {
			return
		}
		c := Citation{Title: f.text[from+m[2] : from+m[3]], Start: from + m[2], End: from + m[3]}
		if strings.HasPrefix(c.Title, "本") || strings.HasPrefix(c.Title, "该") {
			from = from + m[5]
			continue
		}
		from = f.places(c)
	}
}

// places reads the clauses behind a title: one for every clause that is named.
func (f *finder) places(c Citation) (next int) {
	if m := note.FindStringSubmatchIndex(f.text[c.End:]); m != nil {
		c.Note = f.text[c.End+m[2] : c.End+m[3]]
		c.End += m[1]
	}
	whole, at, last := c, c.End, Citation{}
	found := false
	for len(f.out) < maxCitations {
		link := ""
		from := at
		if found {
			m := connector.FindString(f.text[at:])
			link = strings.TrimSpace(m)
			from += len(m)
		}
		next, end, ok := placeAt(f.text, from, whole, last)
		if !ok || found && link == "" {
			break
		}
		if link == "至" || link == "到" || link == "-" || link == "—" || link == "－" {
			f.between(last, next)
		}
		if found {
			next.Start = from
		}
		next.End = end
		f.out, at, last, found = append(f.out, next), end, next, true
	}
	if !found {
		f.out = append(f.out, whole)
	}
	return at
}

// between adds the articles of a range that stand between its ends.
func (f *finder) between(first, last Citation) {
	const most = 30
	if last.Article == first.Article || last.Article-first.Article > most {
		return
	}
	for n := first.Article + 1; n < last.Article; n++ {
		c := first
		c.Article, c.Suffix, c.Paragraph, c.Item, c.Sub = n, 0, 0, 0, 0
		f.out = append(f.out, c)
	}
}

// placeAt reads one clause; what it does not say it has from the one before.
func placeAt(text string, at int, c, before Citation) (Citation, int, bool) {
	rest := text[at:]
	if m := wholePlace.FindStringSubmatch(rest); m != nil {
		c.Article, c.Suffix, c.Paragraph, c.Item, c.Sub = Numeral(m[1]), Numeral(m[2]), Numeral(m[3]), Numeral(m[4]), Numeral(m[5])
		return c, at + len(m[0]), true
	}
	c.Article, c.Suffix = before.Article, before.Suffix
	if m := lesserPlace.FindStringSubmatch(rest); m != nil && before.Article > 0 {
		c.Paragraph, c.Item = Numeral(m[1]), Numeral(m[2])
		return c, at + len(m[0]), true
	}
	if m := itemPlace.FindStringSubmatch(rest); m != nil && before.Article > 0 {
		c.Paragraph, c.Item = before.Paragraph, Numeral(m[1])
		return c, at + len(m[0]), true
	}
	return c, at, false
}
