package api

import (
	"context"
	"net/http"

	"tongban/gov/casework"
	"tongban/gov/casework/upgrades"
	"tongban/platform/fault"
	"tongban/platform/web"
)

// UpgradeDeps is what moving cases to another version needs.
type UpgradeDeps struct{ Desk upgrades.Desk }

// RegisterUpgrades adds the operations that move running cases to another
// version of their item.
func RegisterUpgrades(a *web.API, d UpgradeDeps) {
	const running = "/api/v1/items/{region}/{code}/running"
	web.Register(a, op("count-running-cases", http.MethodGet, running, "How many running cases follow which version of an item", upgrades.MayUpgrade), d.versions)
	plan := op("plan-upgrade", http.MethodPost, running+"/upgrade-plan", "What would become of running cases under another version; nothing changes", upgrades.MayUpgrade)
	plan.Repeat = "nothing changes"
	web.Register(a, plan, d.plan)
	run := op("upgrade-cases", http.MethodPost, running+"/upgrades", "Move running cases to another version, some at a time, each by itself", upgrades.MayUpgrade)
	run.Repeat = "a case that has moved is left alone"
	web.Register(a, run, d.run)
}

// UpgradeItem names an item. It has a capital because the interface sees promoted
// fields of exported types alone.
type UpgradeItem struct {
	Region string `path:"region" pattern:"^[0-9]{6,12}$"`
	Code   string `path:"code" maxLength:"40"`
}

type upgradeCount struct {
	Version int `json:"version"`
	Cases   int `json:"cases"`
}

type upgradeVersionsOutput struct {
	Body struct {
		Versions []upgradeCount `json:"versions" doc:"The newest first"`
	}
}

func (d UpgradeDeps) versions(ctx context.Context, in *UpgradeItem) (*upgradeVersionsOutput, error) {
	list, err := d.Desk.Versions(ctx, in.Region, in.Code)
	if err != nil {
		return nil, err
	}
	out := &upgradeVersionsOutput{}
	out.Body.Versions = []upgradeCount{}
	for _, c := range list {
		out.Body.Versions = append(out.Body.Versions, upgradeCount(c))
	}
	return out, nil
}

// UpgradeOrder says which cases move where, and how.
type UpgradeOrder struct {
	From    int               `json:"from" minimum:"1"`
	To      int               `json:"to" minimum:"1"`
	Mapping map[string]string `json:"mapping,omitempty" doc:"Elements of the flow: id in the old version to id in the new one; the others keep theirs"`
	Cases   []string          `json:"cases,omitempty" maxItems:"50" doc:"Empty: all, the oldest first, 50 at a time"`
	After   string            `json:"after,omitempty" maxLength:"80" doc:"Only cases after this one: the next of the order before"`
}

func (o UpgradeOrder) order(at UpgradeItem) upgrades.Order {
	out := upgrades.Order{Region: at.Region, Item: at.Code, From: o.From, To: o.To, Mapping: o.Mapping, After: casework.CaseID(o.After)}
	for _, id := range o.Cases {
		out.Cases = append(out.Cases, casework.CaseID(id))
	}
	return out
}

type planUpgradeInput struct {
	UpgradeItem
	Body UpgradeOrder
}

type upgradeStep struct {
	What    string `json:"what" enum:"task,timer,wait,place,past"`
	Element string `json:"element,omitempty"`
	To      string `json:"to,omitempty"`
	Outcome string `json:"outcome" enum:"kept,moved,cancelled,added,forgotten,refused"`
	Reason  string `json:"reason,omitempty" doc:"Why it is refused"`
}

type upgradeCase struct {
	Case    string        `json:"case"`
	Number  string        `json:"number"`
	Fits    bool          `json:"fits"`
	Steps   []upgradeStep `json:"steps"`
	Problem string        `json:"problem,omitempty" doc:"Code of the reason why it cannot move at all"`
}

type planUpgradeOutput struct {
	Body struct {
		Mapping map[string]string `json:"mapping" doc:"As asked for, and what was proposed besides"`
		Cases   []upgradeCase     `json:"cases"`
		More    bool              `json:"more" doc:"There are more cases than one order moves"`
	}
}

func (d UpgradeDeps) plan(ctx context.Context, in *planUpgradeInput) (*planUpgradeOutput, error) {
	p, err := d.Desk.Plan(ctx, in.Body.order(in.UpgradeItem))
	if err != nil {
		return nil, err
	}
	out := &planUpgradeOutput{}
	out.Body.Mapping, out.Body.More, out.Body.Cases = p.Mapping, p.More, []upgradeCase{}
	for _, c := range p.Cases {
		x := upgradeCase{Case: string(c.ID), Number: c.Number, Fits: c.Fits, Steps: []upgradeStep{}}
		if c.Err != nil {
			x.Problem = fault.Of(c.Err).Code
		}
		for _, s := range c.Steps {
			x.Steps = append(x.Steps, upgradeStep{s.What, s.Element, s.To, string(s.Outcome), s.Reason})
		}
		out.Body.Cases = append(out.Body.Cases, x)
	}
	return out, nil
}

type runUpgradeInput struct {
	UpgradeItem
	Body struct {
		UpgradeOrder
		Reason string `json:"reason" minLength:"1" maxLength:"500"`
	}
}

type upgradeDone struct {
	Case    string `json:"case"`
	Number  string `json:"number"`
	Moved   bool   `json:"moved"`
	Problem string `json:"problem,omitempty" doc:"Code of the reason why it stays"`
}

type runUpgradeOutput struct {
	Body struct {
		Done []upgradeDone `json:"done"`
		Next string        `json:"next,omitempty" doc:"Send it as after to go on; absent when this was the last order"`
	}
}

func (d UpgradeDeps) run(ctx context.Context, in *runUpgradeInput) (*runUpgradeOutput, error) {
	o := in.Body.order(in.UpgradeItem)
	o.Reason = in.Body.Reason
	r, err := d.Desk.Run(ctx, o)
	if err != nil {
		return nil, err
	}
	out := &runUpgradeOutput{}
	out.Body.Done, out.Body.Next = []upgradeDone{}, string(r.Next)
	for _, x := range r.Done {
		one := upgradeDone{Case: string(x.ID), Number: x.Number, Moved: x.Err == nil}
		if x.Err != nil {
			one.Problem = fault.Of(x.Err).Code
		}
		out.Body.Done = append(out.Body.Done, one)
	}
	return out, nil
}
