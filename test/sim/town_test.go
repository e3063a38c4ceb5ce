package sim

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tongban/app"
	"tongban/gov/casework"
	"tongban/gov/identity"
	"tongban/platform/auth"
	"tongban/platform/calendar"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/fault"
	"tongban/test/sim/town"
)

const acts = 600

func seed() uint64 {
	if n, err := strconv.ParseUint(os.Getenv("TONGBAN_SIM_SEED"), 10, 64); err == nil {
		return n
	}
	return 20260907
}

// A seeded crowd does allowed and forbidden things. The same seed ends alike on
// both engines, and what must always hold holds.
func TestTown_endsAlikeOnBothEngines(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	a := live(t, dir, "sqlite:"+filepath.Join(dir, "tongban.db"))
	if again := filepath.Join(t.TempDir(), "data"); !dbtest.HasPostgres() {
		b := live(t, again, "sqlite:"+filepath.Join(again, "tongban.db"))
		alike(t, a, b)
		return
	}
	b := live(t, filepath.Join(t.TempDir(), "data"), dbtest.PostgresURL(t, app.Migrations()))
	alike(t, a, b)
}

func alike(t *testing.T, a, b []string) {
	t.Helper()
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			t.Fatalf("seed %d: the runs part at line %d:\n%s\n%s", seed(), i, at(a, i), at(b, i))
		}
	}
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return "(it has ended)"
}

// life is one run.
type life struct {
	*town.Town
	t     *testing.T
	ctx   context.Context
	rand  *rand.Rand
	clock *clock.Fake
	cases []casework.CaseID
	log   []string
	did   map[string]int // act → how often it was allowed
	no    map[string]int // act → how often it was refused
}

// deed is one thing that somebody may try on a case, or on one of its steps.
type deed struct {
	name   string
	weight int
	try    func(l *life, ctx context.Context, c casework.CaseID, s *town.Step) error
}

