package pictures

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"tongban/gov/catalogue/content"
	"tongban/platform/bpmn"
	"tongban/platform/i18n"
)

// Picture is a flow as SVG, with its size in CSS pixels.
type Picture struct {
	SVG, Width, Height string
	Original           bool // for a reader of another language, some names are the Chinese ones
}

// Flow is what a picture is drawn from.
type Flow struct {
	BPMN  []byte
	Hash  string            // of BPMN
	Names map[string]string // Chinese → English, as the version words it
}

// Of is the flow of a version.
func Of(c *content.Content) Flow {
	f := Flow{BPMN: []byte(c.Flow), Hash: cmp.Or(c.FlowHash, content.Digest([]byte(c.Flow))), Names: map[string]string{}}
	f.names(&c.Item, c.Steps)
	return f
}

// OfOffer is the flow of a version that is offered.
func OfOffer(o *content.Offer) Flow {
	f := Flow{BPMN: o.Flow, Hash: content.Digest(o.Flow), Names: map[string]string{}}
	f.names(&o.Item, o.Steps)
	return f
}

// names takes over what a version says in both languages, as far as the flow has
// it. Because: items of many offices share a flow that names no office, and then
// they share its picture.
func (f *Flow) names(i *content.Item, steps []content.Step) {
	text := string(f.BPMN)
	add := func(zh, en string) {
		if zh != "" && en != "" && zh != en && strings.Contains(text, zh) {
			f.Names[zh] = en
		}
	}
	add(i.FullName(), i.NameEn)
	add(i.OrgName, i.OrgNameEn)
	for _, name := range i.Offices {
		add(name.Zh, name.En)
	}
	for _, s := range steps {
		add(s.Name.Zh, s.Name.En)
	}
}

// key tells pictures of the same flow apart that word it differently.
func (f *Flow) key(lang i18n.Lang) string {
	if lang == i18n.Chinese {
		return "" // the flow says its names itself
	}
	var lines []string
	for zh, en := range f.Names {
		lines = append(lines, zh+"\t"+en)
	}
	slices.Sort(lines)
	return content.Digest([]byte(strings.Join(lines, "\n")))
}

// Key is the same for flows that have the same picture.
func (f *Flow) Key(lang i18n.Lang) string { return f.Hash + "/" + string(lang) + "/" + f.key(lang) }

// called is the English name of something that the flow names.
func (f *Flow) called(zh string) string {
	if en, ok := f.Names[zh]; ok {
		return en
	}
	if en, ok := English[zh]; ok {
		return en
	}
	if step, ok := strings.CutPrefix(zh, "${office.name}："); ok { // one task for each office
		return "${office.name}: " + f.called(step)
	}
	return zh
}

// sizes finds the size that the drawing gives itself.
var sizes = regexp.MustCompile(`width="([0-9]+)" height="([0-9]+)"`)

// Draw draws a flow. The ground is white, so that the picture can be read on a
// dark page too.
func Draw(f Flow, lang i18n.Lang) (Picture, error) {
	m, err := bpmn.Parse(bytes.NewReader(f.BPMN))
	if err != nil {
		return Picture{}, err
	}
	p := m.Process("")
	if p == nil {
		return Picture{}, fmt.Errorf("pictures: the flow has no process that runs")
	}
	say := said[lang]
	opt := bpmn.SVGOptions{ID: "flow", Title: say.title, Desc: say.desc}
	if lang != i18n.Chinese {
		opt.Names = f.called
	}
	var b bytes.Buffer
	if err := p.SVG(&b, opt); err != nil {
		return Picture{}, err
	}
	svg := say.partners.Replace(b.String())
	svg = strings.Replace(svg, "</desc>", `</desc><rect x="-9999" y="-9999" width="19998" height="19998" fill="#ffffff"/>`, 1)
	return read(svg, lang), nil
}

// read is a picture as it was kept.
func read(svg string, lang i18n.Lang) Picture {
	p := Picture{SVG: svg, Original: lang != i18n.Chinese && strings.ContainsFunc(svg, func(r rune) bool { return unicode.Is(unicode.Han, r) })}
	if size := sizes.FindStringSubmatch(svg); size != nil {
		p.Width, p.Height = size[1], size[2]
	}
	return p
}
