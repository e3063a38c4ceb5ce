package web

import (
	"net/http"

	"tongban/platform/authz"
)

// Handler answers a request or returns what went wrong.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Route is one row of a capability's route table.
type Route struct {
	Pattern string           // "POST /cases/{region}/{id}/decide"
	Do      Handler          // reads, calls the service, renders
	May     authz.Permission // who may come through this door at all
}

// Redirect answers a successful post: 303 to a page that shows the result.
func Redirect(w http.ResponseWriter, r *http.Request, to string) error {
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}
