package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// keyHeader names a command, so that its repeat can be told from a new one.
const keyHeader = "Idempotency-Key"

// aboutKey says in the description of the interface what the header does.
const aboutKey = "Names this command, up to 200 bytes, such as a UUID. When an answer did not arrive, send the same request with the same key again: " +
	"the command has one effect, and the repeat is answered with what the first one did. A key belongs to its caller. " +
	"The same key with another command, or with the same command on another object, is a conflict with the code once.key_reused. " +
	"A command that was refused leaves no trace; its key may be used again. Without a key every request counts."

// describeKey adds the header and its conflict to the description of an
// operation.
func (a *API) describeKey(op Operation) {
	path := a.huma.OpenAPI().Paths[op.Path]
	if path == nil {
		return
	}
	d := map[string]*huma.Operation{http.MethodPost: path.Post, http.MethodPut: path.Put, http.MethodPatch: path.Patch, http.MethodDelete: path.Delete}[op.Method]
	longest := 200
	d.Parameters = append(d.Parameters, &huma.Param{Name: keyHeader, In: "header", Description: aboutKey, Schema: &huma.Schema{Type: huma.TypeString, MaxLength: &longest}})
	conflict := &huma.Response{Description: "Conflict: the Idempotency-Key was used for another command (once.key_reused), or somebody else was faster"}
	if other := d.Responses["default"]; other != nil {
		conflict.Content = other.Content
	}
	d.Responses["409"] = conflict
}

// unknown answers a request that no operation takes: the path is unknown, or
// it takes other methods.
func (a *API) unknown(w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, m := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		probe := &http.Request{Method: m, Host: r.Host, URL: &url.URL{Path: r.URL.Path, RawPath: r.URL.RawPath}}
		if _, pattern := a.mux.Handler(probe); pattern != "" && pattern != "/api/" {
			allowed = append(allowed, m)
		}
	}
	if len(allowed) == 0 {
		turnAway(w, r, http.StatusNotFound, "api.no_operation")
		return
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	turnAway(w, r, http.StatusMethodNotAllowed, "api.no_method")
}
