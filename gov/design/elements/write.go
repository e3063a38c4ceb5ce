package elements

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"tongban/gov/design/plan"
	"tongban/platform/bpmn/edit"
)

// ErrGone says that the element is not in the file any more.
var ErrGone = errors.New("elements: no such element")

// Write gives values to an element. Only those that its form asks for count; the
// others, and those that are as they were, change nothing.
func Write(raw []byte, id string, values map[string]string) ([]byte, error) {
	now, ok, err := Read(raw, id)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, ErrGone
	}
	f, err := edit.Read(raw)
	if err != nil {
		return nil, err
	}
	w := writer{f: f, id: id, now: now}
	for _, field := range append(slices.Clone(now.Fields), waysOf(now)...) {
		v, given := values[field]
		if v = strings.TrimSpace(strings.ReplaceAll(v, "\r\n", "\n")); !given || v == now.Values[field] {
			continue
		}
		if err := w.set(field, v); err != nil {
			return nil, fmt.Errorf("%s: %w", field, err)
		}
		if field == "event" || field == "loop" { // what else it asks is new now
			return w.f.Bytes(), nil
		}
	}
	return w.f.Bytes(), nil
}

func waysOf(e Element) []string {
	var out []string
	for _, w := range e.Ways {
		out = append(out, "when."+w.ID)
	}
	return out
}

type writer struct {
	f   *edit.File
	id  string
	now Element
}

func (w *writer) e() *edit.Element { return w.f.Element(w.id) }

func (w *writer) set(field, v string) error {
	switch field {
	case "name", "default":
		return w.f.Set(w.e(), "", field, v)
	case "doc":
		return w.f.Say(w.e(), "documentation", v, false, edit.First)
	case "org", "post", "limit", "operations", "groups", "materials", "takes":
		return w.f.Set(w.e(), plan.Namespace, field, v)
	case "opinion":
		return w.f.Set(w.e(), plan.Namespace, field, map[string]string{"yes": "true"}[v])
	case "service", "decision":
		if _, key := calleeAt(w.e()); key != "" {
			return w.f.Set(w.e(), plan.Namespace, key, v)
		}
		return w.f.Set(w.e(), "", "implementation", v)
	case "result":
		for _, key := range results {
			if old, _ := w.e().Foreign(key); old != "" {
				return w.f.Set(w.e(), plan.Namespace, key, v)
			}
		}
		return w.f.Set(w.e(), plan.Namespace, results[0], v)
	case "script":
		return w.f.Say(w.e(), "script", v, false, edit.Middle)
	case "called":
		return w.f.Set(w.e(), "", "calledElement", v)
	case "in", "out":
		return w.maps(field, v)
	case "when":
		return w.when(w.id, v)
	case "otherwise":
		return w.otherwise(v)
	case "loop":
		return w.loop(v)
	case "while", "most", "collection", "variable", "times", "completion", "counts", "until":
		return w.loopValue(field, v)
	}
	if id, ok := strings.CutPrefix(field, "when."); ok {
		return w.when(id, v)
	}
	return w.event(field, v)
}

// expression marks what is meant to be one and is not marked.
func expression(v string) string {
	if v == "" || strings.HasPrefix(v, "${") || strings.HasPrefix(v, "#{") || strings.HasPrefix(v, "=") {
		return v
	}
	return "${" + v + "}"
}

func (w *writer) when(flow, v string) error {
	return w.f.Say(w.f.Element(flow), "conditionExpression", expression(v), true, edit.Last)
}

// otherwise makes a flow the one that is taken when no other is, or not.
func (w *writer) otherwise(v string) error {
	from := w.f.Element(w.e().Attr("sourceRef"))
	if from == nil {
		return nil
	}
	if v != "yes" {
		return w.f.Set(from, "", "default", "")
	}
	return w.f.Set(from, "", "default", w.id)
}

// event writes what belongs to the event definition.
func (w *writer) event(field, v string) error {
	d, kind := definition(w.e())
	switch field {
	case "event":
		return w.become(d, v)
	case "stops":
		attr := "cancelActivity"
		if w.now.Inside {
			attr = "isInterrupting"
		}
		return w.f.Set(w.e(), "", attr, map[bool]string{true: "", false: "false"}[v == "yes"])
	case "message":
		return w.refer(kind, "message", "messageRef", "name", v)
	case "signal":
		return w.refer(kind, "signal", "signalRef", "name", v)
	case "code":
		return w.refer(kind, kind, kind+"Ref", kind+"Code", v)
	case "timer", "time":
		return w.timer(d, field, v)
	case "condition":
		return w.f.Say(d, "condition", expression(v), true, edit.Last)
	case "link":
		return w.f.Set(d, "", "name", v)
	}
	return fmt.Errorf("has no value %q", field)
}

