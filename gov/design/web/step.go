package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tongban/gov/design"
	"tongban/gov/design/parts"
	"tongban/gov/design/plan"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// POST /design/{region}/{item}/steps/{step}
func (h pages) saveStep(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	ctx, region, item, id := r.Context(), r.PathValue("region"), r.PathValue("item"), r.PathValue("step")
	typed, conflicts, err := h.SaveStep(ctx, region, item, version(r), id, r.PostForm.Get("force") != "", r.PostForm["offices"], func(p *plan.Plan, s *plan.Step) error {
		if problems := fill(ctx, r, p, s); len(problems) > 0 {
			return formError{problems, *s}
		}
		return nil
	})
	if bad, ok := err.(formError); ok {
		return h.again(w, r, http.StatusUnprocessableEntity, editorView{Form: bad.problems, Step: &bad.step})
	}
	f := fault.Of(err)
	if err != nil && (errors.Is(err, design.ErrBoth) || f.Code == design.ErrStale.Code) {
		v := editorView{Form: []ui.Problem{{Field: "step", Text: web.Words(ctx, f)}}, Step: &typed, Force: true}
		if typed.ID == "" { // it is not there any more: what was entered is shown, not lost
			typed = gone(ctx, r, id)
		}
		return h.clashes(w, r, v, conflicts)
	}
	if err != nil {
		return err
	}
	to := draftPath(region, item)
	switch r.PostForm.Get("next") {
	case "stay":
		to += "?step=" + id + "#step"
	case "find":
		to += "?step=" + id + "&find=" + url.QueryEscape(r.PostForm.Get("find")) + "#step"
	default:
		to += "#s-" + id
	}
	return web.Redirect(w, r, to)
}

// again shows the editor with a form that was not kept.
func (h pages) again(w http.ResponseWriter, r *http.Request, status int, v editorView) error {
	var err error
	if v.D, v.A, err = h.Open(r.Context(), r.PathValue("region"), r.PathValue("item")); err != nil {
		return err
	}
	return h.show(w, r, status, v)
}

// clashes shows what two people changed, and keeps what this one entered.
func (h pages) clashes(w http.ResponseWriter, r *http.Request, v editorView, conflicts []parts.Conflict) error {
	ctx := r.Context()
	var err error
	if v.D, v.A, err = h.Open(ctx, r.PathValue("region"), r.PathValue("item")); err != nil {
		return err
	}
	for _, c := range conflicts {
		field := c.Path[strings.LastIndex(c.Path, "/")+1:]
		label := words(ctx, "step."+field)
		if strings.Contains(c.Path, "/branches/") {
			n, _ := strconv.Atoi(strings.TrimPrefix(strings.Split(c.Path, "/")[3], "#")) // written by Values
			label = words(ctx, "branch_n", "n", n+1) + words(ctx, "colon") + words(ctx, "step.branch_"+field)
		}
		v.Clash = append(v.Clash, clash{label, v.valueText(ctx, field, c.Mine), v.valueText(ctx, field, c.Theirs), c.Name, c.At})
	}
	return h.show(w, r, http.StatusConflict, v)
}

// gone is a step that somebody took away, as it was entered.
func gone(ctx context.Context, r *http.Request, id string) plan.Step {
	f := r.PostForm
	s := plan.Step{ID: id, Kind: plan.Approve}
	if f.Has("mode") {
		s.Kind = plan.Joint
	}
	fill(ctx, r, &plan.Plan{}, &s)
	return s
}

// valueText says one answer about a step in words.
func (v editorView) valueText(ctx context.Context, field string, value any) string {
	var list []string
	switch x := value.(type) {
	case nil:
	case []any:
		for _, e := range x {
			if t, ok := e.(map[string]any); ok {
				list = append(list, v.testText(ctx, plan.Test{Subject: fmt.Sprint(t["subject"]), Op: fmt.Sprint(t["op"]), Value: fmt.Sprint(t["value"])}))
				continue
			}
			list = append(list, v.one(ctx, field, fmt.Sprint(e)))
		}
	default:
		list = append(list, v.one(ctx, field, fmt.Sprint(x)))
	}
	if len(list) == 0 {
		return words(ctx, "value_none")
	}
	return strings.Join(list, words(ctx, "comma"))
}

