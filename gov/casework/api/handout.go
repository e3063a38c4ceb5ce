package api

import (
	"context"
	"net/http"
	"time"

	"tongban/gov/casework"
	"tongban/platform/authz"
	"tongban/platform/web"
)

func (d Deps) registerHandouts(a *web.API) {
	const handouts = "/api/v1/handouts"
	const one = handouts + "/{region}/{id}"
	web.Register(a, op("choose-delivery", http.MethodPut, draft+"/delivery", "Choose how the decision reaches the applicant", authz.SignedIn), d.chooseDelivery)
	web.Register(a, op("find-draft-by-code", http.MethodGet, drafts+"/by-code/{code}", "Find an open draft by the code that its applicant shows; the look is on record", casework.MayIntake), d.draftByCode)
	web.Register(a, op("list-handouts-of-case", http.MethodGet, kase+"/handouts", "How the paper of the decision was, or will be, handed out", authz.SignedIn), d.handoutsOfCase)
	web.Register(a, created(op("prepare-handout", http.MethodPost, kase+"/handouts", "Make the paper of a decision ready, again with a reason", casework.MayHandOut)), d.prepareHandout)
	web.Register(a, op("list-handouts", http.MethodGet, handouts, "What waits to be collected or posted, least time left first", casework.MayHandOut), d.listHandouts)
	web.Register(a, op("get-handout", http.MethodGet, one, "One paper that waits or has left", casework.MayHandOut), d.getHandout)
	web.Register(a, op("hand-over", http.MethodPost, one+"/hand-over", "Record who collected the paper, once", casework.MayHandOut), d.handOver)
	web.Register(a, op("post-handout", http.MethodPost, one+"/dispatch", "Record that the paper was posted, once", casework.MayHandOut), d.postHandout)
	web.Register(a, op("list-late-handouts", http.MethodGet, "/api/v1/watch/handouts", "Papers over the limit for delivery or near it", casework.MaySupervise), d.lateHandouts)
}

type deliveryInput struct {
	Key
	Body struct {
		Way     string `json:"way" enum:"online,counter,post"`
		Name    string `json:"name,omitempty" maxLength:"200" doc:"Receiver, for the post"`
		Phone   string `json:"phone,omitempty" maxLength:"40"`
		Address string `json:"address,omitempty" maxLength:"800"`
	}
}

func (d Deps) chooseDelivery(ctx context.Context, in *deliveryInput) (*draftOutput, error) {
	b := in.Body
	return answer(d.Casework.Deliver(ctx, in.Region, in.draft(), casework.Delivery{Way: casework.Way(b.Way), Name: b.Name, Phone: b.Phone, Address: b.Address}))
}

type codeInput struct {
	Code string `path:"code" maxLength:"20" doc:"With or without hyphen"`
}

func (d Deps) draftByCode(ctx context.Context, in *codeInput) (*draftOutput, error) {
	return answer(d.Casework.FindByCode(ctx, in.Code))
}

type handoutBody struct {
	Region     string    `json:"region"`
	ID         string    `json:"id"`
	Case       string    `json:"case"`
	CaseNumber string    `json:"case_number"`
	Times      int       `json:"times" doc:"1; more for a paper that was issued again"`
	ItemName   string    `json:"item_name"`
	Office     string    `json:"office"`
	Applicant  string    `json:"applicant"`
	Paper      string    `json:"paper,omitempty"`
	Title      string    `json:"title"`
	Way        string    `json:"way" enum:"online,counter,post"`
	State      string    `json:"state" enum:"ready,handed,posted"`
	Reason     string    `json:"reason,omitempty" doc:"Why it was issued again"`
	ReadyAt    time.Time `json:"ready_at"`
	Due        time.Time `json:"due,omitzero" doc:"Absent when no law sets a limit"`
	How        string    `json:"derivation,omitempty" doc:"How due was found, day by day"`
	Light      string    `json:"light" enum:"green,early,yellow,red,still"`
	DoneAt     time.Time `json:"done_at,omitzero"`
	Clerk      string    `json:"clerk,omitempty"`
	Collector  string    `json:"collector,omitempty" doc:"Name of who collected it"`
	Agent      bool      `json:"agent,omitempty" doc:"Not the applicant in person"`
	Carrier    string    `json:"carrier,omitempty"`
	Tracking   string    `json:"tracking,omitempty"`
	Version    int       `json:"version"`
}

