package identity

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"tongban/gov/identity/number"
	"tongban/platform/auth"
)

// Kinds of mandate.
const (
	MandateLegal = "legal_representative" // 法定代表人: acts for the company by law, in everything
	MandateAgent = "agent"                // 经办人: acts within Scope until Until
)

// What an agent may do. Who may apply may also see what he applied for.
const (
	ActApply   = "apply"   // 申请: begin, fill in, submit, mend, withdraw
	ActSee     = "see"     // 查看: read drafts, cases and their papers
	ActCollect = "collect" // 领取: take the decision and the certificate, at the counter or as a file
)

// MandateActs lists the acts in the order in which they are offered.
var MandateActs = []string{ActApply, ActSee, ActCollect}

// Scope is how far a mandate reaches: which acts, on which items. Items and
// Offices both empty stand for every item.
type Scope struct {
	Acts    []string // see ActApply and its neighbours
	Items   []string // ItemKey of each
	Offices []string // codes of departments: every item of theirs
}

// ItemKey names an item of a region in a scope.
func ItemKey(region, item string) string { return region + "/" + item }

// EveryItem tells whether the scope is not bound to items.
func (s Scope) EveryItem() bool { return len(s.Items) == 0 && len(s.Offices) == 0 }

// Bound is the scope as the check of permissions wants it.
func (s Scope) Bound() auth.Bound {
	acts := s.Acts
	if slices.Contains(acts, ActApply) && !slices.Contains(acts, ActSee) {
		acts = append(slices.Clone(acts), ActSee)
	}
	return auth.Bound{Acts: acts, Things: s.Items, Orgs: s.Offices}
}

// Mandate says that a person may act for an organisation.
//
// Law: 民法典 art. 61: what the legal representative does in its name binds the
// legal person; art. 165: an agent's mandate names agent, matter, scope and term;
// art. 173: it ends with its term, or when either side takes it back.
type Mandate struct {
	ID      string // man_…
	Org     string
	OrgName string
	Person  string // "" until the person whom Name and Masked describe is on record
	Name    string // of the agent, as it was given
	Masked  string // the agent's identity number, masked
	Kind    string
	Scope   Scope // of an agent; a legal representative acts in everything
	From    time.Time
	Until   time.Time // zero is until revoked
	Giver   string    // who gave it, "" for an entry of the register
	Ended   time.Time // when it was taken back before its term
	EndedBy string    // name of who took it back
}

// Live tells whether the mandate is in force at the given time.
func (m Mandate) Live(now time.Time) bool {
	return m.Person != "" && !now.Before(m.From) && (m.Until.IsZero() || now.Before(m.Until))
}

// Over tells whether the mandate has ended.
func (m Mandate) Over(now time.Time) bool { return !m.Until.IsZero() && !now.Before(m.Until) }

// Allows tells whether the mandate lets its holder do the act on an item that
// one of the offices handles.
func (m Mandate) Allows(act, item string, offices ...string) bool {
	return m.Kind == MandateLegal || m.Scope.Bound().Allows(act, item, offices)
}

// within collects what several mandates for one company allow together; nil
// when one of them allows everything.
func within(list []Mandate) []auth.Bound {
	out := []auth.Bound{}
	for _, m := range list {
		b := m.Scope.Bound()
		if m.Kind == MandateLegal || m.Scope.EveryItem() && len(b.Acts) == len(MandateActs) {
			return nil
		}
		out = append(out, b)
	}
	return out
}

// Limits of a mandate.
const (
	maxScope = 200                      // items and offices that one mandate names
	maxTerm  = 3 * 366 * 24 * time.Hour // the longest term of an agent; it can be given again
)

// Grant is a mandate that a legal representative gives.
type Grant struct {
	Org          string
	Name, Number string // of the agent
	Scope        Scope
	Until        time.Time // end of the term
}

// check finds what is wrong with a grant and brings it to its normal form.
func (g *Grant) check(now time.Time, found *Problems) {
	n, err := number.ParseResident(g.Number, now)
	if err != nil {
		found.add("number", "identity.number."+rule(err), "n", utf8.RuneCountInString(strings.TrimSpace(g.Number)))
	}
	g.Number = string(n)
	if g.Name, err = number.CheckName(g.Name); err != nil {
		found.add("name", "identity.name."+rule(err), "n", utf8.RuneCountInString(g.Name), "max", number.MaxName)
	}
	g.Scope.Acts = slices.DeleteFunc(slices.Clone(MandateActs), func(a string) bool { return !slices.Contains(g.Scope.Acts, a) })
	if len(g.Scope.Acts) == 0 {
		found.add("acts", "identity.mandate.acts")
	}
	g.Scope.Items, g.Scope.Offices = clean(g.Scope.Items), clean(g.Scope.Offices)
	if len(g.Scope.Items)+len(g.Scope.Offices) > maxScope {
		found.add("scope", "identity.mandate.scope_long", "max", maxScope)
	}
	switch {
	case !g.Until.After(now):
		found.add("until", "identity.mandate.until")
	case g.Until.After(now.Add(maxTerm)):
		found.add("until", "identity.mandate.until_long")
	}
}

// clean sorts, drops doubles and whatever could not be told apart in the record.
func clean(list []string) []string {
	out := slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == "" || len(s) > 80 || strings.ContainsAny(s, " \t\r\n") })
	slices.Sort(out)
	return slices.Compact(out)
}
