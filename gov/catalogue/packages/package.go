package packages

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"tongban/gov/catalogue/content"
	"tongban/platform/fault"
	"tongban/platform/forms"
)

// The refusals of files.
var (
	ErrNewer = fault.Invalid("packages.newer")     // it needs a newer version of the service
	ErrFiles = fault.Invalid("packages.files")     // no package, or what does not belong into one
	ErrLarge = fault.Invalid("packages.too_large") // more than a package can be
	ErrRead  = fault.Invalid("packages.unreadable")
	ErrKey   = fault.Invalid("packages.key") // a file says something under a key that nobody knows
)

// The files of a package. Others are refused.
const (
	ItemFile       = "item.json"
	MaterialsFile  = "materials.json"
	SituationsFile = "situations.json"
	FormFile       = "form.json"
	ResultFile     = "result.json"
	FlowFile       = "flow.bpmn"
	TablesFile     = "decisions.dmn"
	BundleFile     = "bundle.json"
	OfficesFile    = "departments.json"
)

// Package is everything that one package says.
type Package struct {
	Item       Item               `json:"item"`
	Materials  []content.Material `json:"materials"`
	Situations content.Situations `json:"situations"`
	Form       forms.Definition   `json:"form"`
	Result     content.Result     `json:"result"`
	Offices    []Office           `json:"offices,omitempty"`  // names that came with it
	RawForm    string             `json:"raw_form,omitempty"` // the form as it was written, while nobody changed it
	Bundle     *content.Bundle    `json:"bundle,omitempty"`   // what it joins; nil: it is one item

	Flow      string `json:"-"`
	Decisions string `json:"-"`
}

// Of is a version of an item as a package.
func Of(c content.Content) *Package {
	p := &Package{Item: itemOf(&c), Materials: c.Materials, Result: c.Result, RawForm: string(c.Form), Flow: c.Flow, Decisions: c.Decisions, Offices: officesOf(c.Item)}
	p.Situations = content.Situations{Start: content.End, Questions: []content.Question{}}
	if c.Situations != nil {
		p.Situations = *c.Situations
	}
	p.Bundle = c.Bundle
	if json.Unmarshal(c.Form, &p.Form) != nil {
		p.Form = forms.Definition{}
	}
	return p
}

// Content is the package as the catalogue keeps it, checked or not.
func (p *Package) Content(offices []Office) content.Content {
	item := p.Item
	c := content.Content{Item: item.Content(append(slices.Clone(p.Offices), offices...)), Materials: p.Materials, Steps: p.Item.Steps, Result: p.Result, Form: p.form(), Flow: p.Flow, Decisions: p.Decisions}
	if len(p.Situations.Questions) > 0 {
		s := p.Situations
		c.Situations = &s
	}
	c.Bundle = p.Bundle
	return c
}

// Joins tells whether the package joins several items (一件事): then it has no flow
// and no result of its own.
func (p *Package) Joins() bool { return p.Bundle != nil }

// form is form.json. What nobody changed keeps its bytes, so that a form that
// many items share stays the same one.
func (p *Package) form() []byte {
	var was forms.Definition
	if p.RawForm != "" && json.Unmarshal([]byte(p.RawForm), &was) == nil && bytes.Equal(write(was), write(p.Form)) {
		return []byte(p.RawForm)
	}
	return write(p.Form)
}

// write is JSON as people read and git compares it.
func write(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		panic(fmt.Sprintf("packages: does not marshal: %v", err)) // plain structs of text and numbers
	}
	return b.Bytes()
}

// Files are the files of the package's folder, by name, and departments.json
// with the offices that it names. Names in offices replace those that came with
// the package.
func (p *Package) Files(offices []Office) map[string][]byte {
	type list struct {
		Materials []content.Material `json:"materials"`
	}
	materials := make([]content.Material, len(p.Materials))
	for i, m := range p.Materials {
		m.Instead, m.Sample, m.Accept = there(m.Instead), there(m.Sample), there(m.Accept)
		materials[i] = m
	}
	result := p.Result
	result.Certificate.Fields, result.Certificate.Text = there(result.Certificate.Fields), there(result.Certificate.Text)
	result.Refusal.Reasons, result.Refusal.Remedies = there(result.Refusal.Reasons), there(result.Refusal.Remedies)
	situations := p.Situations
	situations.Start, situations.Questions = cmp.Or(situations.Start, content.End), there(situations.Questions)
	out := map[string][]byte{
		ItemFile: write(p.Item.tidy()), MaterialsFile: write(list{materials}), SituationsFile: write(situations),
		FormFile: p.form(), ResultFile: write(result), FlowFile: []byte(p.Flow), OfficesFile: write(p.named(offices)),
	}
	if p.Decisions != "" {
		out[TablesFile] = []byte(p.Decisions)
	}
	if p.Joins() {
		b := *p.Bundle
		b.Parts = there(b.Parts)
		out[BundleFile] = write(b)
		delete(out, FlowFile)
		delete(out, ResultFile)
	}
	return out
}

