package api

import (
	"context"
	"encoding/base64"
	"net/http"
	"time"

	"tongban/gov/certificates"
	"tongban/gov/certificates/trusted"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/web"
)

// NodeDeps is what the operations about other installations need.
type NodeDeps struct {
	Certificates *certificates.Service
	Nodes        *trusted.Service
	Address      func(context.Context) string
}

type nodeHandlers NodeDeps

// RegisterNodes adds the operations about other installations whose
// certificates count here.
func RegisterNodes(a *web.API, d NodeDeps) {
	h := nodeHandlers(d)
	web.Register(a, web.Operation{ID: "answer-about-paper", Method: http.MethodPost, Path: trusted.AnswersPath, Tag: "nodes", May: authz.Anyone, Repeat: "nothing is kept",
		Summary: "Answer another installation, under this one's signature, what became of a paper: by its code, or by number and holder"}, h.answer)
	web.Register(a, web.Operation{ID: "list-nodes", Method: http.MethodGet, Path: "/api/v1/nodes", Tag: "nodes", May: authz.Anyone,
		Summary: "List the installations whose certificates count here, and this one's own file and fingerprint"}, h.list)
	web.Register(a, web.Operation{ID: "list-node-versions", Method: http.MethodGet, Path: "/api/v1/nodes/{id}/versions", Tag: "nodes", May: authz.SignedIn,
		Summary: "List all versions of an entry of the trust list, proposals included, the newest first"}, h.versions)
	web.Register(a, web.Operation{ID: "propose-node", Method: http.MethodPost, Path: "/api/v1/nodes", Tag: "nodes", May: trusted.MayPropose, MaxBody: 3 << 20,
		Summary: "Propose an installation by its signed node file and the fingerprint that its office reads; somebody else approves it"}, h.propose)
	web.Register(a, web.Operation{ID: "decide-node", Method: http.MethodPost, Path: "/api/v1/nodes/{id}/versions/{version}/decision", Tag: "nodes", May: trusted.MayApprove,
		Summary: "Approve a proposed installation, whose fingerprint was compared once more, or send it back"}, h.decide)
	web.Register(a, web.Operation{ID: "set-node-state", Method: http.MethodPost, Path: "/api/v1/nodes/{id}/state", Tag: "nodes", May: authz.SignedIn,
		Summary: "Suspend, remove or give back an installation, with a reason, at once"}, h.state)
	web.Register(a, web.Operation{ID: "follow-node-keys", Method: http.MethodPost, Path: "/api/v1/nodes/{id}/keys", Tag: "nodes", May: authz.SignedIn, MaxBody: 3 << 20, Repeat: "following twice is following once",
		Summary: "Go on to the keys that an installation has now, by its newer node file or by asking its server; only what recognised keys vouch for counts"}, h.keys)
	web.Register(a, web.Operation{ID: "refresh-nodes", Method: http.MethodPost, Path: "/api/v1/nodes/refresh", Tag: "nodes", May: authz.SignedIn, Repeat: "fetching twice is fetching once",
		Summary: "Fetch the trust lists that are followed now"}, h.refresh)
	web.Register(a, web.Operation{ID: "verify-paper-at-node", Method: http.MethodGet, Path: "/api/v1/nodes/{id}/papers/{code}/verification", Tag: "nodes", May: authz.Anyone,
		Summary: "Ask another installation what became of its paper with a code; when it cannot be reached, what it said last"}, h.verify)
	web.Register(a, web.Operation{ID: "take-in-certificate", Method: http.MethodPost, Path: "/api/v1/foreign-certificates", Tag: "nodes", May: certificates.MayHold, MaxBody: 28 << 20, Repeat: "it is kept once a holder",
		Summary: "Take in one's own certificate of another installation, for use in applications here"}, h.takeIn)
	web.Register(a, web.Operation{ID: "list-foreign-certificates", Method: http.MethodGet, Path: "/api/v1/foreign-certificates", Tag: "nodes", May: certificates.MayHold,
		Summary: "List the caller's certificates of other installations"}, h.mine)
}

