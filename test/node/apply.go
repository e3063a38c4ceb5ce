package node

import (
	"bytes"
	"context"

	"tongban/gov/casework"
	"tongban/gov/casework/bundles"
	"tongban/gov/identity"
	"tongban/platform/auth"
	"tongban/platform/files"
)

// Restaurant is the shipped item that several offices decide together, and
// OneThing the one thing (一件事) of the same purpose, whose parts are items.
const (
	Restaurant = "1144990190000002224440199901000"
	OneThing   = "1144990190000002224442099910000"
)

// answers fill in the application for a small restaurant that four offices
// look at.
var answers = casework.Edit{
	Situation: map[string]string{"operator": "none", "place": "rent", "service": "dine_in", "fire_way": "inspect", "drain": "own", "sign": "large"},
	Form: map[string]string{
		"shop_name": "虚构小馆", "shop_division": "449901001", "shop_address": "示例路 1 号", "area": "86.5", "kitchen_area": "20", "lease_end": "2028-12-31",
		"dishes": "hot", "seats": "30", "staff": "4", "manager": "王示例", "opening": "2026-12-01", "receive": "electronic", "pledge": "yes"},
}

// papers are the materials of that application and the files for them.
var papers = map[string]string{"layout": "布局图.pdf", "rules": "厨房制度.pdf", "fire_plan": "灭火疏散预案.pdf", "drain_plan": "隔油池.jpg", "sign_drawing": "招牌.png"}

// lookedUp are the materials that offices look up themselves.
var lookedUp = map[string]string{"id_card": "data:population", "lease": "data:tenancy", "health": "certificate:health_certificate"}

// As is a context in which somebody of the town acts.
func (n *Node) As(name string) context.Context {
	n.t.Helper()
	p, err := n.Identity.Authenticate(n.t.Context(), n.SignIn(name))
	n.must(err)
	return auth.With(n.t.Context(), p)
}

// Draft begins and fills in an application for a restaurant.
func (n *Node) Draft(name string) casework.Draft { return n.DraftOf(name, Restaurant) }

// Whole hands the same application in as a one thing.
func (n *Node) Whole(name string) bundles.Bundle {
	n.t.Helper()
	d := n.DraftOf(name, OneThing)
	b, err := n.Bundles.Submit(n.As(name), d.Region, d.ID, d.Version)
	n.must(err)
	n.Settle()
	return b
}

// DraftOf begins and fills in the same application for an item that asks for the same.
func (n *Node) DraftOf(name, item string) casework.Draft {
	n.t.Helper()
	ctx := n.As(name)
	d, err := n.Casework.Start(ctx, casework.Start{Region: District, Item: item})
	n.must(err)
	d, err = n.Casework.Save(ctx, d.Region, d.ID, d.Version, answers)
	n.must(err)
	for material, source := range lookedUp {
		d, err = n.Casework.Choose(ctx, d.Region, d.ID, material, casework.Electronic, source, "")
		n.must(err)
	}
	for material, name := range papers {
		body, err := File(name)
		n.must(err)
		ref, err := n.Files.Put(ctx, bytes.NewReader(body), 20<<20, []files.Kind{files.PDF, files.JPEG, files.PNG})
		n.must(err)
		d, err = n.Casework.Attach(ctx, d.Region, d.ID, material, casework.Attachment{Hash: ref.Hash, Name: name, Size: ref.Size, Kind: string(ref.Kind)})
		n.must(err)
	}
	return d
}

// Submit hands an application in.
func (n *Node) Submit(name string) casework.Case {
	n.t.Helper()
	d := n.Draft(name)
	c, err := n.Casework.Submit(n.As(name), d.Region, d.ID, d.Version)
	n.must(err)
	return c
}

// Accepted hands an application in and accepts it at the counter.
func (n *Node) Accepted(name string) casework.Case {
	n.t.Helper()
	c := n.Submit(name)
	c, err := n.Casework.Accept(n.As(Clerk), c.Region, c.ID, c.Version)
	n.must(err)
	n.Settle()
	return c
}

// Granted brings an application to its certificate.
func (n *Node) Granted(name string) casework.Case {
	n.t.Helper()
	c := n.Accepted(name)
	return n.Finish(c.Region, string(c.ID))
}

// Finish has the counter and the offices grant a case that was handed in.
func (n *Node) Finish(region, id string) casework.Case {
	n.t.Helper()
	ctx := auth.System(n.t.Context(), "test")
	for range 10 {
		f, err := n.Casework.Open(ctx, region, casework.CaseID(id), "")
		n.must(err)
		switch {
		case !f.State.Open():
			return f.Case
		case f.State == casework.Submitted:
			_, err := n.Casework.Accept(n.As(Clerk), region, f.ID, f.Version)
			n.must(err)
		}
		for _, t := range f.Tasks {
			by := map[string]string{casework.RoleExaminer: Examiner, casework.RoleDecider: Decider}[t.Role]
			if t.State != casework.TaskOpen || by == "" {
				continue
			}
			_, err := n.Casework.Complete(n.As(by), region, t.ID, casework.Opinion{Result: casework.Approve, Text: "经审查，符合条件。"})
			n.must(err)
		}
		n.Settle()
	}
	n.t.Fatal("the application for the restaurant does not end")
	return casework.Case{}
}

// Tasks are the steps of a case that somebody has to do.
func (n *Node) Tasks(c casework.Case) []casework.Task {
	n.t.Helper()
	f, err := n.Casework.Open(auth.System(n.t.Context(), "test"), c.Region, c.ID, "")
	n.must(err)
	var out []casework.Task
	for _, t := range f.Tasks {
		if t.State == casework.TaskOpen {
			out = append(out, t)
		}
	}
	return out
}

// Hire opens an officer's account with one post and returns the name.
func (n *Node) Hire(name, region, org, role string) string {
	n.t.Helper()
	a, _, err := n.Identity.OpenOfficer(n.As("示例系统管理员"), "test-"+role+region, name)
	n.must(err)
	_, err = n.Identity.AssignPost(n.As("示例安全管理员"), identity.Post{Account: a.ID, Region: region, Org: org, Every: org == "", Role: role, Title: "测试岗位"})
	n.must(err)
	n.accounts[name] = a.ID
	return name
}