func (v editorView) one(ctx context.Context, field, text string) string {
	switch field {
	case "office", "offices":
		if text == plan.Partners {
			return words(ctx, "partners")
		}
		return v.A.OfficeName(text)
	case "post":
		return words(ctx, "post."+text)
	case "mode":
		return words(ctx, "mode."+text)
	case "days":
		return text + " " + words(ctx, "workdays")
	case "share":
		return text + " %"
	case "operations":
		return words(ctx, "operation."+text)
	case "back":
		return v.stepName(text)
	case "flow":
		return v.flowName(ctx, text)
	case "opinion":
		return words(ctx, map[bool]string{true: "yes", false: "no"}[text == "true"])
	case "groups", "materials":
		for _, c := range append(slices.Clone(v.A.Groups), v.A.Materials...) {
			if c.ID == text {
				return name(ctx, c)
			}
		}
	}
	return text
}

// flowName is what a called process is called.
func (v editorView) flowName(ctx context.Context, id string) string {
	if v.D.Tree != nil {
		if f := v.D.Tree.Flow(id); f != nil {
			return i18n.Pick(ctx, f.Name, f.NameEn)
		}
	}
	return words(ctx, "choose")
}

// formError carries a form that cannot be read back to its page.
type formError struct {
	problems []ui.Problem
	step     plan.Step
}

// Error implements error.
func (e formError) Error() string { return fmt.Sprintf("%d problems in the form", len(e.problems)) }

// fill writes what was entered into the step. What only the rules of a plan
// refuse is kept and shown among the problems.
func fill(ctx context.Context, r *http.Request, p *plan.Plan, s *plan.Step) []ui.Problem {
	f := r.PostForm
	var problems []ui.Problem
	number := func(field, code string) int {
		text := strings.TrimSpace(f.Get(field))
		n, err := strconv.Atoi(text)
		if text != "" && err != nil {
			problems = append(problems, ui.Problem{Field: field, Text: words(ctx, "problem."+code, "max", "1000")})
		}
		return n
	}
	s.Name, s.NameEn = strings.TrimSpace(f.Get("name")), strings.TrimSpace(f.Get("name_en"))
	switch s.Kind {
	case plan.Approve, plan.Joint, plan.Decide:
		s.Post, s.Days = f.Get("post"), number("days", "days")
		s.Opinion = f.Get("opinion") != ""
		s.Operations, s.Groups, s.Materials = f["operations"], f["groups"], f["materials"]
	}
	switch s.Kind {
	case plan.Approve, plan.Copy:
		s.Office = f.Get("office")
	case plan.Decide:
		s.Back = f.Get("back")
	case plan.Decision:
		s.Table = f.Get("table")
	case plan.Call:
		s.Flow = f.Get("flow")
	case plan.Joint:
		s.Offices, s.Mode, s.Share = f["offices"], plan.Mode(f.Get("mode")), number("share", "share")
	case plan.Condition, plan.Parallel:
		for i := range s.Branches {
			fillBranch(r, p, s, i)
		}
	}
	return problems
}

