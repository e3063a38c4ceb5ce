package counter

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"tongban/gov/casework"
	"tongban/gov/casework/web/casefile"
	"tongban/gov/identity"
	"tongban/platform/fault"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// forIntake is the purpose under which a person is looked up; it stays on record.
const forIntake = "窗口收件：核对办事人身份"

// identifyView asks who is there; for somebody who is not on record yet, it
// asks for the name and the phone too.
type identifyView struct {
	Number, Draft string
	Name, Phone   string
	Unknown       bool
	Lapsed        bool             // it took so long that the document has to be seen again
	Found         *casework.Draft  // of the code, without what was entered in it
	Drafts        []casework.Draft // that this clerk has not finished
	Problems      []ui.Problem
}

// GET /counter: the person before is gone, so the number of the document is forgotten.
func (h pages) identify(w http.ResponseWriter, r *http.Request) error {
	h.setShown(w, r, "")
	return h.showIdentify(w, r, http.StatusOK, identifyView{Lapsed: r.URL.Query().Get("lapsed") != "", Draft: r.URL.Query().Get("draft")})
}

func (h pages) showIdentify(w http.ResponseWriter, r *http.Request, status int, v identifyView) error {
	ctx := r.Context()
	var err error
	if v.Drafts, err = h.Casework.CounterDrafts(ctx); err != nil {
		return err
	}
	title := "counter.identify.title"
	if v.Unknown {
		title = "counter.register.title"
	}
	return render(w, r, status, ui.Page{Title: i18n.T(ctx, title), Active: "counter", Problems: v.Problems, Keys: []ui.Key{nextPerson(ctx)}}, identifyPage(v))
}

// POST /counter/identify
func (h pages) identifyPost(w http.ResponseWriter, r *http.Request) error {
	if err := casefile.Form(w, r); err != nil {
		return err
	}
	ctx := r.Context()
	v := identifyView{Number: strings.TrimSpace(r.PostForm.Get("number")), Draft: strings.TrimSpace(r.PostForm.Get("draft"))}
	if v.Draft == "" && casework.CleanCode(v.Number) != "" {
		v.Draft, v.Number = v.Number, "" // the scanner typed where the cursor stood
	}
	if v.Draft != "" {
		d, err := h.Casework.FindByCode(ctx, v.Draft)
		if p := codeProblem(ctx, err); p != nil {
			v.Problems = p
			return h.showIdentify(w, r, http.StatusUnprocessableEntity, v)
		}
		if err != nil {
			return err
		}
		if v.Found = &d; v.Number == "" { // the code was scanned first; the document comes next
			return h.showIdentify(w, r, http.StatusOK, v)
		}
	}
	p, err := h.Identity.PersonByNumber(ctx, v.Number, forIntake)
	if errors.Is(err, identity.ErrNoPerson) {
		v.Unknown = true
		return h.showIdentify(w, r, http.StatusOK, v)
	}
	if v.Problems = casefile.Problems(ctx, err, nil); v.Problems != nil {
		return h.showIdentify(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	return h.enter(w, r, p.ID, p.Number, v)
}

// POST /counter/register
func (h pages) registerPost(w http.ResponseWriter, r *http.Request) error {
	if err := casefile.Form(w, r); err != nil {
		return err
	}
	ctx := r.Context()
	v := identifyView{Unknown: true, Number: strings.TrimSpace(r.PostForm.Get("number")), Name: r.PostForm.Get("name"), Phone: r.PostForm.Get("phone")}
	p, err := h.Casework.Present(ctx, casework.Person{Name: strings.TrimSpace(v.Name), Number: v.Number, Phone: strings.TrimSpace(v.Phone)})
	if err == nil {
		return h.enter(w, r, p.ID, p.Number, v)
	}
	if v.Problems = casefile.Problems(ctx, err, map[string]string{identity.ErrNameDiffers.Code: "name"}); v.Problems == nil {
		return err
	}
	return h.showIdentify(w, r, http.StatusUnprocessableEntity, v)
}

// enter goes on with the person: straight to the draft whose code was scanned,
// else to what there is to do.
func (h pages) enter(w http.ResponseWriter, r *http.Request, person, number string, v identifyView) error {
	h.setShown(w, r, number)
	if v.Found == nil {
		return web.Redirect(w, r, "/counter/people/"+person)
	}
	d, err := h.Casework.Identify(r.Context(), v.Found.Region, v.Found.ID, number)
	if err == nil {
		return web.Redirect(w, r, draftHref(d))
	}
	if f := fault.Of(err); f.Kind == fault.KindNotFound || f.Kind == fault.KindConflict {
		return web.Redirect(w, r, casefile.With("/counter/people/"+person, "nodraft", "1"))
	}
	return err
}

// codeProblem says what is wrong with a code, at its field.
func codeProblem(ctx context.Context, err error) []ui.Problem {
	if errors.Is(err, casework.ErrNoCode) || errors.Is(err, casework.ErrManyCodes) {
		return []ui.Problem{{Field: "draft", Text: web.Words(ctx, fault.Of(err))}}
	}
	return nil
}

// The number on the document travels in a cookie of the window, for half an
// hour at most. Because: it has to be compared again when a case is begun or a
// draft is opened, the resident must not be asked to say it again, and it must
// not lie in an address that browsers keep.
const (
	shownCookie  = "counter_shown"
	shownSeconds = 30 * 60
)

func (h pages) setShown(w http.ResponseWriter, r *http.Request, number string) {
	c := &http.Cookie{Name: shownCookie, Value: number, Path: "/counter", HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: h.Secure || web.Secure(r), MaxAge: shownSeconds}
	if number == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

func shown(r *http.Request) string {
	c, err := r.Cookie(shownCookie)
	if err != nil {
		return ""
	}
	return c.Value
}
