package app

import (
	"net/http"
	"strings"

	"tongban/gov/casework"
	"tongban/gov/catalogue"
	"tongban/gov/catalogue/quality"
	"tongban/gov/certificates"
	"tongban/gov/certificates/custody"
	"tongban/gov/certificates/holding"
	"tongban/gov/certificates/kinds"
	"tongban/gov/certificates/stock"
	"tongban/gov/certificates/trusted"
	"tongban/gov/certificates/wallets"
	"tongban/gov/design"
	"tongban/gov/identity"
	"tongban/gov/laws"
	"tongban/gov/limits"
	"tongban/gov/oversight"
	"tongban/gov/participation"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/i18n"
	"tongban/ui"
)

// entry is one destination of the navigation with the permission it needs.
type entry struct {
	face ui.Face
	key  string
	href string
	icon string
	may  authz.Permission
}

// entries is the whole navigation; a reader sees the rows that he may open.
var entries = []entry{
	{ui.Portal, "do", "/", "do", authz.Anyone},
	{ui.Portal, "look", "/progress", "find", authz.Anyone},
	{ui.Portal, "verify", "/verify", "shield", authz.Anyone},
	{ui.Portal, "mine", "/my", "mine", casework.MayApply},
	{ui.Portal, "wallet", "/my/certificates", "badge", certificates.MayHold},
	{ui.Counter, "counter", "/counter", "", casework.MayIntake},
	{ui.Counter, "counter_accept", "/counter/acceptance", "", casework.MayIntake},
	{ui.Counter, "counter_handouts", "/counter/handouts", "", casework.MayHandOut},
	{ui.Counter, "counter_cases", "/counter/cases", "", casework.MayIntake},
	{ui.Counter, "ask", "/verify/ask", "", wallets.MayAsk},
	{ui.Counter, "counter_accounts", "/counter/accounts", "", identity.MayHelpResidents},
	{ui.Counter, "guardians", "/counter/guardians", "", holding.MayVouch},
	{ui.Workbench, "work", "/work", "", casework.MayExamine},
	{ui.Workbench, "objections", "/objections", "", certificates.MayManage},
	{ui.Workbench, "stock", "/stock", "", stock.MaySee},
	{ui.Supervision, "oversight", "/oversight", "", casework.MaySupervise},
	{ui.Supervision, "cards", "/oversight/cards", "", casework.MaySupervise},
	{ui.Supervision, "late_handouts", "/oversight/handouts", "", casework.MaySupervise},
	{ui.Supervision, "one_things", "/oversight/bundles", "", casework.MaySupervise},
	{ui.Supervision, "ratings", "/ratings", "", participation.MayReadRatings},
	{ui.Supervision, "reuse", "/oversight/reuse", "", casework.MaySupervise},
	{ui.Supervision, "uses", "/certificate-uses", "", holding.MayWatch},
	{ui.Supervision, "record", "/oversight/record", "", oversight.MayReadRecord},
	{ui.Supervision, "parked", "/oversight/parked", "", oversight.MaySeeMachine},
	{ui.Supervision, "people", "/admin/people", "", identity.MayReadOfficers},
	{ui.Supervision, "deputies", "/admin/deputies", "", identity.MayAssignPosts},
	{ui.Supervision, "limits", "/limits", "", limits.MayApproveLimits},
	{ui.Supervision, "types", "/certificate-types", "", kinds.MayApprove},
	{ui.Supervision, "keys", "/admin/keys", "", custody.MaySee},
	{ui.Supervision, "nodes", "/nodes", "", trusted.MayApprove},
	{ui.Supervision, "nodes", "/nodes", "", trusted.MayPropose},
	{ui.Design, "limits", "/limits", "", limits.MayProposeLimits},
	{ui.Design, "types", "/certificate-types", "", kinds.MayDefine},
	{ui.Design, "quality", "/quality", "", quality.MaySeeScores},
	{ui.Supervision, "quality", "/quality", "", quality.MayWaive},
	{ui.Design, "citations", "/laws/citations", "", laws.MayReviewLaws},
	{ui.Design, "design", "/design", "", design.MayDesign},
	{ui.Design, "imports", "/imports", "", catalogue.MayImportItems},
	{ui.Design, "exports", "/exports", "", catalogue.MayExportItems},
	{ui.Design, "synonyms", "/synonyms", "", catalogue.MayKeepSynonyms},
	{ui.Design, "changes", "/catalogue/drafts", "", catalogue.MayDraftChanges},
	{ui.Design, "fields", "/catalogue/fields", "", catalogue.MayDefineFields},
	{ui.Design, "lists", "/list-definitions", "", catalogue.MayDefineLists},
	{ui.Supervision, "lists", "/list-definitions/proposals", "", catalogue.MayApproveChanges},
	{ui.Supervision, "changes", "/catalogue/changes", "", catalogue.MayReviewChanges},
	{ui.Workbench, "changes", "/catalogue/changes", "", catalogue.MayReviewChanges},
	{ui.Supervision, "releases", "/releases", "", catalogue.MayPublishItems},
	{ui.Workbench, "releases", "/releases", "", catalogue.MayReviewChanges},
}