func fillBranch(r *http.Request, p *plan.Plan, s *plan.Step, i int) {
	f, b := r.PostForm, &s.Branches[i]
	key := func(name string) string { return fmt.Sprintf("b%d.%s", i, name) }
	if !f.Has(key("name")) {
		return // somebody else added it meanwhile
	}
	b.Name = strings.TrimSpace(f.Get(key("name")))
	if s.Kind == plan.Parallel {
		return
	}
	b.Back = f.Get(key("back"))
	if i == len(s.Branches)-1 {
		return
	}
	b.When = nil
	subjects, ops, values := f[key("subject")], f[key("op")], f[key("value")]
	for j := range subjects {
		if subjects[j] == "" || j >= len(ops) || j >= len(values) {
			continue // an empty row takes its test away
		}
		t := plan.Test{Subject: subjects[j], Op: ops[j], Value: strings.TrimSpace(values[j])}
		if x, _ := p.Find(t.Subject); x != nil && x.Kind != plan.Decision {
			t.Op = "result"
		} else if t.Op == "result" || !slices.Contains(plan.Ops, t.Op) {
			t.Op = "is"
		}
		b.When = append(b.When, t)
	}
}

// stepFields are the questions about a step that is done by offices.
func (v editorView) stepFields(ctx context.Context) []ui.FieldProps {
	s := v.Step
	out := []ui.FieldProps{
		{Name: "name", Label: words(ctx, "step.name"), Type: ui.Text, Value: s.Name, Required: true},
		{Name: "name_en", Label: words(ctx, "step.name_en"), Type: ui.Text, Value: s.NameEn},
	}
	out = append(out, v.officeFields(ctx)...)
	if s.Kind == plan.Approve || s.Kind == plan.Joint || s.Kind == plan.Decide {
		out = append(out, v.workFields(ctx)...)
	}
	for i := range out {
		out[i].Error = ui.ErrorFor(v.Form, out[i].Name)
	}
	return out
}

// officeFields ask who does the step.
func (v editorView) officeFields(ctx context.Context) []ui.FieldProps {
	s, offices := v.Step, v.offices(ctx)
	switch s.Kind {
	case plan.Parallel:
		return v.finder(ctx, []ui.FieldProps{{Name: "offices", Label: words(ctx, "step.beside"), Hint: words(ctx, "step.beside_hint"), Type: ui.Choices, Values: s.Beside(), Options: offices, Plain: true}})
	case plan.Approve, plan.Copy:
		first := ui.Option{Text: words(ctx, "lead_office")}
		if s.Kind == plan.Copy {
			first.Text = words(ctx, "choose")
		}
		return v.finder(ctx, []ui.FieldProps{{Name: "office", Label: words(ctx, "step.office"), Type: ui.Select, Value: s.Office, Options: append([]ui.Option{first}, offices...), Required: true}})
	case plan.Decision:
		options := []ui.Option{{Text: words(ctx, "choose")}}
		for _, t := range v.D.Decisions().Decisions() {
			options = append(options, ui.Option{Value: t.ID, Text: t.Name})
		}
		return []ui.FieldProps{{Name: "table", Label: words(ctx, "step.table"), Hint: words(ctx, "step.table_hint"), Type: ui.Select, Value: s.Table, Options: options, Required: true}}
	case plan.Call:
		options := []ui.Option{{Text: words(ctx, "choose")}}
		for _, x := range v.D.Tree.Flows {
			options = append(options, ui.Option{Value: x.ID, Text: i18n.Pick(ctx, x.Name, x.NameEn)})
		}
		return []ui.FieldProps{{Name: "flow", Label: words(ctx, "step.flow"), Hint: words(ctx, "step.flow_hint"), Type: ui.Select, Value: s.Flow, Options: options, Required: true}}
	case plan.Joint:
		var modes []string
		for _, m := range plan.Modes {
			modes = append(modes, string(m))
		}
		return v.finder(ctx, []ui.FieldProps{
			{Name: "offices", Label: words(ctx, "step.offices"), Type: ui.Choices, Values: s.Offices, Required: true,
				Options: append([]ui.Option{{Value: plan.Partners, Text: words(ctx, "partners")}}, offices...)},
			{Name: "mode", Label: words(ctx, "step.mode"), Type: ui.Choice, Value: string(s.Mode), Options: keyed(ctx, "mode_long.", modes), Required: true},
			{Name: "share", Label: words(ctx, "step.share"), Type: ui.Number, Value: positive(s.Share), Unit: "%", Width: "s"},
		})
	}
	return nil
}

