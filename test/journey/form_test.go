package journey

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

func control(n *html.Node) bool {
	return n.Data == "select" || n.Data == "textarea" || n.Data == "input" && attr(n, "type") != "hidden" && attr(n, "type") != "submit"
}

// field finds the control, or all controls of a group of options, under a
// label; among several, those nearest to some other words.
func (p *page) field(label, near string) ([]*html.Node, error) {
	for _, exact := range []bool{true, false} {
		groups := p.labelled(label, exact)
		if near != "" {
			groups = p.nearestGroup(groups, near)
		}
		if len(groups) > 0 {
			return groups[0], nil
		}
	}
	var names []string
	for _, n := range p.all("label", "legend") {
		names = append(names, words(n))
	}
	return nil, fmt.Errorf("there is no field %q, only %s", label, strings.Join(names, " | "))
}

func (p *page) nearestGroup(groups [][]*html.Node, near string) [][]*html.Node {
	var first []*html.Node
	for _, g := range groups {
		first = append(first, g[0])
	}
	best := nearest(first, near)
	return slices.DeleteFunc(groups, func(g []*html.Node) bool { return !slices.Contains(best, g[0]) })
}

// labelled lists the groups of controls under a label, in the order in which
// a reader would think of them.
func (p *page) labelled(label string, exact bool) (out [][]*html.Node) {
	add := func(list []*html.Node) {
		if len(list) > 0 {
			out = append(out, list)
		}
	}
	for _, n := range p.all("legend") {
		if called(n, label, exact) {
			add(within(n.Parent, control))
		}
	}
	for _, n := range p.all("label") {
		if !called(n, label, exact) {
			continue
		}
		if c := p.byID(attr(n, "for")); c != nil {
			add([]*html.Node{c})
		} else {
			add(within(n, control))
		}
	}
	for _, n := range within(p.doc, control) {
		if a := attr(n, "aria-label"); a != "" && (tight(a) == tight(label) || !exact && strings.Contains(tight(a), tight(label))) {
			add([]*html.Node{n})
		}
	}
	for _, n := range p.all("h1", "h2", "h3") {
		if called(n, label, exact) {
			add(p.below(n))
		}
	}
	return out
}

// below lists the controls below the heading of a page that asks one question,
// or of a part of a page.
func (p *page) below(heading *html.Node) []*html.Node {
	if heading.Data == "h1" {
		return within(up(heading, named("main")), control)
	}
	return within(heading.Parent, control)
}

// labelOf is what a reader is told that a control is.
func (p *page) labelOf(n *html.Node) string {
	for _, l := range p.all("label") {
		if attr(l, "for") == attr(n, "id") && attr(n, "id") != "" {
			return words(l)
		}
	}
	if l := up(n, named("label")); l != nil {
		return words(l)
	}
	return attr(n, "aria-label")
}

// answer fills in a field: text, one of its options, or yes and no for a box.
func (p *page) answer(label, value, near string) error {
	list, err := p.field(label, near)
	if err != nil {
		return err
	}
	kind := attr(list[0], "type")
	switch {
	case kind == "radio" || kind == "checkbox":
		return p.tick(list, label, value)
	case list[0].Data == "select":
		return choose(list[0], label, value)
	case list[0].Data == "textarea":
		for list[0].FirstChild != nil {
			list[0].RemoveChild(list[0].FirstChild)
		}
		list[0].AppendChild(&html.Node{Type: html.TextNode, Data: value})
	case kind == "file":
		return fmt.Errorf("%q takes files, not words", label)
	default:
		set(list[0], "value", value)
	}
	return nil
}

func (p *page) tick(list []*html.Node, label, value string) error {
	if len(list) == 1 && (value == "yes" || value == "no") {
		drop(list[0], "checked")
		if value == "yes" {
			set(list[0], "checked", "")
		}
		return nil
	}
	var chosen *html.Node
	var names []string
	for _, exact := range []bool{true, false} {
		for _, n := range list {
			name := p.labelOf(n)
			names = append(names, name)
			if chosen == nil && (tight(name) == tight(value) || !exact && strings.Contains(tight(name), tight(value))) {
				chosen = n
			}
		}
	}
	if chosen == nil {
		return fmt.Errorf("%q has no option %q, only %s", label, value, strings.Join(names, " | "))
	}
	for _, n := range list {
		if attr(n, "type") == "radio" && attr(n, "name") == attr(chosen, "name") {
			drop(n, "checked")
		}
	}
	set(chosen, "checked", "")
	return nil
}

