package trusted

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"tongban/gov/certificates/trusted"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/calendar"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/once"
	"tongban/platform/web"
	"tongban/ui"
)

// listView is the trust list.
type listView struct {
	Own     trusted.File
	Nodes   []trusted.Node
	Open    []trusted.Node
	Lists   []trusted.Followed
	Propose bool
	Approve bool
	Now     time.Time
	Kinds   map[string]string // names of certificate types by code
}

func (h pages) may(ctx context.Context, p authz.Permission) bool {
	return authz.Require(ctx, p, authz.Object{Region: h.Region}) == nil
}

func (h pages) face(ctx context.Context) ui.Face {
	if h.may(ctx, trusted.MayPropose) || h.may(ctx, trusted.MayApprove) {
		return ui.Supervision
	}
	return ui.Portal
}

// list answers GET /nodes.
func (h pages) list(w http.ResponseWriter, r *http.Request) (err error) {
	ctx := r.Context()
	v := listView{Propose: h.may(ctx, trusted.MayPropose), Approve: h.may(ctx, trusted.MayApprove), Now: h.Clock.Now()}
	if v.Own, err = h.Own(); err != nil {
		return err
	}
	if v.Nodes, err = h.Nodes(ctx); err != nil {
		return err
	}
	if v.Lists, err = h.Lists(ctx); err != nil {
		return err
	}
	if v.Propose || v.Approve {
		if v.Open, err = h.Open(ctx); err != nil {
			return err
		}
	}
	return ui.Render(w, r, http.StatusOK, ui.Page{Title: words(ctx, "title"), Lead: words(ctx, "lead"), Face: h.face(ctx), Active: "nodes"}, listPage(v))
}

// stateOf is what an entry is worth now, as a word with a shape.
func stateOf(ctx context.Context, n trusted.Node, now time.Time) ui.Status {
	if n.State == trusted.Proposed || n.State == trusted.Rejected || n.State == trusted.Replaced {
		return ui.Status{Text: words(ctx, "state."+string(n.State)), Tone: ui.Plain}
	}
	err := n.Usable(now)
	switch {
	case err == nil && n.Keys.Problem != "" && n.Keys.Problem != trusted.ErrUnreachable.Code:
		return ui.Status{Text: words(ctx, "state.keys"), Tone: ui.Warn}
	case err == nil:
		return ui.Status{Text: words(ctx, "state.active"), Tone: ui.OK}
	case errors.Is(err, trusted.ErrSuspended):
		return ui.Status{Text: words(ctx, "state.suspended"), Tone: ui.Bad, Shape: "pause"}
	case errors.Is(err, trusted.ErrRemoved):
		return ui.Status{Text: words(ctx, "state.removed"), Tone: ui.Bad, Shape: "cross"}
	case errors.Is(err, trusted.ErrNotYet):
		return ui.Status{Text: words(ctx, "state.not_yet"), Tone: ui.Warn}
	}
	return ui.Status{Text: words(ctx, "state.over"), Tone: ui.Warn}
}

func rows(ctx context.Context, list []trusted.Node, now time.Time) (out []ui.Row) {
	for _, n := range list {
		from := words(ctx, "entered_here")
		if n.List != "" {
			from = words(ctx, "by_list", "name", n.List)
		}
		href := "/nodes/" + n.ID
		if n.State == trusted.Proposed {
			href += "?version=" + strconv.Itoa(n.Version)
		}
		out = append(out, ui.Row{Cells: []ui.Cell{{Link: ui.Link{Text: n.Name, Href: href}}, {Part: ui.Tag(stateOf(ctx, n, now))}, {Text: n.File.Region}, {Text: n.Site}, {Text: n.Grade}, {Text: from}}})
	}
	return out
}

// nodeView is one entry.
type nodeView struct {
	trusted.Node
	Versions []trusted.Node
	List     *trusted.Followed // its own list, when it is followed
	Similar  []string          // hosts that it could be taken for
	Kinds    map[string]string
	Now      time.Time
	Propose  bool
	Approve  bool
	Mine     bool // the reader proposed it
	Problems []ui.Problem
	Form     url.Values
}