// withShell gives every page its frame: the navigation that this reader may
// use, who is signed in, and what a government site states about itself.
func (a *App) withShell(next http.Handler) http.Handler {
	names := &english{a: a}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		p := auth.From(ctx)
		t := func(key string, pairs ...any) string { return i18n.T(ctx, key, pairs...) }
		s := ui.Shell{Site: a.Options.Site, Place: t("app.place"), Nav: map[ui.Face][]ui.Entry{}, SignIn: "/sign-in",
			Footer: ui.Footer{Sponsor: t("app.footer.sponsor"), Operator: t("app.footer.operator"), Hotline: "12345",
				Links: []ui.Link{{Text: t("app.footer.lists"), Href: "/lists"}}}}
		if s.Site == "" {
			s.Site = t("app.site")
		}
		for _, e := range entries {
			// Who has not signed in yet finds the way to it behind 我的; on
			// phones there is no other.
			if authz.Allows(p, e.may) || !p.SignedIn() && e.key == "mine" {
				s.Nav[e.face] = append(s.Nav[e.face], ui.Entry{Key: e.key, Text: a.navText(r, e.key), Href: e.href, Icon: e.icon})
			}
		}
		for _, f := range []ui.Face{ui.Portal, ui.Counter, ui.Workbench, ui.Supervision, ui.Design} {
			if list := s.Nav[f]; len(list) > 0 && p.Kind == auth.KindOfficer {
				s.Faces = append(s.Faces, ui.Link{Text: t("app.face." + string(f)), Href: list[0].Href})
			}
		}
		lendNavigation(s.Nav)
		if p.SignedIn() {
			s.Reader = &ui.Reader{Name: p.Name, Role: roleWords(p, t), Href: "/account", SignOut: "/sign-out"}
			if p.For != "" {
				s.Reader.Name = t("app.for", "name", p.Name, "org", p.ForName)
			}
		}
		ctx = ui.WithShell(ctx, s)
		if i18n.Of(ctx) == i18n.English {
			ctx = ui.WithNames(ctx, names.lookup(ctx))
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// navText names an entry; who reviews citations is told how many items cite a law
// that has changed.
func (a *App) navText(r *http.Request, key string) string {
	ctx := r.Context()
	if key == "citations" {
		if n, err := a.Laws.Outdated(ctx); err == nil && n > 0 {
			return i18n.T(ctx, "app.nav.citations.n", "n", n)
		}
	}
	return i18n.T(ctx, "app.nav."+key)
}

// lendNavigation gives faces in which an officer has no entry of his own those
// of the face he works in: a clerk who follows a link into the workbench finds
// the way back to the counter.
func lendNavigation(nav map[ui.Face][]ui.Entry) {
	staff := []ui.Face{ui.Counter, ui.Workbench, ui.Supervision, ui.Design}
	var own []ui.Entry
	for _, f := range staff {
		if len(own) == 0 {
			own = nav[f]
		}
	}
	for _, f := range staff {
		if len(nav[f]) == 0 && len(own) > 0 {
			nav[f] = own
		}
	}
}

// roleWords names the roles of an officer, each once; a resident has none to show.
func roleWords(p auth.Principal, t func(string, ...any) string) string {
	var words []string
	seen := map[string]bool{identity.RoleResident: true}
	for _, g := range p.Grants {
		if !seen[g.Role] {
			seen[g.Role] = true
			words = append(words, t("app.role."+g.Role))
		}
	}
	return strings.Join(words, " · ")
}

// homeOf is where somebody goes who has just signed in and asked for nothing
// in particular: his work, or his own matters.
func (a *App) homeOf(r *http.Request) string {
	p := auth.From(r.Context())
	for _, e := range []entry{{href: "/counter", may: casework.MayIntake}, {href: "/work", may: casework.MayExamine}, {href: "/oversight", may: casework.MaySupervise},
		{href: "/oversight/record", may: oversight.MayReadRecord}, {href: "/admin/people", may: identity.MayReadOfficers}, {href: "/design", may: design.MayDesign}, {href: "/oversight/parked", may: oversight.MaySeeMachine}} {
		if authz.Allows(p, e.may) {
			return e.href
		}
	}
	return "/"
}