func (h nodeHandlers) asker(ctx context.Context) string {
	return handlers{Address: h.Address}.asker(ctx)
}

type paperQuestionInput struct {
	Body struct {
		Code   string `json:"code,omitempty" maxLength:"160"`
		Number string `json:"number,omitempty" maxLength:"120"`
		Holder string `json:"holder,omitempty" maxLength:"120" doc:"Name of the holder, with number"`
		Nonce  string `json:"nonce" minLength:"16" maxLength:"128" doc:"Comes back in the answer"`
	}
}

type paperAnswerOutput struct {
	Body struct {
		Answer string `json:"answer" doc:"JWS of type standing+jws, by the node's Ed25519 key"`
	}
}

func (h nodeHandlers) answer(ctx context.Context, in *paperQuestionInput) (*paperAnswerOutput, error) {
	a, err := h.Certificates.Answer(ctx, certificates.Question(in.Body), h.asker(ctx))
	if err != nil {
		return nil, err
	}
	out := &paperAnswerOutput{}
	out.Body.Answer = a
	return out, nil
}

// TrustedNode is an entry of the trust list.
type TrustedNode struct {
	ID          string        `json:"id"`
	Version     int           `json:"version,omitempty"`
	State       trusted.State `json:"state" enum:"proposed,rejected,active,suspended,removed,replaced"`
	Usable      bool          `json:"usable" doc:"Its certificates count now"`
	Why         string        `json:"why,omitempty" doc:"Code of the reason when they do not"`
	Name        string        `json:"name"`
	Region      string        `json:"region"`
	Site        string        `json:"site"`
	Fingerprint string        `json:"fingerprint"`
	Keys        []string      `json:"keys"`
	Kinds       []string      `json:"kinds" doc:"Type codes that are recognised; none: all"`
	Grade       string        `json:"grade" enum:"A,B,C,D"`
	From        time.Time     `json:"from,omitzero"`
	Until       time.Time     `json:"until,omitzero"`
	Follow      bool          `json:"follow,omitempty" doc:"Its own list is followed here"`
	List        string        `json:"list,omitempty" doc:"The list that names it; none: entered here"`
	ListAt      time.Time     `json:"list_at,omitzero"`
	Reason      string        `json:"reason,omitempty" doc:"Why it was suspended or removed"`
	Since       time.Time     `json:"since,omitzero"`
	Statements  int           `json:"statements" doc:"How many it made about its keys that count here"`
	KeysAt      time.Time     `json:"keys_at,omitzero" doc:"When keys were taken last that those compared by two people vouch for"`
	KeysTried   time.Time     `json:"keys_tried_at,omitzero"`
	KeysProblem string        `json:"keys_problem,omitempty" doc:"Code of the reason why its present keys were not taken"`
}

func (h nodeHandlers) body(n trusted.Node) TrustedNode {
	b := TrustedNode{ID: n.ID, Version: n.Version, State: n.State, Name: n.Name, Region: n.File.Region, Site: n.Site, Fingerprint: n.Fingerprint, Keys: []string{}, Kinds: append([]string{}, n.Kinds...), Grade: n.Grade,
		From: n.From, Until: n.Until, Follow: n.Follow, List: n.List, ListAt: n.ListAt, Reason: n.Reason, Since: n.ChangedAt,
		Statements: len(n.Trust.Statements), KeysAt: n.Keys.TakenAt, KeysTried: n.Keys.TriedAt, KeysProblem: n.Keys.Problem}
	for _, k := range n.Trust.Keys {
		b.Keys = append(b.Keys, k.ID)
	}
	b.Why, b.Usable = h.why(n)
	return b
}

func (h nodeHandlers) why(n trusted.Node) (string, bool) {
	return trusted.Why(n.Usable(h.Nodes.Clock.Now()))
}

type nodesOutput struct {
	Body struct {
		File        string             `json:"file" doc:"This installation's own node file"`
		Fingerprint string             `json:"fingerprint"`
		Nodes       []TrustedNode      `json:"nodes"`
		Lists       []FollowedNodeList `json:"lists"`
	}
}