func (in tongue) showHandout(l casework.LitHandout) handoutBody {
	b := handoutBody{Region: l.Region, ID: l.ID, Case: string(l.Case), CaseNumber: l.CaseNumber, Times: l.Number, ItemName: l.ItemName, Office: l.OrgName, Applicant: l.ApplicantName,
		Paper: l.Paper, Title: l.Title, Way: string(l.Way), State: string(l.State), Reason: l.Reason, ReadyAt: l.ReadyAt, Due: l.Due, Light: string(l.Light), DoneAt: l.DoneAt, Clerk: l.DoneName,
		Carrier: l.Carrier, Tracking: l.Tracking, Version: l.Version}
	if l.Counted != nil {
		b.How = l.Counted.Text(string(in))
	}
	if c := l.Collector; c != nil {
		b.Collector, b.Agent = c.Name, c.Agent
	}
	return b
}

type handoutOutput struct{ Body handoutBody }

func (in tongue) answerHandout(h casework.Handout, err error) (*handoutOutput, error) {
	if err != nil {
		return nil, err
	}
	return &handoutOutput{in.showHandout(casework.LitHandout{Handout: h, Light: casework.Still})}, nil
}

type handoutsOutput struct {
	Body struct {
		Handouts []handoutBody `json:"handouts"`
		Next     string        `json:"next"`
	}
}

func (in tongue) answerHandouts(list []casework.LitHandout, next string, err error) (*handoutsOutput, error) {
	if err != nil {
		return nil, err
	}
	out := &handoutsOutput{}
	out.Body.Handouts, out.Body.Next = []handoutBody{}, next
	for _, l := range list {
		out.Body.Handouts = append(out.Body.Handouts, in.showHandout(l))
	}
	return out, nil
}

func (d Deps) handoutsOfCase(ctx context.Context, in *Key) (*handoutsOutput, error) {
	if err := d.Casework.MayRead(ctx, in.Region, in.kase()); err != nil {
		return nil, err
	}
	list, err := d.Casework.Handouts.OfCase(ctx, in.Region, in.kase())
	return speaks(ctx).answerHandouts(list, "", err)
}

type prepareInput struct {
	Key
	Body struct {
		Reason string `json:"reason,omitempty" maxLength:"500" doc:"Needed when it was handed out before"`
	}
}

func (d Deps) prepareHandout(ctx context.Context, in *prepareInput) (*handoutOutput, error) {
	return speaks(ctx).answerHandout(d.Casework.Handouts.Again(ctx, in.Region, in.kase(), in.Body.Reason))
}

type listHandoutsInput struct {
	Paging
	Way string `query:"way" enum:"counter,post" default:"counter"`
}

func (d Deps) listHandouts(ctx context.Context, in *listHandoutsInput) (*handoutsOutput, error) {
	page, err := d.Casework.Handouts.Waiting(ctx, casework.Way(in.Way), in.After, in.Limit)
	return speaks(ctx).answerHandouts(page.List, page.Next, err)
}

func (d Deps) lateHandouts(ctx context.Context, in *listHandoutsInput) (*handoutsOutput, error) {
	page, err := d.Casework.Handouts.Late(ctx, casework.MaySupervise, casework.Way(in.Way), in.After, in.Limit)
	return speaks(ctx).answerHandouts(page.List, page.Next, err)
}

func (d Deps) getHandout(ctx context.Context, in *Key) (*handoutOutput, error) {
	l, err := d.Casework.Handouts.Handout(ctx, in.Region, in.ID)
	if err != nil {
		return nil, err
	}
	return &handoutOutput{speaks(ctx).showHandout(l)}, nil
}

type handOverInput struct {
	Key
	Body struct {
		Name    string `json:"name" maxLength:"200" doc:"Of who collects, as on the document"`
		Number  string `json:"number" maxLength:"40" doc:"Identity number on the document"`
		Letter  bool   `json:"letter,omitempty" doc:"A written authorisation of the applicant was seen and kept"`
		Version int    `json:"version,omitempty" minimum:"0" doc:"The version that the caller saw; 0 is any"`
	}
}

func (d Deps) handOver(ctx context.Context, in *handOverInput) (*handoutOutput, error) {
	b := in.Body
	return speaks(ctx).answerHandout(d.Casework.Handouts.HandOver(ctx, in.Region, in.ID, b.Version, casework.Collector{Name: b.Name, Number: b.Number, Letter: b.Letter}))
}

type dispatchInput struct {
	Key
	Body struct {
		Carrier  string `json:"carrier" maxLength:"120"`
		Tracking string `json:"tracking" maxLength:"160"`
		Version  int    `json:"version,omitempty" minimum:"0"`
	}
}

func (d Deps) postHandout(ctx context.Context, in *dispatchInput) (*handoutOutput, error) {
	b := in.Body
	return speaks(ctx).answerHandout(d.Casework.Handouts.Post(ctx, in.Region, in.ID, b.Version, b.Carrier, b.Tracking))
}