var deeds = []deed{
	{"apply", 4, func(l *life, ctx context.Context, _ casework.CaseID, _ *town.Step) error { return l.apply(ctx) }},
	{"accept", 8, func(l *life, ctx context.Context, c casework.CaseID, _ *town.Step) error {
		_, err := l.Casework.Accept(ctx, town.District, c, 0)
		return err
	}},
	{"refuse acceptance", 1, func(l *life, ctx context.Context, c casework.CaseID, _ *town.Step) error {
		_, err := l.Casework.RefuseAcceptance(ctx, town.District, c, 0, casework.Refusal{Grounds: []string{"law.not_competent"}, Facts: "店址在邻区", Pass: "请到邻区市场监督管理部门申请"})
		return err
	}},
	{"ask supplements", 3, func(l *life, ctx context.Context, c casework.CaseID, _ *town.Step) error {
		items := []casework.SupplementItem{{Target: "form.shop_name", Name: "店名", Reason: "与招牌不一致", How: "请填写招牌上的名称"}}
		_, err := l.Casework.AskSupplement(ctx, town.District, c, 0, items, "")
		return err
	}},
	{"answer supplements", 5, func(l *life, ctx context.Context, c casework.CaseID, _ *town.Step) error {
		if _, err := l.Casework.AnswerItem(ctx, town.District, c, 0, casework.Answer{Text: "已改正"}); err != nil {
			return err
		}
		_, err := l.Casework.SendSupplement(ctx, town.District, c)
		return err
	}},
	{"claim", 4, func(l *life, ctx context.Context, _ casework.CaseID, s *town.Step) error {
		_, err := l.Casework.Claim(ctx, town.District, s.ID)
		return err
	}},
	{"release", 2, func(l *life, ctx context.Context, _ casework.CaseID, s *town.Step) error {
		_, err := l.Casework.Release(ctx, town.District, s.ID)
		return err
	}},
	{"approve", 24, func(l *life, ctx context.Context, _ casework.CaseID, s *town.Step) error {
		_, err := l.Casework.Complete(ctx, town.District, s.ID, casework.Opinion{Result: casework.Approve, Text: "同意"})
		return err
	}},
	{"refuse", 2, func(l *life, ctx context.Context, _ casework.CaseID, s *town.Step) error {
		_, err := l.Casework.Complete(ctx, town.District, s.ID, casework.Opinion{Result: casework.Refuse, Refusal: casework.Refusal{Grounds: []string{"condition.layout"}, Facts: "生熟交叉", Pass: "改好布局后再申请"}})
		return err
	}},
	{"return", 3, func(l *life, ctx context.Context, _ casework.CaseID, s *town.Step) error {
		offered, err := l.Casework.Offers(ctx, town.District, s.ID)
		targets := offered.Returns
		to := "register"
		if len(targets) > 0 {
			to = targets[l.rand.IntN(len(targets))].Element
		}
		if err != nil {
			return err
		}
		_, err = l.Casework.ReturnTo(ctx, town.District, s.ID, to, "请重新核对", 0)
		return err
	}},
	{"delegate", 2, func(l *life, ctx context.Context, _ casework.CaseID, s *town.Step) error {
		o, err := l.colleague(ctx, s)
		if err != nil {
			return err
		}
		_, err = l.Casework.Delegate(ctx, town.District, s.ID, o.Org, o.Account, "请提出意见")
		return err
	}},
	{"give opinion", 4, func(l *life, ctx context.Context, _ casework.CaseID, s *town.Step) error {
		_, err := l.Casework.GiveOpinion(ctx, town.District, s.ID, "无异议")
		return err
	}},
	{"transfer", 2, func(l *life, ctx context.Context, _ casework.CaseID, s *town.Step) error {
		o, err := l.colleague(ctx, s)
		if err != nil {
			return err
		}
		_, err = l.Casework.Transfer(ctx, town.District, s.ID, o.Org, "", "由本机关其他人员办理")
		return err
	}},
	{"pause", 2, func(l *life, ctx context.Context, c casework.CaseID, _ *town.Step) error {
		_, err := l.Casework.Pause(ctx, town.District, c, casework.Stop{Kind: "inspection", Reason: "现场检验", Expected: 3})
		return err
	}},
	{"resume", 5, func(l *life, ctx context.Context, c casework.CaseID, _ *town.Step) error {
		_, err := l.Casework.Resume(ctx, town.District, c, "检验合格", 0)
		return err
	}},
	{"extend", 1, func(l *life, ctx context.Context, c casework.CaseID, _ *town.Step) error {
		_, err := l.Casework.Extend(ctx, town.District, c, 0, "案情复杂", 0)
		return err
	}},
	{"withdraw", 1, func(l *life, ctx context.Context, c casework.CaseID, _ *town.Step) error {
		_, err := l.Casework.Withdraw(ctx, town.District, c, "不再开店")
		return err
	}},
	{"time passes", 6, func(l *life, _ context.Context, _ casework.CaseID, _ *town.Step) error {
		l.clock.Advance(time.Duration(1+l.rand.IntN(30)) * time.Hour)
		_, err := l.Schedule.RunOnce(l.ctx)
		return err
	}},
}

// live runs one town and returns everything that happened and how it ended.
func live(t *testing.T, dir, database string) []string {
	t.Helper()
	l := &life{t: t, ctx: context.Background(), rand: rand.New(rand.NewPCG(seed(), 1)), did: map[string]int{}, no: map[string]int{},
		clock: clock.NewFake(time.Date(2026, 9, 7, 10, 0, 0, 0, calendar.Zone))}
	var err error
	if l.Town, err = town.Open(l.ctx, app.Options{DataDir: dir, Database: database, Clock: l.clock}); err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var lots []int
	for i, d := range deeds {
		lots = append(lots, slices.Repeat([]int{i}, d.weight)...)
	}
	for i := range acts {
		l.act(deeds[lots[l.rand.IntN(len(lots))]])
		if i%150 == 149 {
			l.holds()
		}
	}
	l.background()
	l.holds()
	l.verify()
	t.Logf("%s: %d cases; allowed %v; refused %v", l.DB.Engine(), len(l.cases), l.did, l.no)
	for _, d := range deeds {
		if d.name != "time passes" && l.did[d.name] == 0 && os.Getenv("TONGBAN_SIM_SEED") == "" {
			t.Errorf("nobody ever managed to %s: the town proves nothing about it", d.name)
		}
	}
	return append(l.log, l.end()...)
}