// workFields ask how the step is done.
func (v editorView) workFields(ctx context.Context) []ui.FieldProps {
	s := v.Step
	out := []ui.FieldProps{
		{Name: "post", Label: words(ctx, "step.post"), Type: ui.Select, Value: s.Post, Options: keyed(ctx, "post.", []string{"window", "examiner", "decider"}), Required: true},
		{Name: "days", Label: words(ctx, "step.days"), Type: ui.Number, Value: positive(s.Days), Unit: words(ctx, "workdays"), Width: "s", Required: true},
	}
	if s.Kind == plan.Decide {
		back := []ui.Option{{Text: words(ctx, "no_back")}}
		for _, x := range v.D.Tree.Steps {
			back = append(back, ui.Option{Value: x.ID, Text: x.Name})
		}
		return append(out, ui.FieldProps{Name: "back", Label: words(ctx, "step.back"), Type: ui.Select, Value: s.Back, Options: back, Plain: true})
	}
	opinion := ""
	if s.Opinion {
		opinion = "yes"
	}
	return append(out, ui.FieldProps{Name: "opinion", Label: words(ctx, "step.opinion"), Type: ui.Check, Value: opinion, Plain: true})
}

// limited tells whether the holder of the step may not read everything: then
// what he may read stands open.
func (v editorView) limited() bool { return len(v.Step.Groups)+len(v.Step.Materials) > 0 }

// rightFields ask what the holder may do and see besides; none for steps
// without a holder.
func (v editorView) rightFields(ctx context.Context) []ui.FieldProps {
	s := v.Step
	if s.Kind != plan.Approve && s.Kind != plan.Joint && s.Kind != plan.Decide {
		return nil
	}
	out := []ui.FieldProps{{Name: "operations", Label: words(ctx, "step.operations"), Type: ui.Choices, Values: s.Operations, Options: keyed(ctx, "operation.", plan.Operations), Plain: true}}
	if len(v.A.Groups) > 0 {
		out = append(out, ui.FieldProps{Name: "groups", Label: words(ctx, "step.groups"), Hint: words(ctx, "step.all_hint"), Type: ui.Choices, Values: s.Groups, Options: choices(ctx, v.A.Groups), Plain: true})
	}
	if len(v.A.Materials) > 0 {
		out = append(out, ui.FieldProps{Name: "materials", Label: words(ctx, "step.materials"), Hint: words(ctx, "step.all_hint"), Type: ui.Choices, Values: s.Materials, Options: choices(ctx, v.A.Materials), Plain: true})
	}
	return out
}

// testRow is one line of a condition: what, how, against what.
type testRow struct {
	Subject, Op, Value []ui.Option
	At                 plan.Test
	Free               bool // the value is typed
}