// node answers GET /nodes/{id}, with ?version= a proposal or an older version.
func (h pages) node(w http.ResponseWriter, r *http.Request) error {
	return h.show(w, r, http.StatusOK, r.URL.Query().Get("version"), nodeView{})
}

func (h pages) show(w http.ResponseWriter, r *http.Request, status int, version string, v nodeView) (err error) {
	ctx, id := r.Context(), r.PathValue("id")
	v.Propose, v.Approve, v.Now = h.may(ctx, trusted.MayPropose), h.may(ctx, trusted.MayApprove), h.Clock.Now()
	if v.Propose || v.Approve {
		if v.Versions, err = h.Versions(ctx, id); err != nil {
			return err
		}
	}
	i := slices.IndexFunc(v.Versions, func(n trusted.Node) bool { return version == strconv.Itoa(n.Version) })
	if i >= 0 {
		v.Node = v.Versions[i]
	} else if v.Node, err = h.Node(ctx, id); errors.Is(err, trusted.ErrNoNode) && version == "" && len(v.Versions) > 0 {
		v.Node = v.Versions[0]
	} else if err != nil {
		return err
	}
	if n, err := h.Node(ctx, id); err == nil && n.List == "" && n.Version == v.Version {
		v.Node = n // with the keys that it has now
	}
	v.Mine = v.ProposedBy == auth.From(ctx).ID
	if v.Kinds, err = h.kinds(ctx); err != nil {
		return err
	}
	lists, err := h.Lists(ctx)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(lists, func(l trusted.Followed) bool { return l.Node == v.ID }); i >= 0 && v.Follow {
		v.List = &lists[i]
	}
	if v.State == trusted.Proposed {
		all, err := h.Nodes(ctx)
		if err != nil {
			return err
		}
		_, warn := trusted.Likenesses(v.File, all)
		for _, x := range warn {
			v.Similar = append(v.Similar, x.Known)
		}
	}
	return ui.Render(w, r, status, ui.Page{Title: v.Name, Eyebrow: words(ctx, "eyebrow"), Face: h.face(ctx), Active: "nodes", Back: ui.Link{Href: "/nodes"}, Problems: v.Problems}, nodePage(v))
}

func (h pages) kinds(ctx context.Context) (map[string]string, error) {
	list, err := h.d.Types.List(ctx, "")
	out := map[string]string{}
	for _, t := range list {
		out[t.Code] = i18n.Pick(ctx, t.Name.Zh, t.Name.En)
	}
	return out, err
}

// about is what the entry says. The fingerprint of a proposal does not stand
// here: who approves it types what the other office reads.
func (v nodeView) about(ctx context.Context) []ui.SummaryRow {
	kinds := words(ctx, "all_kinds")
	if len(v.Node.Kinds) > 0 {
		var names []string
		for _, k := range v.Node.Kinds {
			name := v.Kinds[k]
			if name == "" {
				name = k
			}
			names = append(names, name)
		}
		kinds = strings.Join(names, words(ctx, "comma"))
	}
	out := []ui.SummaryRow{{Key: words(ctx, "name"), Value: v.Name}, {Key: words(ctx, "region"), Value: v.File.Region}, {Key: words(ctx, "site"), Value: v.Site}, {Key: words(ctx, "grade"), Value: words(ctx, "grade."+v.Grade)},
		{Key: words(ctx, "kinds"), Value: kinds}, {Key: words(ctx, "keys"), Value: words(ctx, "n_keys", "n", len(v.Trust.Keys), "key", v.signer())}}
	if v.State != trusted.Proposed {
		out = append(out, ui.SummaryRow{Key: words(ctx, "fingerprint"), Value: trusted.ShowFingerprint(v.Fingerprint)})
	}
	if !v.From.IsZero() {
		out = append(out, ui.SummaryRow{Key: words(ctx, "from"), Value: i18n.Date(ctx, v.From)})
	}
	if !v.Until.IsZero() {
		out = append(out, ui.SummaryRow{Key: words(ctx, "until"), Value: i18n.Date(ctx, v.Until)})
	}
	if v.Node.List != "" {
		out = append(out, ui.SummaryRow{Key: words(ctx, "from_list"), Value: words(ctx, "list_as_of", "name", v.Node.List, "at", i18n.DateTime(ctx, v.ListAt))})
	} else {
		out = append(out, ui.SummaryRow{Key: words(ctx, "proposed"), Value: words(ctx, "by", "name", v.ProposedName, "at", i18n.DateTime(ctx, v.ProposedAt), "note", v.Note)})
		if v.DecidedName != "" {
			out = append(out, ui.SummaryRow{Key: words(ctx, "decided"), Value: words(ctx, "by", "name", v.DecidedName, "at", i18n.DateTime(ctx, v.DecidedAt), "note", v.Answer)})
		}
	}
	if v.Reason != "" {
		out = append(out, ui.SummaryRow{Key: words(ctx, "reason"), Value: words(ctx, "by", "name", v.ChangedName, "at", i18n.DateTime(ctx, v.ChangedAt), "note", v.Reason)})
	}
	return out
}