// act lets somebody try something. One in six is somebody who has no business
// with it.
func (l *life) act(d deed) {
	c, s := l.pick(d.name)
	role := l.usual(d.name, s)
	if l.rand.IntN(6) == 0 {
		role = []string{identity.RoleResident, "legal_representative", identity.RoleClerk, identity.RoleExaminer, identity.RoleDecider, identity.RoleSupervisor}[l.rand.IntN(6)]
	}
	if d.name != "apply" && d.name != "time passes" && (c == "" || s == nil && !wholeCase(d.name)) {
		return
	}
	l.clock.Advance(time.Duration(l.rand.IntN(40)) * time.Minute)
	err := d.try(l, l.As(l.ctx, role), c, s)
	if f := fault.Of(err); err != nil && f.Kind == fault.KindInternal {
		l.t.Fatalf("seed %d: %s by %s: %v", seed(), d.name, role, err)
	}
	if err == nil {
		l.did[d.name]++
	} else {
		l.no[d.name]++
	}
	element := ""
	if s != nil {
		element = s.Element
	}
	l.log = append(l.log, fmt.Sprintf("%s: %s tries to %s case %d, step %q: %s", l.clock.Now().Format(time.DateTime), role, d.name, slices.Index(l.cases, c), element, codeOf(err)))
}

// fitting are the cases with which a deed might succeed.
var fitting = map[string]string{
	"accept": `c.state = 'submitted'`, "refuse acceptance": `c.state = 'submitted'`, "ask supplements": `c.state = 'submitted'`,
	"answer supplements": `c.state = 'supplementing'`, "resume": `c.paused`,
	"give opinion": `EXISTS (SELECT 1 FROM casework_task t WHERE t.region = c.region AND t.case_id = c.id AND t.state = 'open' AND t.delegation IS NOT NULL)`,
	"":             `NOT c.paused AND c.state IN ('accepted', 'in_progress')`,
}

// pick chooses a case and one of its open steps: mostly one with which the deed
// might succeed, sometimes any.
func (l *life) pick(deed string) (casework.CaseID, *town.Step) {
	if len(l.cases) == 0 {
		return "", nil
	}
	c := l.cases[l.rand.IntN(len(l.cases))]
	if where, ok := fitting[deed]; l.rand.IntN(5) > 0 {
		if !ok {
			where = fitting[""]
		}
		list, err := db.All(l.ctx, l.DB, db.Value[casework.CaseID], `SELECT c.id FROM casework_case c WHERE c.region = $1 AND `+where+` ORDER BY c.id DESC LIMIT 6`, town.District)
		if err != nil {
			l.t.Fatal(err)
		}
		if len(list) > 0 {
			c = list[l.rand.IntN(len(list))]
		}
	}
	steps, err := l.OpenSteps(l.ctx, c)
	if err != nil {
		l.t.Fatal(err)
	}
	if len(steps) == 0 {
		return c, nil
	}
	s := &steps[l.rand.IntN(len(steps))]
	if deed == "give opinion" {
		l.ask(c, s)
	}
	return c, s
}

// ask makes the officer who was asked for an opinion the colleague who acts.
func (l *life) ask(c casework.CaseID, s *town.Step) {
	type asked struct {
		step    casework.TaskID
		account string
	}
	list, err := db.All(l.ctx, l.DB, func(r db.Row) (a asked, err error) { return a, r.Scan(&a.step, &a.account) },
		`SELECT id, assignee FROM casework_task WHERE region = $1 AND case_id = $2 AND state = 'open' AND delegation IS NOT NULL ORDER BY id LIMIT 5`, town.District, string(c))
	if err != nil {
		l.t.Fatal(err)
	}
	if len(list) > 0 && list[0].account != "" {
		s.ID = list[0].step
		if p, err := l.SignIn(l.ctx, list[0].account); err == nil {
			l.People["colleague"] = p
		}
	}
}

