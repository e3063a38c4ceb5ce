package browser_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"testing"

	"tongban/gov/casework/bundles"
	"tongban/gov/identity"
	"tongban/test/node"
)

// TestCounter_oneThingOverHTTP: the same by a program: a clerk takes a one thing
// in for a company whose representative shows a document; who shows none is not
// served, consent is asked for, and every part comes to its result.
func TestCounter_oneThingOverHTTP(t *testing.T) {
	w := serve(t)
	clerk, owner := program{w, t, w.Token(node.Clerk)}, program{w, t, w.Token(node.Legal)}
	number := w.numberOf(node.Legal)
	p, err := w.Identity.PersonByNumber(w.As(node.Clerk), number, "窗口收件")
	if err != nil {
		t.Fatal(err)
	}
	start := obj{"region": node.District, "item": node.OneThing, "person": p.ID, "company": identity.SampleCompany, "shown": number,
		"situation": obj{"operator": "company", "place": "rent", "service": "dine_in", "fire_way": "inspect", "drain": "own", "sign": "large"}}
	start["shown"] = node.IDNumber(3)
	clerk.call("POST", "/drafts", start, 409) // the document of somebody else
	start["shown"] = number
	d := clerk.call("POST", "/drafts", start, 201)
	at := "/drafts/" + node.District + "/" + d["id"].(string)
	form := obj{"shop_division": "449901001", "shop_address": "示例路 1 号", "area": "86.5", "kitchen_area": "20", "dishes": "hot", "seats": "30", "staff": "4", "manager": "王示例", "receive": "electronic", "pledge": "yes"}
	d = clerk.call("PATCH", at, obj{"version": d["version"], "form": form}, 200)
	clerk.call("POST", at+"/bundle", obj{"version": d["version"]}, 422) // no material yet
	way := obj{"mode": "electronic", "paper": "data:tenancy"}
	clerk.call("PUT", at+"/materials/lease", way, 422) // nobody agreed
	for material, source := range map[string]string{"lease": "data:tenancy", "licence": "data:legal_person", "id_card": "data:population"} {
		clerk.call("PUT", at+"/materials/"+material, obj{"mode": "electronic", "paper": source, "consent": true}, 200)
	}
	for material, name := range map[string]string{"layout": "布局图.pdf", "rules": "厨房制度.pdf", "health": "布局图.pdf", "fire_plan": "灭火疏散预案.pdf", "drain_plan": "隔油池.jpg", "sign_drawing": "招牌.png"} {
		clerk.upload(at+"/materials/"+material+"/files?name=a"+name[len(name)-4:], w.file(name))
	}
	d = clerk.call("GET", at, nil, 200)
	b := clerk.call("POST", at+"/bundle", obj{"version": d["version"]}, 201)
	whole := "/bundles/" + node.District + "/" + b["id"].(string)
	kept, err := w.Bundles.Open(w.As(node.Clerk), node.District, bundles.ID(b["id"].(string)))
	if err != nil {
		t.Fatal(err)
	}
	w.throughParts(t, kept.Bundle, 4)
	for _, x := range clerk.call("GET", whole, nil, 200)["parts"].([]any) {
		part := x.(map[string]any)
		if part["part"] == "register" {
			if part["state"] != string(bundles.Unneeded) {
				t.Errorf("a company has its licence: %v", part)
			}
			continue
		}
		if c := part["case"].(map[string]any); c["outcome"] != "granted" {
			t.Errorf("%v", c)
		}
	}
	owner.call("GET", whole, nil, 404) // in his own name it is not his
}

type obj = map[string]any

// program speaks to the API in somebody's name.
type program struct {
	*world
	t     *testing.T
	token string
}

func (p program) call(method, path string, in any, want int) obj {
	p.t.Helper()
	raw, err := json.Marshal(in)
	if err != nil {
		p.t.Fatal(err)
	}
	return p.send(method, path, "application/json", raw, want)
}

func (p program) upload(path, file string) {
	p.t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		p.t.Fatal(err)
	}
	p.send("POST", path, "application/octet-stream", raw, 200)
}

func (p program) send(method, path, kind string, raw []byte, want int) obj {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.url+"/api/v1"+path, bytes.NewReader(raw))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+p.token)
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Idempotency-Key", fmt.Sprintf("%s%s%d", method, path, len(raw)))
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != want {
		p.t.Fatalf("%s %s: %d instead of %d: %.500s %v", method, path, answer.StatusCode, want, body, err)
	}
	out := obj{}
	_ = json.Unmarshal(body, &out) // empty when there is none
	return out
}