// enterView is the form of a proposal.
type enterView struct {
	Form     url.Values
	Kinds    []ui.Option
	Problems []ui.Problem
}

// enter answers GET /nodes/new.
func (h pages) enter(w http.ResponseWriter, r *http.Request) error {
	return h.showEnter(w, r, http.StatusOK, enterView{Form: url.Values{"grade": {"A"}}})
}

func (h pages) showEnter(w http.ResponseWriter, r *http.Request, status int, v enterView) error {
	ctx := r.Context()
	names, err := h.kinds(ctx)
	if err != nil {
		return err
	}
	for code, name := range names {
		v.Kinds = append(v.Kinds, ui.Option{Value: code, Text: name})
	}
	slices.SortFunc(v.Kinds, func(a, b ui.Option) int { return strings.Compare(a.Value, b.Value) })
	return ui.Render(w, r, status, ui.Page{Title: words(ctx, "enter.title"), Lead: words(ctx, "enter.lead"), Face: ui.Supervision, Active: "nodes", Back: ui.Link{Href: "/nodes"}, Problems: v.Problems}, enterPage(v))
}

// maxPaper bounds the files of certificates, in bytes.
const maxPaper = 20 << 20

// posted reads a form with one file.
func posted(w http.ResponseWriter, r *http.Request, most int64) (url.Values, []byte, error) {
	r.Body = http.MaxBytesReader(w, r.Body, most+64<<10)
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "multipart/form-data" {
		return nil, nil, errForm
	}
	m, err := r.MultipartReader()
	if err != nil {
		return nil, nil, errForm.Because(err)
	}
	form, file := url.Values{}, []byte(nil)
	for {
		part, err := m.NextPart()
		if errors.Is(err, io.EOF) {
			return form, file, nil
		}
		if err != nil {
			return nil, nil, errForm.Because(err)
		}
		body, err := io.ReadAll(io.LimitReader(part, most))
		switch {
		case err != nil:
			return nil, nil, errForm.Because(err)
		case part.FileName() != "":
			file = body
		default:
			form.Add(part.FormName(), string(body))
		}
	}
}

