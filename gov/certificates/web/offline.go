package web

import (
	"bytes"
	_ "embed"
	"net/http"
)

// offlineHTML checks signed data in a browser, without a server. It is one file
// without anything from elsewhere, so that it works from a disk.
//
//go:embed offline.html
var offlineHTML []byte

// trustPlace is where the public keys go into it.
const trustPlace = "TRUST_LIST"

// OfflinePage is the page with a trust list inside.
func OfflinePage(trust []byte) []byte {
	// JSON of Go writes < as an escape, so that the list cannot end its element.
	return bytes.Replace(offlineHTML, []byte(trustPlace), bytes.TrimSpace(trust), 1)
}

// offlinePage answers GET /verify/offline.html as a download: with the policy
// of this site its script would not run here.
func (h pages) offlinePage(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="tongban-verify.html"`)
	w.Header().Set("Cache-Control", "public, max-age=3600")
	_, err := w.Write(OfflinePage(h.TrustList().JSON()))
	return err
}