// named are the offices that the package names, by code.
func (p *Package) named(offices []Office) []Office {
	needed := map[string]bool{p.Item.Org: true, p.Result.Certificate.Issuer: !p.Joins()}
	for _, s := range p.Item.Steps {
		needed[s.Org] = true
	}
	for _, x := range p.Item.Partners {
		needed[x.Org] = true
	}
	found := map[string]Office{}
	for _, o := range slices.Concat(p.Offices, offices) {
		if needed[o.Code] && o.Code != "" && o.Name.Zh != "" {
			o.Name.En = cmp.Or(o.Name.En, o.Name.Zh) // a name that nobody translated is given as it is
			found[o.Code] = o
		}
	}
	out := []Office{}
	for _, code := range slices.Sorted(maps.Keys(found)) {
		out = append(out, found[code])
	}
	return out
}

// FS is the package as a folder that the catalogue's door reads.
func (p *Package) FS(offices []Office) (fsys fs.FS, dir string, err error) {
	dir = Dir(p.Item.ID)
	raw, err := Zip(dir, p.Files(offices))
	if err != nil {
		return nil, dir, err
	}
	r, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	return r, dir, err
}

// Dir is the name of a package's folder; what is no name of a folder becomes one.
func Dir(id string) string {
	clean := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return -1
	}, strings.ToLower(id))
	return cmp.Or(clean, "package")
}

// Read takes a package out of its files. It reads leniently: what is missing or
// wrong shows when the draft is checked. A newer format is refused first.
func Read(files map[string][]byte) (*Package, error) {
	raw := files[ItemFile]
	if raw == nil {
		return nil, ErrFiles.With("file", ItemFile)
	}
	if err := Known(raw); err != nil {
		return nil, err
	}
	p := &Package{RawForm: string(files[FormFile]), Flow: string(files[FlowFile]), Decisions: string(files[TablesFile])}
	var list struct {
		Materials []content.Material `json:"materials"`
	}
	for _, x := range []struct {
		file string
		into any
	}{{ItemFile, &p.Item}, {MaterialsFile, &list}, {SituationsFile, &p.Situations}, {FormFile, &p.Form}, {ResultFile, &p.Result}, {OfficesFile, &p.Offices}} {
		body, there := files[x.file]
		if !there {
			if _, bundle := files[BundleFile]; bundle && x.file == ResultFile || x.file == OfficesFile { // a one thing has no result
				continue
			}
			return nil, ErrFiles.With("file", x.file)
		}
		if err := decode(body, x.into, x.file != FormFile); err != nil { // the form is kept as it is besides
			return nil, unreadable(x.file, body, err)
		}
	}
	p.Materials = list.Materials
	if b, ok := files[BundleFile]; ok {
		p.Bundle = &content.Bundle{}
		if err := decode(b, p.Bundle, true); err != nil {
			return nil, unreadable(BundleFile, b, err)
		}
	}
	return p, nil
}

// decode reads one file. What it says under a key that nobody knows would be lost
// without a word: strictly, it is refused.
func decode(body []byte, into any, strict bool) error {
	d := json.NewDecoder(bytes.NewReader(body))
	if strict {
		d.DisallowUnknownFields()
	}
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more follows after the end")
	}
	return nil
}

func unreadable(file string, body []byte, err error) error {
	if _, key, unknown := strings.Cut(err.Error(), "unknown field "); unknown {
		key = strings.Trim(key, `"`)
		line := 1 + bytes.Count(body[:max(bytes.Index(body, []byte(`"`+key+`"`)), 0)], []byte("\n"))
		return ErrKey.With("file", file).With("line", line).With("key", key)
	}
	line := 0
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		line = 1 + bytes.Count(body[:min(int(syntax.Offset), len(body))], []byte("\n"))
	}
	return ErrRead.With("file", file).With("line", line).With("problem", err.Error()).Because(err)
}

// Clone is a copy that shares nothing that can be altered.
func (p *Package) Clone() *Package {
	out := &Package{}
	b, err := json.Marshal(p)
	if err == nil {
		err = json.Unmarshal(b, out)
	}
	if err != nil {
		panic(fmt.Sprintf("packages: does not copy: %v", err)) // plain structs of text and numbers
	}
	out.Flow, out.Decisions = p.Flow, p.Decisions
	return out
}

// Known refuses item.json of a newer format than this service reads, before
// anything else in it is looked at. What is no JSON is left to whoever reads it.
func Known(raw []byte) error {
	var head struct {
		Format int `json:"format"`
	}
	if json.Unmarshal(raw, &head) == nil && head.Format > Format {
		return ErrNewer.With("format", head.Format).With("known", Format)
	}
	return nil
}

// MergeOffices adds offices to those that a departments.json lists; an office
// that stands in both is as the newer one says. Offices are listed by code.
func MergeOffices(old, newer []byte) ([]byte, error) {
	found := map[string]Office{}
	for _, raw := range [][]byte{old, newer} {
		var list []Office
		if len(bytes.TrimSpace(raw)) == 0 {
			continue
		}
		if err := json.Unmarshal(raw, &list); err != nil {
			return nil, unreadable(OfficesFile, raw, err)
		}
		for _, o := range list {
			if o.Parent == "" {
				o.Parent = found[o.Code].Parent
			}
			found[o.Code] = o
		}
	}
	out := []Office{}
	for _, code := range slices.Sorted(maps.Keys(found)) {
		out = append(out, found[code])
	}
	return write(out), nil
}