// propose answers POST /nodes/new.
func (h pages) propose(w http.ResponseWriter, r *http.Request) error {
	f, file, err := posted(w, r, trusted.MaxFile)
	if err != nil {
		return err
	}
	ctx := r.Context()
	v := enterView{Form: f}
	in := trusted.Proposal{File: file, Fingerprint: f.Get("fingerprint"), Kinds: f["kinds"], Grade: f.Get("grade"), Follow: f.Get("follow") != "", Note: f.Get("note")}
	if in.From, err = day(f.Get("from"), 0); err != nil {
		v.Problems = append(v.Problems, ui.Problem{Field: "from", Text: words(ctx, "problem.date")})
	}
	if in.Until, err = day(f.Get("until"), 1); err != nil {
		v.Problems = append(v.Problems, ui.Problem{Field: "until", Text: words(ctx, "problem.date")})
	}
	if len(file) == 0 {
		v.Problems = append(v.Problems, ui.Problem{Field: "file", Text: words(ctx, "problem.file")})
	}
	if len(v.Problems) > 0 {
		return h.showEnter(w, r, http.StatusUnprocessableEntity, v)
	}
	n, err := h.Propose(ctx, in)
	if field := fieldOf(err); field != "" {
		v.Problems = []ui.Problem{{Field: field, Text: web.Words(ctx, fault.Of(err))}}
		return h.showEnter(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/nodes/"+n.ID+"?version="+strconv.Itoa(n.Version))
}

// day reads a date; plus moves it by days, so that an end includes its day.
func day(s string, plus int) (time.Time, error) {
	if strings.TrimSpace(s) == "" {
		return time.Time{}, nil
	}
	d, err := calendar.ParseDate(s)
	if err != nil {
		return time.Time{}, err
	}
	return d.Start().AddDate(0, 0, plus), nil
}

// fieldOf is the control at which a refusal stands; "" when it stands at none.
func fieldOf(err error) string {
	for field, list := range map[string][]error{
		"file":        {trusted.ErrFile, trusted.ErrSelf, trusted.ErrKeyTaken, trusted.ErrAlike, trusted.ErrOpen, trusted.ErrUnchanged},
		"fingerprint": {trusted.ErrFingerprint}, "note": {trusted.ErrReason}, "until": {trusted.ErrTerms},
	} {
		if slices.ContainsFunc(list, func(e error) bool { return errors.Is(err, e) }) {
			return field
		}
	}
	return ""
}

// decide answers POST /nodes/{id}/{version}/decision.
func (h pages) decide(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	if err := r.ParseForm(); err != nil {
		return errForm.Because(err)
	}
	f, ctx := r.PostForm, r.Context()
	version, err := strconv.Atoi(r.PathValue("version"))
	if err != nil {
		return trusted.ErrNoNode
	}
	n, err := h.Decide(ctx, trusted.Decision{ID: r.PathValue("id"), Version: version, Approve: f.Get("act") == "approve", Fingerprint: f.Get("fingerprint"), Answer: f.Get("answer")})
	field := map[bool]string{errors.Is(err, trusted.ErrFingerprint): "fingerprint", errors.Is(err, trusted.ErrReason): "answer"}[true]
	if field != "" {
		return h.show(w, r, http.StatusUnprocessableEntity, r.PathValue("version"), nodeView{Form: f, Problems: []ui.Problem{{Field: field, Text: web.Words(ctx, fault.Of(err))}}})
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/nodes/"+n.ID+"?version="+strconv.Itoa(n.Version))
}

// state answers POST /nodes/{id}/state.
func (h pages) state(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	if err := r.ParseForm(); err != nil {
		return errForm.Because(err)
	}
	f, ctx := r.PostForm, r.Context()
	turn, ok := map[string]func(context.Context, string, string) (trusted.Node, error){"suspend": h.Suspend, "remove": h.Remove, "restore": h.Restore}[f.Get("act")]
	if !ok {
		return errForm
	}
	if key := f.Get("key"); key != "" {
		ctx = once.With(ctx, key)
	}
	n, err := turn(ctx, r.PathValue("id"), f.Get("reason"))
	if errors.Is(err, trusted.ErrSamePerson) { // said where the reason was typed, which stays
		return h.show(w, r, http.StatusForbidden, "", nodeView{Form: f, Problems: []ui.Problem{{Field: "reason", Text: words(ctx, "somebody_else")}}})
	}
	if errors.Is(err, trusted.ErrReason) {
		return h.show(w, r, http.StatusUnprocessableEntity, "", nodeView{Form: f, Problems: []ui.Problem{{Field: "reason", Text: web.Words(ctx, fault.Of(err))}}})
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/nodes/"+n.ID)
}

// refresh answers POST /nodes/refresh. Why a list could not be fetched stands on
// the page afterwards.
func (h pages) refresh(w http.ResponseWriter, r *http.Request) error {
	err := h.Refresh(r.Context(), true)
	if err != nil && fault.IsKind(err, fault.KindForbidden) {
		return err
	}
	return web.Redirect(w, r, "/nodes#lists")
}

// listRows are the followed lists.
func (v listView) listRows(ctx context.Context) (out []ui.Row) {
	for _, l := range v.Lists {
		name := l.Node
		if i := slices.IndexFunc(v.Nodes, func(n trusted.Node) bool { return n.ID == l.Node }); i >= 0 {
			name = v.Nodes[i].Name
		}
		state := ui.Status{Text: words(ctx, "list.ok"), Tone: ui.OK}
		if l.Problem != "" {
			state = ui.Status{Text: i18n.T(ctx, "fault."+l.Problem), Tone: ui.Warn}
		}
		fetched := words(ctx, "list.never")
		if !l.FetchedAt.IsZero() {
			fetched = i18n.DateTime(ctx, l.FetchedAt)
		}
		out = append(out, ui.Row{Cells: []ui.Cell{{Link: ui.Link{Text: name, Href: "/nodes/" + l.Node}}, {Text: strconv.FormatInt(l.Sequence, 10)}, {Text: fetched}, {Text: i18n.DateTime(ctx, l.TriedAt)}, {Part: ui.Tag(state)}}})
	}
	return out
}

// signer is the key with which the node signs data, as far as it is known here.
func (v nodeView) signer() string {
	if k := v.Present(); k != "" {
		return k
	}
	return v.KeyID
}

// goesOn tells whether the page says how the keys of the entry went on.
func (v nodeView) goesOn() bool {
	return v.Node.List == "" && (v.State == trusted.Active || v.State == trusted.Suspended)
}

// followed says in a sentence how far the keys were followed.
func (v nodeView) followed(ctx context.Context) string {
	switch k := v.Node.Keys; {
	case k.TakenAt.IsZero():
		return words(ctx, "keys.none")
	case k.TakenBy != "":
		return words(ctx, "keys.put_in", "at", i18n.DateTime(ctx, k.TakenAt), "name", k.TakenBy)
	default:
		return words(ctx, "keys.fetched", "at", i18n.DateTime(ctx, k.TakenAt))
	}
}

// saidRows are the statements of the node about its keys, the newest first.
func (v nodeView) saidRows(ctx context.Context) (out []ui.Row) {
	for _, x := range v.Said() {
		var begun []string
		for _, k := range x.New {
			begun = append(begun, k.ID)
		}
		out = append(out, ui.Row{Cells: []ui.Cell{{Text: i18n.DateTime(ctx, x.At)}, {Text: words(ctx, "keys.kind."+x.Kind)}, {Text: x.Old}, {Text: strings.Join(begun, " ")}, {Text: x.Reason}}})
	}
	slices.Reverse(out)
	return out
}

// keys answers POST /nodes/{id}/keys: with a file that somebody chose, or by
// asking the node. What is not believed stands on the page.
func (h pages) keys(w http.ResponseWriter, r *http.Request) error {
	f, file, err := posted(w, r, trusted.MaxFile)
	if err != nil {
		return err
	}
	ctx, id := r.Context(), r.PathValue("id")
	refuse := func(text string) error {
		return h.show(w, r, http.StatusUnprocessableEntity, "", nodeView{Problems: []ui.Problem{{Field: "file", Text: text}}})
	}
	put := f.Get("act") == "put"
	if put && len(file) == 0 {
		return refuse(words(ctx, "problem.file"))
	}
	if !put {
		file = nil
	}
	_, err = h.FollowKeys(ctx, id, file)
	switch {
	case err == nil, !put && !fault.IsKind(err, fault.KindForbidden) && !fault.IsKind(err, fault.KindNotFound) && !fault.IsKind(err, fault.KindInternal):
		return web.Redirect(w, r, "/nodes/"+id+"#keys")
	case put && (fault.IsKind(err, fault.KindConflict) || errors.Is(err, trusted.ErrFile)):
		return refuse(web.Words(ctx, fault.Of(err)))
	}
	return err
}