// FollowedNodeList is the list of a publisher as it was fetched.
type FollowedNodeList struct {
	Node     string    `json:"node"`
	Sequence int64     `json:"sequence"`
	Fetched  time.Time `json:"fetched_at,omitzero"`
	Tried    time.Time `json:"tried_at"`
	Problem  string    `json:"problem,omitempty" doc:"Code of the reason why the last try failed"`
}

func (h nodeHandlers) list(ctx context.Context, _ *struct{}) (*nodesOutput, error) {
	own, err := h.Nodes.Own()
	if err != nil {
		return nil, err
	}
	nodes, err := h.Nodes.Nodes(ctx)
	if err != nil {
		return nil, err
	}
	lists, err := h.Nodes.Lists(ctx)
	if err != nil {
		return nil, err
	}
	out := &nodesOutput{}
	out.Body.File, out.Body.Fingerprint, out.Body.Nodes, out.Body.Lists = own.Text, own.Fingerprint, []TrustedNode{}, []FollowedNodeList{}
	for _, n := range nodes {
		out.Body.Nodes = append(out.Body.Nodes, h.body(n))
	}
	for _, l := range lists {
		out.Body.Lists = append(out.Body.Lists, FollowedNodeList{l.Node, l.Sequence, l.FetchedAt, l.TriedAt, l.Problem})
	}
	return out, nil
}

type nodeInput struct {
	ID string `path:"id" maxLength:"64"`
}

type nodeVersionsOutput struct {
	Body struct {
		Versions []TrustedNode `json:"versions"`
	}
}

func (h nodeHandlers) versions(ctx context.Context, in *nodeInput) (*nodeVersionsOutput, error) {
	list, err := h.Nodes.Versions(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := &nodeVersionsOutput{}
	out.Body.Versions = []TrustedNode{}
	for _, n := range list {
		out.Body.Versions = append(out.Body.Versions, h.body(n))
	}
	return out, nil
}

type proposeNodeInput struct {
	Body struct {
		File        string    `json:"file" maxLength:"2097152" doc:"Node file of the other installation (JWS)"`
		Fingerprint string    `json:"fingerprint" maxLength:"120" doc:"As its office reads it, not as it stands in the file"`
		Kinds       []string  `json:"kinds,omitempty" maxItems:"500"`
		Grade       string    `json:"grade" enum:"A,B,C,D"`
		Follow      bool      `json:"follow,omitempty"`
		From        time.Time `json:"from,omitzero"`
		Until       time.Time `json:"until,omitzero"`
		Note        string    `json:"note" minLength:"1" maxLength:"500"`
	}
}

type nodeOutput struct{ Body TrustedNode }

func (h nodeHandlers) propose(ctx context.Context, in *proposeNodeInput) (*nodeOutput, error) {
	b := in.Body
	n, err := h.Nodes.Propose(ctx, trusted.Proposal{File: []byte(b.File), Fingerprint: b.Fingerprint, Kinds: b.Kinds, Grade: b.Grade, Follow: b.Follow, From: b.From, Until: b.Until, Note: b.Note})
	if err != nil {
		return nil, err
	}
	return &nodeOutput{h.body(n)}, nil
}

type decideNodeInput struct {
	ID      string `path:"id" maxLength:"64"`
	Version int    `path:"version" minimum:"1"`
	Body    struct {
		Approve     bool   `json:"approve"`
		Fingerprint string `json:"fingerprint,omitempty" maxLength:"120" doc:"Needed to approve: as the other office reads it to this person"`
		Answer      string `json:"answer,omitempty" maxLength:"500" doc:"Needed to send it back"`
	}
}

func (h nodeHandlers) decide(ctx context.Context, in *decideNodeInput) (*nodeOutput, error) {
	n, err := h.Nodes.Decide(ctx, trusted.Decision{ID: in.ID, Version: in.Version, Approve: in.Body.Approve, Fingerprint: in.Body.Fingerprint, Answer: in.Body.Answer})
	if err != nil {
		return nil, err
	}
	return &nodeOutput{h.body(n)}, nil
}

type nodeStateInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		State  trusted.State `json:"state" enum:"active,suspended,removed"`
		Reason string        `json:"reason" minLength:"1" maxLength:"500"`
	}
}

