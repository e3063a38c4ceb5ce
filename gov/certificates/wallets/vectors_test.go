package wallets_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tongban/gov/certificates"
	"tongban/gov/certificates/wallets"
	"tongban/platform/fault"
	"tongban/platform/sdjwt"
)

// vectorsVariable names the folder of vectors of others.
const vectorsVariable = "TONGBAN_TEST_VECTORS"

// vectors is that folder, or the test says aloud that nothing was checked.
func vectors(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv(vectorsVariable)
	if dir == "" {
		t.Skipf("SKIPPED: %s is not set; %s was not checked", vectorsVariable, name)
	}
	return filepath.Join(dir, name)
}

// example reads an example of the specification, without the head of the HTTP
// message that some have.
func example(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(b), "\r", "")
	if strings.HasPrefix(text, "HTTP/") {
		_, text, _ = strings.Cut(text, "\n\n")
	}
	return []byte(text)
}

// members are the names of all members of a JSON value, however deep.
func members(v any, into map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			into[k] = true
			members(e, into)
		}
	case []any:
		for _, e := range v {
			members(e, into)
		}
	}
}

// The examples of OpenID4VCI 1.0: what wallets and issuers of others say is
// read, and what is written here has no member that the specification lacks.
func TestVectors_openid4vci(t *testing.T) {
	dir := vectors(t, "openid4vci-1.0-examples")
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	onBoth(t, func(w *world) {
		checked, skipped := 0, []string{}
		known := map[string]bool{}
		for _, e := range list {
			name, path := e.Name(), filepath.Join(dir, e.Name())
			switch {
			case strings.HasPrefix(name, "authorization_details"):
				w.readsDetails(name, example(w.t, path))
			case strings.HasPrefix(name, "credential_offer_") && !strings.Contains(name, "multiple"):
				w.readsOffer(name, example(w.t, path))
			case name == "credential_response_sd_jwt_vc.txt":
				w.readsCredential(example(w.t, path))
			case strings.HasPrefix(name, "credential_metadata_sd_jwt") || name == "credential_issuer_metadata_sd_jwt_long.json":
				var v any
				if err := json.Unmarshal(example(w.t, path), &v); err != nil {
					w.t.Errorf("%s: %v", name, err)
				}
				members(v, known)
			default:
				skipped = append(skipped, name)
				continue
			}
			checked++
		}
		w.metadataIsKnown(known)
		w.t.Logf("OpenID4VCI 1.0: %d of %d examples; SKIPPED %d: %s (other formats than dc+sd-jwt, wallet attestation, signed metadata, several credentials at once: not issued and not asked for)",
			checked, len(list), len(skipped), strings.Join(skipped, ", "))
		if checked < 10 {
			w.t.Errorf("only %d examples were found", checked)
		}
	})
}

// readsDetails hands in authorization details: those of one credential are
// understood, whatever its name; others are refused in the words of OAuth.
func (w *world) readsDetails(name string, raw []byte) {
	w.t.Helper()
	var list []map[string]any
	if err := json.Unmarshal(raw, &list); err != nil {
		w.t.Fatalf("%s: %v", name, err)
	}
	id, _ := list[0]["credential_configuration_id"].(string)
	understood := len(list) == 1 && id != "" // and there is no type of that name here
	_, _, err := w.s.Push(context.Background(), url.Values{"response_type": {"code"}, "client_id": {"s6BhdRkqt3"}, "redirect_uri": {"https://wallet.example.org/cb"}, "authorization_details": {string(raw)},
		"code_challenge": {"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}, "code_challenge_method": {"S256"}})
	if said := fault.Of(err).Details["configuration"]; !errors.Is(err, wallets.ErrDetails) || understood != (said == id) {
		w.t.Errorf("%s: %v about %v, understood %v", name, err, said, understood)
	}
}

// readsOffer reads an offer into what offers are here; nothing is left over.
func (w *world) readsOffer(name string, raw []byte) {
	w.t.Helper()
	var o wallets.CredentialOffer
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.DisallowUnknownFields()
	if err := d.Decode(&o); err != nil || o.Issuer == "" || len(o.Configurations) == 0 || len(o.Grants) == 0 {
		w.t.Errorf("%s: %+v, %v", name, o, err)
	}
}

// readsCredential reads the credential in a response of the specification. The
// key of its issuer is not known, so that it is refused for that and nothing else.
func (w *world) readsCredential(raw []byte) {
	w.t.Helper()
	var out struct {
		Credentials []struct {
			Credential string `json:"credential"`
		} `json:"credentials"`
	}
	joined := strings.Map(func(r rune) rune {
		if r == '\n' || r == ' ' {
			return -1
		}
		return r
	}, string(raw))
	if err := json.Unmarshal([]byte(joined), &out); err != nil || len(out.Credentials) == 0 {
		w.t.Fatalf("%v in %.200s", err, joined)
	}
	_, err := sdjwt.Verify(out.Credentials[0].Credential, sdjwt.Check{Key: w.key, Now: start})
	if err == nil || fault.Of(err).Code != sdjwt.ErrSignature.Code && fault.Of(err).Code != sdjwt.ErrMalformed.Code {
		w.t.Errorf("the credential of the specification: %v", err)
	}
}

// metadataIsKnown compares the names of what is published here with those of
// the specification's examples.
func (w *world) metadataIsKnown(known map[string]bool) {
	w.t.Helper()
	m, err := w.s.Metadata(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	delete(m, "credential_configurations_supported") // its names are ours
	list, err := w.s.Types.List(context.Background(), "")
	if err != nil || len(list) == 0 {
		w.t.Fatal("no types", err)
	}
	all, err := w.s.Metadata(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	raw, err := json.Marshal(all["credential_configurations_supported"].(map[string]any)[list[0].Code])
	var one any
	if err == nil {
		err = json.Unmarshal(raw, &one)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	mine := map[string]bool{}
	members(one, mine)
	for k := range m {
		mine[k] = true
	}
	for k := range mine {
		if !known[k] && !slices.Contains([]string{"mandatory"}, k) { // §12.2.4: optional, and in no example
			w.t.Errorf("the metadata have %q, which no example of the specification has", k)
		}
	}
}

// Credentials of the W3C (VC Data Model 2.0, JSON-LD) are neither issued nor
// accepted here: certificates are SD-JWT VC, whose vocabulary is plain JSON.
// What the product has to do with such documents is not to take them for its
// own, good or bad.
func TestVectors_vcDataModel(t *testing.T) {
	path := vectors(t, "w3c_vc20_inputs.json")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var list []struct {
		Name     string          `json:"name"`
		Expect   string          `json:"expect"`
		Document json.RawMessage `json:"document"`
	}
	if err := json.Unmarshal(raw, &list); err != nil || len(list) == 0 {
		t.Fatalf("%d documents, %v", len(list), err)
	}
	refused := 0
	for _, v := range list {
		r := certificates.VerifyFile(v.Document, certificates.Trust{}, start)
		_, err := sdjwt.Verify(string(v.Document), sdjwt.Check{Now: start})
		if r.OK || r.Genuine || r.Reason == "" || err == nil {
			t.Errorf("%s is taken for a certificate: %+v, %v", v.Name, r, err)
			continue
		}
		refused++
	}
	t.Logf("VC Data Model 2.0: %d of %d documents are refused as none of ours; SKIPPED: their contexts and proofs, which nothing here reads", refused, len(list))
}