func choose(n *html.Node, label, value string) error {
	options := within(n, named("option"))
	o, err := pick(options, value, "")
	if err != nil {
		return fmt.Errorf("%q: %w", label, err)
	}
	for _, n := range options {
		drop(n, "selected")
	}
	set(o, "selected", "")
	return nil
}

// attach picks a file for the file field under a label or heading.
func (p *page) attach(label, near string, f file) error {
	list, err := p.field(label, near)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(n *html.Node) bool { return attr(n, "type") == "file" })
	if i < 0 {
		return fmt.Errorf("%q takes no files", label)
	}
	if !has(list[i], "multiple") {
		p.picked[list[i]] = nil
	}
	p.picked[list[i]] = append(p.picked[list[i]], f)
	return nil
}

// sending is a form on its way.
type sending struct {
	method, action, kind string
	body                 []byte
}

// press collects what the form of a button sends.
func (p *page) press(name, near string) (sending, error) {
	list := within(p.doc, func(n *html.Node) bool {
		return (n.Data == "button" || n.Data == "input" && attr(n, "type") == "submit") && !has(n, "disabled") && attr(n, "type") != "button"
	})
	b, err := pick(list, name, near)
	if err != nil {
		return sending{}, err
	}
	form := up(b, named("form"))
	if id := attr(b, "form"); id != "" {
		form = p.byID(id)
	}
	if form == nil {
		return sending{}, fmt.Errorf("button %q belongs to no form", name)
	}
	return p.collect(form, b)
}

func (p *page) collect(form, button *html.Node) (sending, error) {
	s := sending{method: strings.ToUpper(attr(form, "method")), action: attr(form, "action"), kind: "application/x-www-form-urlencoded"}
	if a := attr(button, "formaction"); a != "" {
		s.action = a
	}
	values, files := p.values(form, button)
	if s.method != "POST" {
		s.method = "GET"
		u, err := url.Parse(s.action)
		if err != nil {
			return s, err
		}
		u.RawQuery = encode(values).Encode()
		s.action = u.String()
		return s, nil
	}
	if attr(form, "enctype") != "multipart/form-data" {
		s.body = []byte(encode(values).Encode())
		return s, nil
	}
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for _, v := range values {
		if err := m.WriteField(v[0], v[1]); err != nil {
			return s, err
		}
	}
	for _, f := range files {
		w, err := m.CreateFormFile(f.field, f.name)
		if err != nil {
			return s, err
		}
		w.Write(f.body)
	}
	s.kind = m.FormDataContentType()
	err := m.Close()
	s.body = b.Bytes()
	return s, err
}

func encode(list [][2]string) url.Values {
	out := url.Values{}
	for _, v := range list {
		out.Add(v[0], v[1])
	}
	return out
}

type sentFile struct {
	field string
	file
}

// values are those of the controls that belong to the form, in order, and of
// the button that was pressed.
func (p *page) values(form, button *html.Node) (values [][2]string, files []sentFile) {
	mine := within(p.doc, func(n *html.Node) bool {
		if n.Data != "input" && n.Data != "select" && n.Data != "textarea" || attr(n, "name") == "" || has(n, "disabled") {
			return false
		}
		if id := attr(n, "form"); id != "" {
			return id == attr(form, "id")
		}
		return up(n, func(x *html.Node) bool { return x == form }) != nil
	})
	for _, n := range mine {
		name, kind := attr(n, "name"), attr(n, "type")
		switch {
		case kind == "file":
			for _, f := range p.picked[n] {
				files = append(files, sentFile{name, f})
			}
		case kind == "radio" || kind == "checkbox":
			if has(n, "checked") {
				values = append(values, [2]string{name, cmpOr(attr(n, "value"), "on")})
			}
		case n.Data == "select":
			if v, ok := selected(n); ok {
				values = append(values, [2]string{name, v})
			}
		case n.Data == "textarea":
			values = append(values, [2]string{name, plain(n)})
		case kind != "submit" && kind != "button":
			values = append(values, [2]string{name, attr(n, "value")})
		}
	}
	if name := attr(button, "name"); name != "" {
		values = append(values, [2]string{name, attr(button, "value")})
	}
	return values, files
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// plain is the text in an element, as it is.
func plain(n *html.Node) string {
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(c.Data)
	}
	return strings.TrimPrefix(b.String(), "\n")
}

func selected(n *html.Node) (string, bool) {
	options := within(n, named("option"))
	if len(options) == 0 {
		return "", false
	}
	o := options[0]
	for _, x := range options {
		if has(x, "selected") {
			o = x
		}
	}
	if has(o, "value") {
		return attr(o, "value"), true
	}
	return plain(o), true
}