// testRows are the tests of a branch and one empty line.
func (v editorView) testRows(ctx context.Context, s *plan.Step, branch int) []testRow {
	subjects := []ui.Option{{Text: words(ctx, "choose")}}
	given := v.D.Outputs()
	var results []ui.Option
	for _, r := range plan.Results {
		results = append(results, ui.Option{Value: r, Text: words(ctx, "result."+r)})
	}
	v.D.Tree.Each(func(x *plan.Step, _ plan.Place) bool {
		if x.ID == s.ID {
			return false // only what came before can be asked about
		}
		if x.Gives() {
			subjects = append(subjects, ui.Option{Value: x.ID, Text: words(ctx, "result_of", "step", x.Name)})
		}
		if x.Kind == plan.Decision {
			for _, o := range given[x.Table] {
				subjects = append(subjects, ui.Option{Value: subjectOf(x, o), Text: v.outputName(ctx, x, o.Name)})
			}
		}
		return true
	})
	for _, x := range v.A.Subjects {
		subjects = append(subjects, ui.Option{Value: x.ID, Text: words(ctx, "answer_to", "subject", name(ctx, x.Choice))})
	}
	var ops []ui.Option
	for _, o := range plan.Ops {
		ops = append(ops, ui.Option{Value: o, Text: words(ctx, "op."+o)})
	}
	var rows []testRow
	for _, t := range append(slices.Clone(s.Branches[branch].When), plan.Test{}) {
		row := testRow{Subject: subjects, Op: ops, At: t, Free: true}
		if t.Op == "result" {
			row.Op, row.Value, row.Free = []ui.Option{{Value: "result", Text: words(ctx, "op.is")}}, results, false
		}
		if x, output := v.D.Tree.Asked(t); x != nil {
			for _, o := range given[x.Table] {
				if o.Name == output && len(o.Values) > 0 {
					row.Free, row.Value = false, valueOptions(o.Values, t.Value)
				}
			}
		}
		for _, x := range v.A.Subjects {
			if x.ID == t.Subject && len(x.Options) > 0 {
				row.Free = false
				for _, o := range x.Options {
					row.Value = append(row.Value, ui.Option{Value: o.ID, Text: name(ctx, o)})
				}
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// backOptions are the steps that a branch may send back to.
func (v editorView) backOptions(ctx context.Context, s *plan.Step) []ui.Option {
	out := []ui.Option{{Text: words(ctx, "go_on")}}
	v.D.Tree.Each(func(x *plan.Step, _ plan.Place) bool {
		if x.ID == s.ID {
			return false
		}
		out = append(out, ui.Option{Value: x.ID, Text: words(ctx, "back_to", "step", x.Name)})
		return true
	})
	return out
}

// subjectOf is how a test names an output of a decision.
func subjectOf(s *plan.Step, o plan.Output) string {
	if o.Name == "" {
		return s.ID
	}
	return s.ID + "." + o.Name
}

// outputName is what an output of a decision is called.
func (v editorView) outputName(ctx context.Context, s *plan.Step, output string) string {
	if output == "" {
		return words(ctx, "given_by", "step", s.Name)
	}
	return words(ctx, "given_by_output", "step", s.Name, "output", output)
}

// valueOptions are values to choose from; one that is no longer among them
// stays visible until somebody changes it.
func valueOptions(values []string, now string) []ui.Option {
	var out []ui.Option
	for _, x := range values {
		out = append(out, ui.Option{Value: x, Text: x})
	}
	if now != "" && !slices.Contains(values, now) {
		out = append(out, ui.Option{Value: now, Text: now})
	}
	return out
}

// manyOffices is how many offices can be read through; of more, a name is asked.
const manyOffices = 12

// offices are those that are offered: all of them, or, when a name was asked,
// those that have it in theirs and those that are chosen already.
func (v editorView) offices(ctx context.Context) []ui.Option {
	all := officeOptions(ctx, v.A)
	if v.Find == "" {
		return all
	}
	chosen := append([]string{v.Step.Office}, append(v.Step.Offices, v.Step.Beside()...)...)
	return slices.DeleteFunc(all, func(o ui.Option) bool {
		return !strings.Contains(strings.ToLower(o.Text), strings.ToLower(v.Find)) && !slices.Contains(chosen, o.Value)
	})
}

// finder puts a field in front that looks offices up by their name, when there
// are many.
func (v editorView) finder(ctx context.Context, fields []ui.FieldProps) []ui.FieldProps {
	if len(v.A.Offices) <= manyOffices {
		return fields
	}
	say := ""
	if v.Find != "" {
		say = words(ctx, "office_found", "n", len(v.offices(ctx)))
	}
	return append([]ui.FieldProps{{Name: "find", Label: words(ctx, "office_find"), Hint: say, Type: ui.Text, Value: v.Find, Plain: true, Width: "m"}}, fields...)
}

// findable tells whether the form of the step asks for offices of which there
// are many.
func (v editorView) findable() bool {
	return len(v.A.Offices) > manyOffices && slices.Contains([]plan.Kind{plan.Approve, plan.Joint, plan.Copy, plan.Parallel}, v.Step.Kind)
}