func (h nodeHandlers) state(ctx context.Context, in *nodeStateInput) (*nodeOutput, error) {
	turn := h.Nodes.Restore
	switch in.Body.State {
	case trusted.Suspended:
		turn = h.Nodes.Suspend
	case trusted.Removed:
		turn = h.Nodes.Remove
	}
	n, err := turn(ctx, in.ID, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return &nodeOutput{h.body(n)}, nil
}

type followNodeKeysInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		File string `json:"file,omitempty" maxLength:"2097152" doc:"Its present node file (JWS); left out: its server is asked"`
	}
}

func (h nodeHandlers) keys(ctx context.Context, in *followNodeKeysInput) (*nodeOutput, error) {
	n, err := h.Nodes.FollowKeys(ctx, in.ID, []byte(in.Body.File))
	if err != nil {
		return nil, err
	}
	return &nodeOutput{h.body(n)}, nil
}

func (h nodeHandlers) refresh(ctx context.Context, _ *struct{}) (*nodesOutput, error) {
	if err := h.Nodes.Refresh(ctx, true); err != nil {
		return nil, err
	}
	return h.list(ctx, nil)
}

type verifyAtInput struct {
	ID   string `path:"id" maxLength:"64"`
	Code string `path:"code" maxLength:"160"`
}

func (h nodeHandlers) verify(ctx context.Context, in *verifyAtInput) (*reportOutput, error) {
	r, err := h.Nodes.Ask(ctx, in.ID, certificates.Question{Code: in.Code}, h.asker(ctx))
	if err != nil {
		return nil, err
	}
	return said(ctx, r, ""), nil
}

type takeInInput struct {
	Body struct {
		File string `json:"file" doc:"The file in any form, base64"`
	}
}

// ForeignCertificate is a certificate of another installation that its holder
// uses here.
type ForeignCertificate struct {
	paperBody
	Node   string    `json:"node"`
	Name   string    `json:"node_name"`
	Grade  string    `json:"grade"`
	AsOf   time.Time `json:"as_of" doc:"When its node stated the status"`
	Tried  time.Time `json:"tried_at" doc:"When its node was asked last"`
	Counts bool      `json:"counts" doc:"Its node is recognised and it is in force"`

	Warnings []certificates.PaperWarning `json:"warnings,omitempty" doc:"What a careful reader would notice"`
}

func foreignBody(f trusted.Foreign) ForeignCertificate {
	b := ForeignCertificate{paperBody: bodyOf(f.Found), Node: f.Node.ID, Name: f.Node.Name, Grade: f.Node.Grade, AsOf: f.AsOf, Tried: f.Tried, Counts: f.Status == certificates.Valid, Warnings: f.Warnings}
	b.File = ""
	return b
}

type foreignOutput struct{ Body ForeignCertificate }

func (h nodeHandlers) takeIn(ctx context.Context, in *takeInInput) (*foreignOutput, error) {
	file, err := base64.StdEncoding.DecodeString(in.Body.File)
	if err != nil || len(file) == 0 {
		return nil, errBadFile.Because(err)
	}
	f, err := h.Nodes.TakeIn(ctx, file, auth.From(ctx).ID)
	if err != nil {
		return nil, err
	}
	return &foreignOutput{foreignBody(f)}, nil
}

type foreignsOutput struct {
	Body struct {
		Certificates []ForeignCertificate `json:"certificates"`
	}
}

func (h nodeHandlers) mine(ctx context.Context, _ *struct{}) (*foreignsOutput, error) {
	list, err := h.Nodes.Mine(ctx)
	if err != nil {
		return nil, err
	}
	out := &foreignsOutput{}
	out.Body.Certificates = []ForeignCertificate{}
	for _, f := range list {
		out.Body.Certificates = append(out.Body.Certificates, foreignBody(f))
	}
	return out, nil
}
