package app_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tongban/test/node"
)

// call asks the API as somebody.
func call(n *node.Node, who, method, path, body string) answer {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if who != "" {
		r.Header.Set("Authorization", "Bearer "+n.Token(who))
	}
	return ask(n, r)
}

// A program of the issuing office acts on a certificate; what is wrong is said
// by its field, and nobody else gets at it.
func TestAPI_actsOnCertificates(t *testing.T) {
	n := node.Open(t, node.Options{})
	c := n.Granted(node.Resident)
	papers, err := n.Certificates.OfCase(n.As(node.Clerk), c.Region, string(c.ID))
	if err != nil {
		t.Fatal(err)
	}
	paper := ""
	for _, p := range papers {
		if p.Kind == "certificate" {
			paper = p.ID
		}
	}
	path := "/api/v1/papers/" + c.Region + "/" + paper + "/acts"
	const good = `{"act":"suspend","reason":"检查发现问题","basis":"《中华人民共和国行政处罚法》第九条第三项"}`
	for name, x := range map[string]struct {
		who, path, body string
		status          int
		says            string
	}{
		"nobody":           {"", path, good, 401, ""},
		"its holder":       {node.Resident, path, good, 403, ""},
		"a clerk":          {node.Clerk, path, good, 403, ""},
		"no such paper":    {node.Decider, strings.Replace(path, paper, "pap_none", 1), good, 404, "certificates.no_paper"},
		"no such act":      {node.Decider, path, strings.Replace(good, "suspend", "burn", 1), 422, "body.act"},
		"no reason":        {node.Decider, path, strings.Replace(good, "检查发现问题", "", 1), 422, "body.reason"},
		"blank reason":     {node.Decider, path, strings.Replace(good, "检查发现问题", "  ", 1), 422, "certificates.need_reason"},
		"until yesterday":  {node.Decider, path, strings.Replace(good, `"act"`, `"until":"2020-01-01T00:00:00Z","act"`, 1), 422, "certificates.until"},
		"not as it stands": {node.Decider, path, strings.Replace(good, "suspend", "restore", 1), 409, "certificates.not_now"},
	} {
		if a := call(n, x.who, http.MethodPost, x.path, x.body); a.status != x.status || !strings.Contains(a.body, x.says) || strings.Contains(a.body, "⟦") {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	if a := call(n, node.Decider, http.MethodPost, path, good); a.status != 200 || !strings.Contains(a.body, `"status":"suspended"`) {
		t.Fatalf("suspended: %d %s", a.status, a.body)
	}
	if a := call(n, node.Resident, http.MethodGet, path, ""); a.status != 200 || !strings.Contains(a.body, `"status_code":"02"`) || !strings.Contains(a.body, "检查发现问题") {
		t.Errorf("the holder reads the history: %d %s", a.status, a.body)
	}
	if a := call(n, node.Legal, http.MethodGet, path, ""); a.status != 404 {
		t.Errorf("a second person reads it: %d %s", a.status, a.body)
	}
}

// A holder fetches a certificate in every form, and anybody checks each of
// them over the API; a changed one is refused.
func TestAPI_formsOfCertificates(t *testing.T) {
	n := node.Open(t, node.Options{})
	c := n.Granted(node.Resident)
	papers, err := n.Certificates.OfCase(n.As(node.Clerk), c.Region, string(c.ID))
	if err != nil {
		t.Fatal(err)
	}
	paper := ""
	for _, p := range papers {
		if p.Kind == "certificate" {
			paper = p.ID
		}
	}
	path := "/api/v1/papers/" + c.Region + "/" + paper + "/file"
	for query, form := range map[string]string{"": "pdf", "?form=ofd": "ofd", "?form=jws": "jws", "?form=jws&algorithm=ES256&json=true": "jws", "?form=jws&algorithm=SM2-SM3": "jws", "?form=data": "data"} {
		a := call(n, node.Resident, http.MethodGet, path+query, "")
		if a.status != 200 {
			t.Errorf("%q: %d %.300s", query, a.status, a.body)
			continue
		}
		check := func(body string) string {
			r := httptest.NewRequest(http.MethodPost, "/api/v1/verifications", strings.NewReader(body))
			r.Header.Set("Content-Type", "application/octet-stream")
			return ask(n, r).body
		}
		if got := check(a.body); !strings.Contains(got, `"ok":true`) || !strings.Contains(got, `"form":"`+form+`"`) || !strings.Contains(got, `"online":true`) {
			t.Errorf("%q: %s", query, got)
		}
		half := len(a.body) / 2
		if got := check(a.body[:half] + "A" + a.body[half+2:]); !strings.Contains(got, `"genuine":false`) || !strings.Contains(got, `"reason":"`) {
			t.Errorf("%q, changed: %s", query, got)
		}
	}
	if a := call(n, node.Legal, http.MethodGet, path+"?form=ofd", ""); a.status != 404 {
		t.Errorf("a second person fetches it: %d", a.status)
	}
	if a := call(n, node.Resident, http.MethodGet, path+"?form=docx", ""); a.status != 422 {
		t.Errorf("an unknown form: %d", a.status)
	}
}
