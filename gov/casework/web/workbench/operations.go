package workbench

import (
	"context"
	"net/http"

	"tongban/gov/casework"
	"tongban/gov/casework/web/casefile"
)

// POST /work/tasks/{region}/{id}/supplement
func (h pages) askApplicant(w http.ResponseWriter, r *http.Request) error {
	if err := casefile.Form(w, r); err != nil {
		return err
	}
	at := why("supplement", "items.0.reason", "supplement.why", "items.0.how", "supplement.how")
	return h.run(w, r, act{panel: "supplement", stay: true, at: at, do: func(ctx context.Context) (c casework.Case, err error) {
		region, id := ids(r)
		_, err = h.Casework.AskApplicant(ctx, region, id, h.asked(r), casefile.Version(r))
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