func codeOf(err error) string {
	if err == nil {
		return "done"
	}
	return fault.Of(err).Code
}

func wholeCase(name string) bool {
	return slices.Contains([]string{"accept", "refuse acceptance", "ask supplements", "answer supplements", "pause", "resume", "extend", "withdraw"}, name)
}

// usual is who would do such a thing.
func (l *life) usual(name string, s *town.Step) string {
	switch name {
	case "apply", "answer supplements", "withdraw":
		return identity.RoleResident
	case "accept", "refuse acceptance", "ask supplements":
		return identity.RoleClerk
	case "extend":
		return identity.RoleDecider
	case "give opinion":
		if l.People["colleague"].SignedIn() {
			return "colleague"
		}
	}
	if s != nil && l.People[s.Role].ID != "" {
		return s.Role
	}
	return identity.RoleExaminer
}

func (l *life) apply(ctx context.Context) error {
	d, err := l.Fill(ctx, func(f func() error) error { return f() })
	if err != nil {
		return err
	}
	c, err := l.Casework.Submit(ctx, d.Region, d.ID, d.Version)
	if err == nil {
		l.cases = append(l.cases, c.ID)
	}
	return err
}

// colleague is another officer of the step's office, who can then be asked.
func (l *life) colleague(ctx context.Context, s *town.Step) (casework.Officer, error) {
	org, err := db.One(l.ctx, l.DB, db.Value[string], `SELECT org FROM casework_task WHERE region = $1 AND id = $2`, town.District, string(s.ID))
	if err != nil {
		return casework.Officer{}, err
	}
	list, err := l.Casework.Colleagues(ctx, town.District, s.ID, org)
	if err != nil {
		return casework.Officer{}, err
	}
	for _, o := range list {
		if o.Account == auth.From(ctx).ID {
			continue
		}
		return o, nil
	}
	return casework.Officer{}, casework.ErrNoOfficer
}

// background does what the node does by itself.
func (l *life) background() {
	for {
		n, err := l.Bus.RunOnce(l.ctx)
		if err != nil {
			l.t.Fatal(err)
		}
		if n == 0 {
			break
		}
	}
	if _, err := l.Sealer.Seal(l.ctx); err != nil && !errors.Is(err, context.Canceled) {
		l.t.Fatal(err)
	}
}

// end describes how everything stands, without the names that chance gave.
func (l *life) end() (out []string) {
	for i, id := range l.cases {
		line, err := l.state(id)
		if err != nil {
			l.t.Fatal(err)
		}
		out = append(out, fmt.Sprintf("case %d: %s", i, line))
	}
	return out
}

func (l *life) state(id casework.CaseID) (string, error) {
	get := func(query string) (string, error) {
		list, err := db.All(l.ctx, l.DB, db.Value[string], query, town.District, string(id))
		return strings.Join(list, " "), err
	}
	c, err := l.load(id)
	if err != nil {
		return "", err
	}
	parts := []string{fmt.Sprintf("%s %s paused=%t legal=%s promise=%s accept=%s v%d", c.State, c.Outcome, c.Paused, c.LegalDue, c.PromiseDue, c.AcceptDue, c.Version)}
	for _, query := range []string{
		`SELECT element || '/' || org || '/' || role || '/' || state || '/' || result || '/' || assignee_name FROM casework_task WHERE region = $1 AND case_id = $2 ORDER BY id`,
		`SELECT kind || '/' || step FROM casework_history WHERE region = $1 AND case_id = $2 ORDER BY id`,
		`SELECT kind FROM certificates_paper WHERE region = $1 AND case_id = $2 ORDER BY id`,
	} {
		line, err := get(query)
		if err != nil {
			return "", err
		}
		parts = append(parts, line)
	}
	return strings.Join(parts, " | "), nil
}
