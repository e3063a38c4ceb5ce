package catalogue

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"tongban/gov/catalogue/caseflow"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/decisions"
	"tongban/gov/catalogue/guides"
	"tongban/gov/catalogue/onething"
	"tongban/gov/catalogue/packages"
	"tongban/gov/catalogue/places"
	"tongban/gov/catalogue/strict"
	"tongban/platform/bpmn"
	"tongban/platform/forms"
)

// Office is one entry of departments.json.
type Office = packages.Office

// PackageError lists everything that is wrong with a package, each line with
// its file and path, so that it can be repaired in one go.
type PackageError struct {
	Package  string
	Problems []string
}

// Error implements error.
func (e *PackageError) Error() string {
	return fmt.Sprintf("package %s: %s", e.Package, strings.Join(e.Problems, "; "))
}

// packageItem is item.json.
type packageItem = packages.Item

// loader reads the files of one package and collects what is wrong.
type loader struct {
	fsys     fs.FS
	dir      string
	find     onething.Find // items that a one thing joins
	problems []string
}

func (l *loader) bad(file, format string, args ...any) {
	l.problems = append(l.problems, file+": "+fmt.Sprintf(format, args...))
}

func (l *loader) raw(file string) []byte {
	b, err := fs.ReadFile(l.fsys, path.Join(l.dir, file))
	if err != nil {
		l.bad(file, "cannot be read: %v", err)
	}
	return b
}