// become changes what an event waits for or throws.
func (w *writer) become(d *edit.Element, kind string) error {
	if kind != "" && !slices.Contains(w.now.Events, kind) {
		return fmt.Errorf("%q is no event of %s", kind, w.now.Kind)
	}
	if d != nil {
		if err := w.f.Remove(d); err != nil {
			return err
		}
	}
	if kind == "" {
		return nil
	}
	name := w.f.Named(kind + "EventDefinition")
	piece := fmt.Sprintf(`<%s id="%s" />`, name, w.free(w.id+"_"+kind))
	if kind == "timer" {
		prefix, err := w.f.Declared("http://www.w3.org/2001/XMLSchema-instance")
		if err != nil {
			return err
		}
		piece = fmt.Sprintf(`<%s id="%s"><%[3]s %[4]s:type="%[5]s">P5WD</%[3]s></%[1]s>`, name, w.free(w.id+"_"+kind), w.f.Named(Timers[0]), prefix, w.f.Named("tFormalExpression"))
	}
	return w.f.Insert(w.e(), edit.Middle, piece)
}

func (w *writer) timer(d *edit.Element, field, v string) error {
	form, text := w.now.Values["timer"], w.now.Values["time"]
	for _, t := range Timers {
		if k := d.Child(t); k != nil {
			form, text = t, k.Text()
		}
	}
	if field == "time" {
		return w.f.Say(d, form, v, true, edit.Last)
	}
	if !slices.Contains(Timers, v) {
		return fmt.Errorf("%q is no kind of timer", v)
	}
	if err := w.f.Say(d, form, "", true, edit.Last); err != nil {
		return err
	}
	d, _ = definition(w.e())
	return w.f.Say(d, v, cmp.Or(text, "P5WD"), true, edit.Last)
}

// refer makes the element refer to the message, signal, error or escalation of
// that name, which is declared when it is new. kind is that of its event; tasks
// refer themselves.
func (w *writer) refer(kind, local, ref, attr, v string) error {
	id := ""
	if v != "" {
		for _, d := range w.f.Root().All(local) {
			if cmp.Or(d.Attr(attr), d.Attr("id")) == v {
				id = d.Attr("id")
			}
		}
		if id == "" {
			var err error
			if id, err = w.declare(local, attr, v); err != nil {
				return err
			}
		}
	}
	at := w.e()
	if d, _ := definition(at); d != nil && kind != "" {
		at = d
	}
	return w.f.Set(at, "", ref, id)
}

func (w *writer) declare(local, attr, v string) (string, error) {
	first := w.f.Root().Child("process")
	if c := w.f.Root().Child("collaboration"); c != nil {
		first = c
	}
	if first == nil {
		return "", ErrGone
	}
	id := w.free(local + "_1")
	more := ""
	if attr != "name" {
		more = ` name="` + edit.Escape(v) + `"`
	}
	return id, w.f.Before(first, fmt.Sprintf(`<%s id="%s"%s %s="%s" />`, w.f.Named(local), id, more, attr, edit.Escape(v)))
}

// free is an id that the file does not use, like the wish.
func (w *writer) free(wish string) string {
	base, id := strings.TrimSuffix(wish, "_1"), wish
	for n := 2; w.f.Element(id) != nil; n++ {
		id = fmt.Sprintf("%s_%d", base, n)
	}
	return id
}

// assigned is a line such as amount = total * 2.
var assigned = regexp.MustCompile(`^\s*([A-Za-z_][A-Za-z0-9_]*)\s*=\s*([^=].*)$`)

