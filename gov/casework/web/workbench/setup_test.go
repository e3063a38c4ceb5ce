package workbench_test

import (
	"context"
	"net/url"
	"testing"

	"tongban/gov/casework"
	"tongban/gov/casework/web/casefile/casefiletest"
	"tongban/gov/casework/web/workbench"
	"tongban/platform/i18n"
)

// office is a town with the workbench open and one accepted restaurant case.
type office struct {
	*casefiletest.Town
	c   casework.Case
	me  context.Context // the applicant
	lit *casefiletest.Browser
}

func open(w *casefiletest.Town) office {
	w.Open(workbench.Routes(workbench.Deps{Casework: w.Casework, Catalogue: w.Items, Certificates: w.Papers, Identity: w.Identity, Files: w.Files, Clock: w.Clock}), workbench.Strings)
	o := office{Town: w, me: w.Resident("王示例", 1)}
	o.c = w.Apply(o.me)
	w.Officer("decider02", "decider", casefiletest.Lead)
	return o
}

// accepted is open with the case accepted by somebody who decides nothing.
func accepted(w *casefiletest.Town) office {
	o := open(w)
	var err error
	o.c, err = w.Casework.Accept(w.Officer("window", "clerk", ""), o.c.Region, o.c.ID, o.c.Version)
	w.Must(err)
	for _, e := range []struct{ name, org string }{{"lead", casefiletest.Lead}, {"fire", casefiletest.Fire}, {"water", casefiletest.Water}, {"other", casefiletest.Other}} {
		w.Officer(e.name, "examiner", e.org)
	}
	w.Officer("head", "decider", casefiletest.Lead)
	return o
}

// step is the path of an open step of the case.
func (o office) step(element string) string {
	o.T.Helper()
	for _, t := range o.File(o.c).Tasks {
		if t.Element == element && t.State == casework.TaskOpen {
			return "/work/tasks/" + t.Region + "/" + string(t.ID) + "?case=" + string(t.Case)
		}
	}
	o.T.Fatalf("step %s is not open", element)
	return ""
}

// act is the path of an act on a step.
func act(step, verb string) string {
	u, _ := url.Parse(step)
	return u.Path + "/" + verb + "?" + u.RawQuery
}

func TestStrings_sameKeys(t *testing.T) {
	b := i18n.NewBundle()
	if err := b.Add(workbench.Strings); err != nil {
		t.Fatal(err)
	}
	for key := range b.Words(i18n.Chinese) {
		if !b.Has(i18n.English, key) {
			t.Errorf("no English for %s", key)
		}
	}
	if len(b.Words(i18n.Chinese)) != len(b.Words(i18n.English)) {
		t.Error("the languages differ")
	}
}

// task is an open step of the case.
func (o office) task(element string) casework.Task {
	o.T.Helper()
	for _, t := range o.File(o.c).Tasks {
		if t.Element == element && t.State == casework.TaskOpen {
			return t
		}
	}
	o.T.Fatalf("step %s is not open", element)
	return casework.Task{}
}