// optional is raw for a file that need not be there.
func (l *loader) optional(file string) []byte {
	if _, err := fs.Stat(l.fsys, path.Join(l.dir, file)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return l.raw(file)
}

func (l *loader) json(file string, v any) bool {
	raw := l.raw(file)
	if raw == nil {
		return false
	}
	problems := strict.Decode(raw, v)
	for _, p := range problems {
		l.bad(file, "%s", p)
	}
	return len(problems) == 0 || strict.Readable(raw, v)
}

// LoadOffices reads departments.json.
func LoadOffices(fsys fs.FS) ([]Office, error) {
	l := &loader{fsys: fsys, dir: "."}
	var list []Office
	l.json("departments.json", &list)
	if len(l.problems) > 0 {
		return nil, &PackageError{"departments", l.problems}
	}
	return list, nil
}

// LoadPackage reads and checks the package in folder dir of fsys. The error is
// a *PackageError that lists every problem.
func LoadPackage(fsys fs.FS, dir string, offices []Office) (Content, error) {
	return loadPackage(fsys, dir, offices, beside(fsys, dir, offices))
}

// loadPackage reads a package; find gives the items that a one thing joins.
func loadPackage(fsys fs.FS, dir string, offices []Office, find onething.Find) (Content, error) {
	l := &loader{fsys: fsys, dir: dir, find: find}
	var (
		it  packageItem
		sit Situations
		mat struct {
			Materials []Material `json:"materials"`
		}
		res Result
	)
	if err := packages.Known(l.raw("item.json")); err != nil {
		return Content{}, err
	}
	ok := l.json("item.json", &it)
	ok = l.json("situations.json", &sit) && ok
	ok = l.json("materials.json", &mat) && ok
	form := l.raw("form.json")
	joined, one := l.bundle()
	var flow []byte
	if !joined {
		ok = l.json("result.json", &res) && ok
		flow = l.raw("flow.bpmn")
	}
	tables := l.optional("decisions.dmn")
	if !ok || form == nil || len(flow) == 0 && one == nil {
		return Content{}, &PackageError{dir, l.problems}
	}
	c := Content{Item: it.Content(offices), Situations: &sit, Materials: mat.Materials, Steps: it.Steps, Result: res, Bundle: one, Form: form, Flow: string(flow), Decisions: string(tables)}
	if it.ID != path.Base(dir) {
		l.bad("item.json", "id: %q must be the name of the folder, %q", it.ID, path.Base(dir))
	}
	l.check(&it, &c, offices)
	if len(l.problems) > 0 {
		return Content{}, &PackageError{dir, l.problems}
	}
	if len(sit.Questions) == 0 { // nothing has to be asked beforehand
		c.Situations = nil
	}
	return c, nil
}

var (
	codePattern = regexp.MustCompile(`^[0-9A-Z]{18}[0-9][0-9A-Z]{12}([0-9A-Z]{2})?$`)
	regionCode  = regexp.MustCompile(`^[0-9]{6}([0-9]{3})?([0-9]{3})?$`)
)

// checkFills looks whether what steps fill in is a field of the form that nobody
// else sees.
func (l *loader) checkFills(it *packageItem, c *Content) {
	form, err := forms.Parse(c.Form, c.Situations.IDs())
	if err != nil {
		return // said already
	}
	for _, s := range it.Steps {
		for _, id := range s.Fills {
			if !slices.ContainsFunc(form.Fields(), func(f forms.Field) bool { return f.ID == id && f.ShowWhen == content.Never }) {
				l.bad("item.json", "steps.%s.fills: form.json has no field %q with show_when %q", s.Element, id, content.Never)
			}
		}
	}
}

// check looks at what one file says about another.
func (l *loader) check(it *packageItem, c *Content, offices []Office) {
	l.checkItem(it, offices)
	for _, p := range c.Situations.Check() {
		l.bad("situations.json", "%s", p)
	}
	clauses := map[string]bool{}
	for i, b := range it.Basis {
		if !content.ValidID(b.ID) || clauses[b.ID] {
			l.bad("item.json", "basis[%d].id: %q is malformed or used twice", i, b.ID)
		}
		clauses[b.ID] = true
	}
	clause := func(file, at, id string) {
		if !clauses[id] {
			l.bad(file, "%s: item.json has no clause %q in basis", at, id)
		}
	}
	l.checkFills(it, c)
	for i, cond := range it.Conditions {
		clause("item.json", fmt.Sprintf("conditions[%d].clause", i), cond.Clause)
		for _, s := range cond.Steps {
			if !slices.ContainsFunc(it.Steps, func(st Step) bool { return st.Element == s }) {
				l.bad("item.json", "conditions[%d].steps: there is no step %q", i, s)
			}
		}
	}
	for _, q := range c.Situations.Questions {
		if q.Clause != "" {
			clause("situations.json", "questions."+q.ID+".clause", q.Clause)
		}
	}
	if c.Bundle == nil && len(c.Result.Refusal.Reasons)+len(it.Conditions) == 0 {
		l.bad("result.json", "refusal.reasons: list at least one, or conditions in item.json; a refusal has to name what is not met")
	}
	for i, r := range c.Result.Refusal.Reasons {
		clause("result.json", fmt.Sprintf("refusal.reasons[%d].clause", i), r.Clause)
	}
	for i, r := range c.Result.Refusal.Remedies {
		at := fmt.Sprintf("refusal.remedies[%d]", i)
		clause("result.json", at+".clause", r.Clause)
		l.checkRemedy(at, r)
	}
	fields := l.checkForm(c)
	m := l.checkDecisions(c, fields)
	ids := content.Identifiers(c.Situations, fields, m)
	l.checkMaterials(c, clause, ids)
	l.checkVariations(c, ids, m, offices)
	l.checkEffects(c, fields)
	if c.Bundle != nil {
		l.checkBundle(it, c)
		return
	}
	l.checkFlow(it, c, m)
	if !officeKnown(offices, c.Result.Certificate.Issuer) {
		l.bad("result.json", "certificate.issuer: departments.json has no office %q", c.Result.Certificate.Issuer)
	}
}

// checkRemedy keeps period and body in their own fields, so that a decision
// tells each once.
func (l *loader) checkRemedy(at string, r Remedy) {
	if _, ok := content.RemedyActs[r.ID]; !ok {
		l.bad("result.json", "%s.id: %q is neither review nor lawsuit", at, r.ID)
	}
	if r.Amount <= 0 || (r.Unit != "day" && r.Unit != "month") {
		l.bad("result.json", "%s: needs an amount of days or months", at)
	}
	for _, text := range []string{r.Text.Zh, r.Text.En} {
		if strings.Count(text, content.BodyPlace) != 1 {
			l.bad("result.json", "%s.text: must say %s once, for the body", at, content.BodyPlace)
		}
		if periodPattern.MatchString(text) {
			l.bad("result.json", "%s.text: leave the period to amount and unit", at)
		}
	}
}

// periodPattern finds a period in the text of a remedy.
var periodPattern = regexp.MustCompile(`[0-9]|[一二三四五六七八九十]+(日|天|个月)|within`)

func (l *loader) checkItem(it *packageItem, offices []Office) {
	if it.Format != packages.Plain && it.Format != packages.Format {
		l.bad("item.json", "format: 1 and 2 are known, not %d", it.Format)
	}
	if it.Format == packages.Plain && it.More != nil {
		l.bad("item.json", "more: needs format 2")
	}
	if n := it.Handling.Identity; n != 0 && (n < DefaultIdentity || n > 5) {
		l.bad("item.json", "handling.identity: %d is no level of identity, 2 to 5", n)
	}
	if !codePattern.MatchString(it.Code) {
		l.bad("item.json", "code: %q is not an implementation code of 31 or 33 characters", it.Code)
	}
	if !regionCode.MatchString(it.Region) {
		l.bad("item.json", "region: %q is not a division code", it.Region)
	}
	if !strings.HasPrefix(it.Code, it.Org) {
		l.bad("item.json", "code: must begin with org, %s", it.Org)
	}
	if guides.TypeName(it.Type.Code) == "" {
		l.bad("item.json", "type.code: %q is not known", it.Type.Code)
	}
	for i, a := range it.Audience {
		if !slices.Contains(content.Audiences, a) {
			l.bad("item.json", "audience[%d]: %q is none of %s", i, a, strings.Join(content.Audiences, " "))
		}
	}
	if len(it.Audience) == 0 {
		l.bad("item.json", "audience: at least one is needed")
	}
	orgs := []string{it.Org}
	for _, p := range it.Partners {
		orgs = append(orgs, p.Org)
	}
	for _, s := range it.Steps {
		orgs = append(orgs, s.Org)
	}
	for _, o := range orgs {
		if !officeKnown(offices, o) {
			l.bad("item.json", "departments.json has no office %q", o)
		}
	}
	for name, lim := range map[string]Limit{"legal": it.Limits.Legal, "promise": it.Limits.Promise, "correction": it.Limits.Correction} {
		if lim.Amount < 1 || !slices.Contains([]Unit{Workdays, Days, Hours}, lim.Unit) {
			l.bad("item.json", "limits.%s: needs an amount of 1 or more in workday, day or hour", name)
		}
	}
	if it.Limits.Legal.Unit == it.Limits.Promise.Unit && it.Limits.Promise.Amount > it.Limits.Legal.Amount {
		l.bad("item.json", "limits.promise: %d is longer than the legal limit of %d", it.Limits.Promise.Amount, it.Limits.Legal.Amount)
	}
	if it.Fee.Cents < 0 {
		l.bad("item.json", "fee.cents: must not be negative")
	}
}

func officeKnown(offices []Office, code string) bool {
	return slices.ContainsFunc(offices, func(o Office) bool { return o.Code == code })
}

func (l *loader) checkMaterials(c *Content, clause func(file, at, id string), ids map[string]any) {
	seen := map[string]bool{}
	for i, m := range c.Materials {
		at := fmt.Sprintf("materials[%d]", i)
		if !content.ValidID(m.ID) || seen[m.ID] {
			l.bad("materials.json", "%s.id: %q is malformed or used twice", at, m.ID)
		}
		seen[m.ID] = true
		if !slices.Contains([]string{"original", "copy", "electronic"}, m.Kind) {
			l.bad("materials.json", "%s.kind: %q is none of original, copy, electronic", at, m.Kind)
		}
		if m.Count < 1 || m.MaxMB < 1 || len(m.Accept) == 0 {
			l.bad("materials.json", "%s: count, max_mb and accept need a value", at)
		}
		for _, a := range m.Accept {
			if !slices.Contains([]string{"pdf", "jpg", "png", "ofd"}, a) {
				l.bad("materials.json", "%s.accept: %q is none of pdf, jpg, png, ofd", at, a)
			}
		}
		clause("materials.json", at+".clause", m.Clause)
		if _, err := content.CompileCondition(m.NeededWhen, ids); err != nil {
			l.bad("materials.json", "%s.needed_when: %v", at, err)
		}
		for j, s := range m.Instead {
			if !slices.Contains([]string{"certificate", "data", "commitment"}, s.Kind) {
				l.bad("materials.json", "%s.instead[%d].kind: %q is none of certificate, data, commitment", at, j, s.Kind)
			}
		}
	}
}

// checkVariations walks every way through the questions: what differs there has
// to be one thing, by an office that there is.
func (l *loader) checkVariations(c *Content, ids map[string]any, tables *decisions.Model, offices []Office) {
	for _, p := range c.Situations.CheckVariations(&c.Item, ids, tables) {
		l.bad("situations.json", "%s", p)
	}
	for _, v := range c.Situations.Variations {
		if v.Office != nil && !officeKnown(offices, v.Office.Code) {
			l.bad("situations.json", "variations.%s.office: departments.json has no office %q", v.ID, v.Office.Code)
		}
	}
}

func (l *loader) checkEffects(c *Content, fields []string) {
	material := func(id string) bool {
		return slices.ContainsFunc(c.Materials, func(m Material) bool { return m.ID == id })
	}
	for _, q := range c.Situations.Questions {
		if slices.Contains(fields, q.ID) {
			l.bad("situations.json", "questions.%s: a form field has the same id", q.ID)
		}
		for _, o := range q.Options {
			for _, id := range slices.Concat(o.Effects.Add, o.Effects.Remove) {
				if !material(id) {
					l.bad("situations.json", "questions.%s.%s.effects: there is no material %q", q.ID, o.ID, id)
				}
			}
			for _, id := range slices.Concat(o.Effects.Show, o.Effects.Hide) {
				if !slices.Contains(fields, id) {
					l.bad("situations.json", "questions.%s.%s.effects: there is no field %q", q.ID, o.ID, id)
				}
			}
		}
	}
}

// checkFlow parses the flow and compares its user tasks with the steps.
func (l *loader) checkFlow(it *packageItem, c *Content, tables *decisions.Model) {
	m, err := bpmn.Parse(bytes.NewReader([]byte(c.Flow)))
	if err != nil {
		l.bad("flow.bpmn", "%v", err)
		return
	}
	p := m.Process("")
	if p == nil {
		l.bad("flow.bpmn", "it has no executable process")
		return
	}
	for _, n := range caseflow.Check(p, tables) {
		l.bad("flow.bpmn", "%v", n)
	}
	steps := map[string]Step{}
	for _, s := range it.Steps {
		steps[s.Element] = s
	}
	for _, t := range caseflow.UserTasks(p) {
		s, ok := steps[t.ID]
		delete(steps, t.ID)
		if t.Attrs["post"] == PostApplicant {
			continue // the applicant has no office and no limit of an office
		}
		if !ok {
			l.bad("item.json", "steps: the user task %s of flow.bpmn has no step", t.ID)
			continue
		}
		if org := t.Attrs["org"]; org != s.Org && !(strings.HasPrefix(org, "${") && s.Org == it.Org) {
			l.bad("item.json", "steps.%s.org: %s, but flow.bpmn says %s", t.ID, s.Org, org)
		}
	}
	for id := range steps {
		l.bad("item.json", "steps.%s: flow.bpmn has no such user task", id)
	}
}

// checkForm reads the form and returns its fields.
func (l *loader) checkForm(c *Content) []string {
	var d forms.Definition
	problems := strict.Decode(c.Form, &d)
	for _, p := range problems {
		l.bad("form.json", "%s", p)
	}
	if len(problems) > 0 {
		return nil
	}
	parsed, err := forms.Parse(c.Form, c.Situations.IDs())
	if err != nil {
		l.bad("form.json", "%v", err)
		return nil
	}
	ids := content.FieldIDs(parsed)
	seen := map[string]bool{}
	for _, id := range ids {
		if !content.ValidID(id) || seen[id] {
			l.bad("form.json", "fields.%s: the id is malformed or used twice", id)
		}
		seen[id] = true
	}
	for _, f := range parsed.Fields() {
		if err := places.CheckField(f, c.Item.Region); err != "" {
			l.bad("form.json", "fields.%s.%s", f.ID, err)
		}
	}
	return ids
}