// maps writes what goes into a called process or comes back from it.
func (w *writer) maps(local, v string) error {
	for {
		list := w.e().Extensions(local)
		i := slices.IndexFunc(list, func(k *edit.Element) bool { return k.Attr("source")+k.Attr("sourceExpression") != "" })
		if i < 0 {
			break
		}
		if err := w.f.Remove(list[i]); err != nil {
			return err
		}
	}
	if v == "" {
		return nil
	}
	prefix, err := w.f.Declared(plan.Namespace)
	if err != nil {
		return err
	}
	var pieces []string
	for _, line := range strings.Split(v, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		to, from := strings.TrimSpace(line), strings.TrimSpace(line)
		if m := assigned.FindStringSubmatch(line); m != nil {
			to, from = m[1], strings.TrimSpace(m[2])
		}
		pieces = append(pieces, fmt.Sprintf(`<%s:%s sourceExpression="%s" target="%s" />`, prefix, local, edit.Escape(expression(from)), edit.Escape(to)))
	}
	if w.e().Child("extensionElements") == nil {
		name := w.f.Named("extensionElements")
		if err := w.f.Insert(w.e(), edit.First, "<"+name+"></"+name+">"); err != nil {
			return err
		}
	}
	for _, p := range pieces {
		if err := w.f.Insert(w.e().Child("extensionElements"), edit.Last, p); err != nil {
			return err
		}
	}
	return nil
}

// Loops are how often an activity is done: once, for several at the same time,
// for several in turn, again and again.
var Loops = []string{"", "parallel", "sequential", "again"}

func (w *writer) loop(v string) error {
	if !slices.Contains(Loops, v) {
		return fmt.Errorf("%q is no kind of repetition", v)
	}
	e := w.e()
	multi, again := e.Child("multiInstanceLoopCharacteristics"), e.Child("standardLoopCharacteristics")
	several := v == "parallel" || v == "sequential"
	if multi != nil && several {
		return w.f.Set(multi, "", "isSequential", map[string]string{"sequential": "true", "parallel": "false"}[v])
	}
	for _, old := range []*edit.Element{multi, again} {
		if old != nil {
			if err := w.f.Remove(old); err != nil {
				return err
			}
		}
	}
	switch {
	case several:
		prefix, err := w.f.Declared(plan.Namespace)
		if err != nil {
			return err
		}
		return w.f.Insert(w.e(), edit.Middle, fmt.Sprintf(`<%s isSequential="%t" %s:collection="${partners}" %[3]s:elementVariable="office" />`, w.f.Named("multiInstanceLoopCharacteristics"), v == "sequential", prefix))
	case v == "again":
		return w.f.Insert(w.e(), edit.Middle, fmt.Sprintf(`<%s testBefore="false" loopMaximum="3" />`, w.f.Named("standardLoopCharacteristics")))
	}
	return nil
}

func (w *writer) loopValue(field, v string) error {
	if again := w.e().Child("standardLoopCharacteristics"); again != nil {
		if field == "most" {
			return w.f.Set(again, "", "loopMaximum", v)
		}
		return w.f.Say(again, "loopCondition", expression(v), true, edit.Last)
	}
	l := w.e().Child("multiInstanceLoopCharacteristics")
	switch field {
	case "collection":
		if k := l.Child("loopDataInputRef"); k != nil {
			return w.f.Say(l, "loopDataInputRef", v, false, edit.Last)
		}
		return w.f.Set(l, plan.Namespace, "collection", expression(v))
	case "variable":
		return w.f.Set(l, plan.Namespace, "elementVariable", v)
	case "completion":
		return w.f.Set(l, plan.Namespace, "completion", v)
	case "counts":
		return w.f.Set(l, plan.Namespace, "counts", expression(v))
	case "times":
		return w.f.Say(l, "loopCardinality", v, true, edit.First)
	}
	return w.f.Say(l, "completionCondition", expression(v), true, edit.Last)
}

// Names lists what the file says already of a kind: names of messages and signals,
// codes of errors and escalations, ids of processes that run.
func Names(raw []byte) map[string][]string {
	f, err := edit.Read(raw)
	if err != nil {
		return nil
	}
	out := map[string]map[string]bool{"message": {}, "signal": {}, "code": {}, "called": {}}
	note := func(kind, v string) {
		if v != "" {
			out[kind][v] = true
		}
	}
	for _, k := range f.Root().Kids {
		switch {
		case k.Is("message"), k.Is("signal"):
			note(k.Local, cmp.Or(k.Attr("name"), k.Attr("id")))
		case k.Is("error"):
			note("code", cmp.Or(k.Attr("errorCode"), k.Attr("id")))
		case k.Is("escalation"):
			note("code", cmp.Or(k.Attr("escalationCode"), k.Attr("id")))
		case k.Is("process") && k.Attr("isExecutable") != "false":
			note("called", k.Attr("id"))
		}
	}
	lists := map[string][]string{}
	for kind, set := range out {
		lists[kind] = slices.Sorted(maps.Keys(set))
	}
	return lists
}
