package workbench

import (
	"context"
	"net/http"

	"tongban/gov/casework"
	"tongban/gov/casework/operations"
	"tongban/gov/casework/web/casefile"
	"tongban/platform/bpmn"
)

// POST /work/tasks/{region}/{id}/supplement
func (h pages) askApplicant(w http.ResponseWriter, r *http.Request) error {
	if err := casefile.Form(w, r); err != nil {
		return err
	}
	at := why("supplement", "items.0.reason", "supplement.why", "items.0.how", "supplement.how", "basis", "supplement.basis", "until", "supplement.until")
	return h.run(w, r, act{panel: "supplement", stay: true, at: at, do: func(ctx context.Context) (c casework.Case, err error) {
		region, id := ids(r)
		until, err := casefile.UntilDay(r.PostForm.Get("supplement.until"))
		if err != nil {
			return c, casework.Problems{{Field: "until", Code: "casework.problem.day"}}
		}
		_, err = h.Casework.AskApplicant(ctx, region, id, casework.Asking{Items: h.asked(r), Basis: r.PostForm.Get("supplement.basis"), Until: until, Version: casefile.Version(r)})
		return c, err
	}})
}

// asked makes one item of what was written, and one of every material that was ticked.
func (h pages) asked(r *http.Request) []casework.SupplementItem {
	reason, how := r.PostForm.Get("supplement.why"), r.PostForm.Get("supplement.how")
	var out []casework.SupplementItem
	for _, m := range r.PostForm["supplement.material"] {
		out = append(out, casework.SupplementItem{Target: "material." + m, Name: r.PostForm.Get("supplement.name." + m), Reason: reason, How: how})
	}
	if len(out) == 0 {
		out = []casework.SupplementItem{{Reason: reason, How: how}}
	}
	return out
}

// POST /work/tasks/{region}/{id}/wait
func (h pages) endWaiting(w http.ResponseWriter, r *http.Request) error {
	if err := casefile.Form(w, r); err != nil {
		return err
	}
	return h.run(w, r, act{panel: "wait", stay: true, at: why("wait"), do: func(ctx context.Context) (c casework.Case, err error) {
		region, id, err := h.whole(r)
		if err != nil {
			return c, err
		}
		return h.Casework.EndWaiting(ctx, region, id, r.PostForm.Get("wait.why"), casefile.Version(r))
	}})
}

// POST /work/tasks/{region}/{id}/addsigner
func (h pages) addSigner(w http.ResponseWriter, r *http.Request) error {
	if err := casefile.Form(w, r); err != nil {
		return err
	}
	return h.run(w, r, act{panel: "addsigner", stay: true, at: why("addsigner", bpmn.ErrSigner.Code, "addsigner.place"), do: func(ctx context.Context) (c casework.Case, err error) {
		region, id := ids(r)
		org, account, err := seat(r, "addsigner.to")
		if err != nil {
			return c, err
		}
		_, err = operations.On(h.Casework).AddSigner(ctx, region, id, operations.Signer{Place: r.PostForm.Get("addsigner.place"), Org: org, Account: account, Reason: r.PostForm.Get("addsigner.why"), Version: casefile.Version(r)})
		return c, err
	}})
}

// POST /work/tasks/{region}/{id}/takeaway
func (h pages) takeAway(w http.ResponseWriter, r *http.Request) error {
	if err := casefile.Form(w, r); err != nil {
		return err
	}
	return h.run(w, r, act{panel: "takeaway", stay: true, at: why("takeaway"), do: func(ctx context.Context) (c casework.Case, err error) {
		region, id := ids(r)
		_, err = operations.On(h.Casework).TakeAway(ctx, region, id, r.PostForm.Get("takeaway.to"), r.PostForm.Get("takeaway.why"))
		return c, err
	}})
}

// POST /work/tasks/{region}/{id}/urge
func (h pages) urge(w http.ResponseWriter, r *http.Request) error {
	if err := casefile.Form(w, r); err != nil {
		return err
	}
	return h.run(w, r, act{panel: "urge", stay: true, at: why("urge", casework.ErrUrged.Code, "urge.why"), do: func(ctx context.Context) (c casework.Case, err error) {
		region, id := ids(r)
		_, err = operations.On(h.Casework).Urge(ctx, region, id, r.PostForm.Get("urge.why"))
		return c, err
	}})
}

// POST /work/tasks/{region}/{id}/takeback
func (h pages) takeBack(w http.ResponseWriter, r *http.Request) error {
	if err := casefile.Form(w, r); err != nil {
		return err
	}
	return h.run(w, r, act{panel: "takeback", stay: true, at: why("takeback"), do: func(ctx context.Context) (c casework.Case, err error) {
		region, id := ids(r)
		_, err = operations.On(h.Casework).TakeBack(ctx, region, id, r.PostForm.Get("takeback.why"))
		return c, err
	}})
}

// POST /work/tasks/{region}/{id}/redirect
func (h pages) redirect(w http.ResponseWriter, r *http.Request) error {
	if err := casefile.Form(w, r); err != nil {
		return err
	}
	return h.run(w, r, act{panel: "redirect", stay: true, at: why("redirect", bpmn.ErrJump.Code, "redirect.to"), do: func(ctx context.Context) (c casework.Case, err error) {
		region, id := ids(r)
		to := r.PostForm.Get("redirect.to")
		if to == "" {
			return c, errChoose
		}
		_, err = operations.On(h.Casework).Redirect(ctx, region, id, to, r.PostForm.Get("redirect.why"), casefile.Version(r))
		return c, err
	}})
}

// POST /work/tasks/{region}/{id}/void
func (h pages) void(w http.ResponseWriter, r *http.Request) error {
	if err := casefile.Form(w, r); err != nil {
		return err
	}
	return h.run(w, r, act{panel: "void", stay: true, at: why("void"), do: func(ctx context.Context) (c casework.Case, err error) {
		region, _ := ids(r)
		_, k, err := h.whole(r)
		if err != nil {
			return c, err
		}
		return operations.On(h.Casework).Void(ctx, region, k, r.PostForm.Get("void.why"), casefile.Version(r))
	}})
}

// POST /work/tasks/{region}/{id}/reject
func (h pages) reject(w http.ResponseWriter, r *http.Request) error {
	if err := casefile.Form(w, r); err != nil {
		return err
	}
	return h.run(w, r, act{panel: "reject", at: casefile.RefusalControls(), do: func(ctx context.Context) (c casework.Case, err error) {
		region, id := ids(r)
		_, err = operations.On(h.Casework).Reject(ctx, region, id, casefile.SentRefusal(r), casefile.Version(r))
		return c, err
	}})
}
