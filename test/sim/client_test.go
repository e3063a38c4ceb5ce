package sim

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"tongban/gov/identity"
	"tongban/platform/id"
	"tongban/test/sim/town"
)

// counts is what the clients lived through, together.
type counts struct {
	acknowledged, unknown, foundDone, foundUndone, journeys atomic.Int64
}

// client acts for everybody who has a part in its cases, through the API.
type client struct {
	base    string
	secrets map[string]string // tokens by role
	form    town.Application
	pdf     []byte
	ledger  *ledger
	counts  *counts
	leave   *atomic.Bool
	http    *http.Client
}

// answer is what the API said. cut means that nobody knows: the connection
// broke, or the program said that it does not know itself.
type answer struct {
	status int
	cut    bool
	body   []byte
}

func (a answer) ok() bool { return !a.cut && a.status < 300 }

func (a answer) code() string {
	var p struct{ Code string }
	json.Unmarshal(a.body, &p)
	return p.Code
}

func (c *client) send(role, method, path, key string, body any) answer {
	var raw []byte
	kind := "application/json"
	switch b := body.(type) {
	case nil:
	case []byte:
		raw, kind = b, "application/octet-stream"
	default:
		raw, _ = json.Marshal(b)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(raw))
	if err != nil {
		panic(err)
	}
	r.Header.Set("Authorization", "Bearer "+c.secrets[role])
	if raw != nil {
		r.Header.Set("Content-Type", kind)
	}
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	res, err := c.http.Do(r)
	if err != nil {
		return answer{cut: true}
	}
	defer res.Body.Close()
	out, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, err != nil || res.StatusCode >= 500, out}
}

// get asks until there is an answer.
func (c *client) get(role, path string, into any) error {
	for {
		a := c.send(role, http.MethodGet, path, "", nil)
		switch {
		case a.cut:
			time.Sleep(30 * time.Millisecond)
		case a.ok():
			return json.Unmarshal(a.body, into)
		default:
			return fmt.Errorf("GET %s: %d %s", path, a.status, a.body)
		}
	}
}

// command is one change that a client wants, and how it finds out later
// whether the change was made.
type command struct {
	role, method, path, key string
	body                    any
	into                    any                  // filled from the answer
	done                    func() (bool, error) // asks the program; nil: send it again with the same key
}

// do sends a command until it knows that it is done. Every answer that was cut
// off is followed by the question whether it was done, so that each is one of
// done or not done.
func (c *client) do(k command) error {
	for {
		a := c.send(k.role, k.method, k.path, k.key, k.body)
		switch {
		case a.ok():
			c.counts.acknowledged.Add(1)
			if k.into == nil {
				return nil
			}
			return json.Unmarshal(a.body, k.into)
		case !a.cut:
			return fmt.Errorf("%s %s: %d %s", k.method, k.path, a.status, a.body)
		}
		c.counts.unknown.Add(1)
		time.Sleep(30 * time.Millisecond)
		if k.done == nil {
			continue // the key makes the repetition harmless
		}
		is, err := k.done()
		if err != nil {
			return err
		}
		if is {
			c.counts.foundDone.Add(1)
			return nil
		}
		c.counts.foundUndone.Add(1)
	}
}

type draftView struct {
	ID, Case  string
	State     string
	Version   int
	Form      map[string]string
	Materials map[string]struct{ Files []struct{ Hash string } }
}

type taskView struct{ ID, Element, Role, State, Result, Assignee string }

type caseView struct {
	ID, Number, State, Outcome, Certificate string
	Tasks                                   []taskView
}

// journey makes one application and brings it to its end.
func (c *client) journey() error {
	draft, path, err := c.fill()
	if err != nil {
		return err
	}
	var kase caseView
	submit := command{role: identity.RoleResident, method: http.MethodPost, path: path + "/submission", key: id.Secret(12), body: map[string]any{"version": 0}, into: &kase}
	if err := c.do(submit); err != nil {
		return err
	}
	c.ledger.note(effect{kind: submitted, draft: draft, kase: kase.ID, value: kase.Number})
	var again caseView
	submit.into = &again
	if err := c.do(submit); err != nil { // what was done once is not done twice
		return err
	}
	if again.ID != kase.ID || again.Number != kase.Number {
		return fmt.Errorf("one key made two cases: %s and %s", kase.ID, again.ID)
	}
	path = "/api/v1/cases/" + town.District + "/" + kase.ID
	err = c.do(command{role: identity.RoleClerk, method: http.MethodPost, path: path + "/acceptance", body: map[string]any{}, done: func() (bool, error) {
		var now caseView
		err := c.get(identity.RoleResident, path, &now)
		return now.State != "submitted", err
	}})
	if err != nil {
		return err
	}
	c.ledger.note(effect{kind: accepted, kase: kase.ID})
	return c.work(kase.ID, path)
}

