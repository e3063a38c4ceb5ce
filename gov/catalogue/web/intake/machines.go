package intake

import (
	"fmt"
	"net/http"
	"strconv"

	"tongban/gov/catalogue/outlet"
)

// GET /items/{region}/{code}/linked-data
func (h pages) linkedData(w http.ResponseWriter, r *http.Request) error {
	raw, err := h.d.Outlet.LinkedData(r.Context(), r.PathValue("region"), r.PathValue("code"))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", outlet.LinkedDataType)
	w.Header().Set("Access-Control-Allow-Origin", "*") // public, and made to be read elsewhere
	_, err = w.Write(raw)
	return err
}

// robots tells search engines where the guides are listed. Certificates that
// somebody looked up, and what is shown to one person, are not to be found there.
//
// GET /robots.txt
func (h pages) robots(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := fmt.Fprintf(w, "User-agent: *\nDisallow: /api/\nDisallow: /verify/\nDisallow: /shown\nSitemap: %s/sitemap.xml\n", h.d.Outlet.BaseURL)
	return err
}

// GET /sitemap.xml
func (h pages) siteMap(w http.ResponseWriter, r *http.Request) error {
	return h.d.Outlet.SiteMap(r.Context(), asXML(w))
}

// GET /sitemap/{number}
func (h pages) siteMapPart(w http.ResponseWriter, r *http.Request) error {
	number, err := strconv.Atoi(r.PathValue("number"))
	if err != nil {
		return outlet.ErrNoMap
	}
	return h.d.Outlet.SiteMapPart(r.Context(), number, asXML(w))
}

func asXML(w http.ResponseWriter) *late {
	return &late{w: w, begin: func() { w.Header().Set("Content-Type", "application/xml; charset=utf-8") }}
}