// fill begins a draft and enters everything.
func (c *client) fill() (draft, path string, err error) {
	var d draftView
	start := command{role: identity.RoleResident, method: http.MethodPost, path: "/api/v1/drafts", key: id.Secret(12), into: &d,
		body: map[string]any{"region": town.District, "item": town.Restaurant, "situation": c.form.Situation}}
	if err := c.do(start); err != nil {
		return "", "", err
	}
	c.ledger.note(effect{kind: begun, draft: d.ID})
	path = "/api/v1/drafts/" + town.District + "/" + d.ID
	form := map[string]string{}
	for k, v := range c.form.Form {
		if d.Form[k] == "" {
			form[k] = v
		}
	}
	mark := id.Secret(8)
	form["shop_address"] = mark
	see := func() (now draftView, err error) { return now, c.get(identity.RoleResident, path, &now) }
	err = c.do(command{role: identity.RoleResident, method: http.MethodPatch, path: path, body: map[string]any{"version": d.Version, "form": form}, done: func() (bool, error) {
		now, err := see()
		return now.Form["shop_address"] == mark, err
	}})
	if err != nil {
		return "", "", err
	}
	c.ledger.note(effect{kind: saved, draft: d.ID, value: mark})
	for _, m := range c.form.Materials {
		err := c.do(command{role: identity.RoleResident, method: http.MethodPost, path: path + "/materials/" + m + "/files?name=" + m + ".pdf", body: c.pdf, done: func() (bool, error) {
			now, err := see()
			return len(now.Materials[m].Files) > 0, err
		}})
		if err != nil {
			return "", "", err
		}
		c.ledger.note(effect{kind: attached, draft: d.ID, value: m})
	}
	return d.ID, path, nil
}

// work does every step of a case until it is decided.
func (c *client) work(kase, path string) error {
	for range 12 {
		var now caseView
		if err := c.get(identity.RoleResident, path, &now); err != nil {
			return err
		}
		if now.State == "decided" {
			c.ledger.note(effect{kind: decided, kase: kase, value: now.Certificate})
			c.counts.journeys.Add(1)
			return nil
		}
		for _, t := range now.Tasks {
			if t.State != "open" {
				continue
			}
			if err := c.step(kase, path, t); err != nil {
				return err
			}
		}
	}
	return fmt.Errorf("case %s does not end", kase)
}

func (c *client) step(kase, path string, t taskView) error {
	task := "/api/v1/tasks/" + town.District + "/" + t.ID
	seen := func(want func(taskView) bool) func() (bool, error) {
		return func() (bool, error) {
			var now caseView
			if err := c.get(identity.RoleResident, path, &now); err != nil {
				return false, err
			}
			for _, x := range now.Tasks {
				if x.ID == t.ID {
					return want(x), nil
				}
			}
			return false, fmt.Errorf("task %s is gone", t.ID)
		}
	}
	err := c.do(command{role: t.Role, method: http.MethodPost, path: task + "/claim", body: map[string]any{}, done: seen(func(x taskView) bool { return x.Assignee != "" })})
	if err != nil {
		return err
	}
	c.ledger.note(effect{kind: claimed, kase: kase, task: t.ID})
	err = c.do(command{role: t.Role, method: http.MethodPost, path: task + "/completion", body: map[string]any{"result": "approve", "opinion": "经审查，符合条件。"}, done: seen(func(x taskView) bool { return x.State == "done" })})
	if err != nil {
		return err
	}
	c.ledger.note(effect{kind: completed, kase: kase, task: t.ID, value: "approve"})
	return nil
}
