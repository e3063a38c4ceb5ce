package identity

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tongban/gov/identity/number"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/fault"
	"tongban/platform/id"
)

var testPolicy = map[string][]string{
	RoleResident:      {"test.own", MayActForCompany.Name, MayGrantMandates.Name},
	RoleClerk:         {MayReadPerson.Name, "test.take_in"},
	RoleExaminer:      {"test.examine"},
	RoleSecurityAdmin: {MayReadOfficers.Name, MayAssignPosts.Name},
	RoleSystemAdmin:   {MayReadOfficers.Name, MayOpenAccounts.Name, MayManageOrgs.Name},
}

type bench struct {
	*Service
	clock *clock.Fake
	db    *db.DB
}

var testStart = time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)

// onBoth runs f with a fresh service on each engine.
func onBoth(t *testing.T, f func(t *testing.T, b bench)) {
	t.Helper()
	dbtest.Run(t, []db.Migrations{audit.Migrations(), Migrations()}, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(testStart)
		s, err := New(Deps{DB: d, Clock: c, Region: "440000", Key: []byte(strings.Repeat("k", 32)), Policy: testPolicy})
		if err != nil {
			t.Fatal(err)
		}
		f(t, bench{s, c, d})
	})
}

func (b bench) seeded(t testing.TB) map[string]string {
	t.Helper()
	offices, err := os.Open("../../items/departments.json")
	if err != nil {
		t.Fatal(err)
	}
	defer offices.Close()
	links, err := b.Seed(t.Context(), SeedInput{Offices: offices})
	if err != nil {
		t.Fatalf("seed: %v", err)
	}
	byRole := map[string]string{}
	for _, l := range links {
		byRole[l.Role] = l.Secret
	}
	return byRole
}

// enter signs in by link and returns the session secret and a context in which its owner acts.
func (b bench) enter(t *testing.T, link string) (string, context.Context) {
	t.Helper()
	secret, err := b.SignInByLink(t.Context(), link, Caller{Address: "127.0.0.1", Device: "test"})
	if err != nil {
		t.Fatalf("sign in by link: %v", err)
	}
	return secret, b.ctx(t, secret)
}

func (b bench) ctx(t *testing.T, secret string) context.Context {
	t.Helper()
	p, err := b.Authenticate(t.Context(), secret)
	if err != nil {
		t.Fatalf("authenticate: %v", err)
	}
	return auth.With(t.Context(), p)
}

func wantErr(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got %v, want %v", what, err, want)
	}
}

func wantField(t *testing.T, what string, err error, field, code string) {
	t.Helper()
	var p Problems
	if !errors.As(err, &p) || !slices.ContainsFunc(p, func(v Problem) bool { return v.Field == field && v.Code == code }) {
		t.Errorf("%s: got %v, want %s at field %s", what, err, code, field)
	}
}

var jia = Registration{Name: "王示例", Number: string(number.Fictional("449901", 501)), Phone: "14000000501", Password: "correct horse 8"}

func TestRegister_thenSignIn(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		secret, err := b.Register(t.Context(), jia, Caller{Address: "10.0.0.1"})
		if err != nil {
			t.Fatal(err)
		}
		p, err := b.Authenticate(t.Context(), secret)
		if err != nil || p.Kind != auth.KindPerson || p.Name != "王示例" || p.Person == "" || p.Owner() != p.Person {
			t.Fatalf("caller %+v, %v", p, err)
		}
		if len(p.Grants) != 1 || !p.Grants[0].Own || p.Grants[0].Role != RoleResident {
			t.Fatalf("grants %+v", p.Grants)
		}
		me, err := b.Me(auth.With(t.Context(), p))
		if err != nil || me.Level != LevelFormat || me.Number != jia.Number {
			t.Fatalf("me %+v, %v", me, err)
		}
		second, err := b.SignIn(t.Context(), " "+strings.ToLower(jia.Number)+" ", jia.Password, Caller{Address: "10.0.0.1"})
		if err != nil || second == secret {
			t.Fatalf("second session: %v", err)
		}
		_, err = b.Register(t.Context(), jia, Caller{Address: "10.0.0.1"})
		wantErr(t, "second registration", err, ErrRegistered)
		other := jia
		other.Name = "李示例"
		_, err = b.Register(t.Context(), other, Caller{Address: "10.0.0.1"})
		wantErr(t, "same number, other name", err, ErrFactsDiffer)
	})
}

func TestRegister_badFields(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		wrongDigit := jia.Number[:17] + string("0123456789X"[(strings.IndexByte("0123456789X", jia.Number[17])+1)%11])
		for name, c := range map[string]struct {
			change      func(*Registration)
			field, code string
		}{
			"check digit":     {func(r *Registration) { r.Number = wrongDigit }, "number", "identity.number.check"},
			"impossible date": {func(r *Registration) { r.Number = "449901199002300018" }, "number", "identity.number.date"},
			"born tomorrow":   {func(r *Registration) { r.Number = "449901202612010012" }, "number", "identity.number.date"},
			"too short":       {func(r *Registration) { r.Number = "4499011990" }, "number", "identity.number.length"},
			"long name":       {func(r *Registration) { r.Name = strings.Repeat("示", 51) }, "name", "identity.name.length"},
			"no name":         {func(r *Registration) { r.Name = " " }, "name", "identity.name.empty"},
			"markup name":     {func(r *Registration) { r.Name = "<b>王</b>" }, "name", "identity.name.character"},
			"landline":        {func(r *Registration) { r.Phone = "02012345678" }, "phone", "identity.phone.kind"},
			"no phone":        {func(r *Registration) { r.Phone = "" }, "phone", "identity.phone.empty"},
			"short password":  {func(r *Registration) { r.Password = "ab1" }, "password", "identity.password.short"},
			"counting":        {func(r *Registration) { r.Password = "1234567890" }, "password", "identity.password.simple"},
			"own number":      {func(r *Registration) { r.Password = "x" + r.Number }, "password", "identity.password.personal"},
			"endless":         {func(r *Registration) { r.Password = strings.Repeat("abcdefg", 30) }, "password", "identity.password.long"},
		} {
			r := jia
			c.change(&r)
			_, err := b.Register(t.Context(), r, Caller{Address: "10.0.0.2"})
			wantField(t, name, err, c.field, c.code)
		}
		for _, name := range []string{"𠮷虚构", "䶮示例", "古丽·示例", strings.Repeat("示", 50)} {
			r := jia
			r.Name, r.Number = name, string(number.Fictional("449901", 600+len(name)))
			if _, err := b.Register(t.Context(), r, Caller{Address: "10.0.0.3"}); err != nil {
				t.Errorf("name %s: %v", name, err)
			}
		}
	})
}

// A person whom a counter recorded is reached only by somebody who knows the recorded facts.
func TestRegister_personOnRecord(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		ctx := dbtest.As(t, "test")
		var kept Person
		ensure := func(p Person) error {
			return b.db.Write(ctx, func(tx *db.Tx) (err error) {
				kept, err = b.EnsurePersonTx(ctx, tx, p)
				tx.Unaudited("test: nothing may have changed")
				return err
			})
		}
		if err := ensure(Person{Name: jia.Name, Number: jia.Number, Phone: jia.Phone, Level: LevelCounter}); err != nil {
			t.Fatal(err)
		}
		stranger := jia
		stranger.Phone = "14000000999"
		_, err := b.Register(t.Context(), stranger, Caller{Address: "10.0.0.4"})
		wantErr(t, "other phone", err, ErrFactsDiffer)
		secret, err := b.Register(t.Context(), jia, Caller{Address: "10.0.0.4"})
		if err != nil {
			t.Fatal(err)
		}
		if p := auth.From(b.ctx(t, secret)); p.Person != kept.ID {
			t.Errorf("account stands for %s, want %s", p.Person, kept.ID)
		}
		err = ensure(Person{Name: "李示例", Number: jia.Number})
		wantErr(t, "typed name against document", err, ErrNameDiffers)
	})
}

// A document seen at the counter corrects a name typed online and closes the account opened under it.
func TestEnsurePerson_documentWins(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		false_ := jia
		false_.Name = "冒名者"
		secret, err := b.Register(t.Context(), false_, Caller{Address: "10.0.0.5"})
		if err != nil {
			t.Fatal(err)
		}
		ctx := dbtest.As(t, "test")
		var p Person
		err = b.db.Write(ctx, func(tx *db.Tx) (err error) {
			p, err = b.EnsurePersonTx(ctx, tx, Person{Name: jia.Name, Number: jia.Number, Phone: jia.Phone, Level: LevelCounter})
			return err
		})
		if err != nil || p.Name != jia.Name || p.Level != LevelCounter {
			t.Fatalf("%+v, %v", p, err)
		}
		b.clock.Advance(time.Second)
		_, err = b.Authenticate(t.Context(), secret)
		wantErr(t, "session of the false name", err, ErrSession)
		if _, err := b.Register(t.Context(), jia, Caller{Address: "10.0.0.5"}); err != nil {
			t.Errorf("the right person cannot register: %v", err)
		}
	})
}

func TestSignIn_wrongPasswordLocks(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		if _, err := b.Register(t.Context(), jia, Caller{Address: "10.0.0.6"}); err != nil {
			t.Fatal(err)
		}
		for range b.limits.Failures {
			_, err := b.SignIn(t.Context(), jia.Number, "wrong password", Caller{Address: "10.0.0.7"})
			wantErr(t, "wrong password", err, ErrCredentials)
		}
		_, err := b.SignIn(t.Context(), jia.Number, jia.Password, Caller{Address: "10.0.0.8"})
		wantErr(t, "locked account", err, ErrLocked)
		if f := fault.Of(err); f.Details["minutes"] != 15 {
			t.Errorf("details %v", f.Details)
		}
		b.clock.Advance(b.limits.Window + time.Second)
		if _, err := b.SignIn(t.Context(), jia.Number, jia.Password, Caller{Address: "10.0.0.8"}); err != nil {
			t.Errorf("after the window: %v", err)
		}
		for i := range b.limits.AddressFailures {
			_, err := b.SignIn(t.Context(), "nobody"+string(rune('a'+i%26))+string(rune('a'+i/26)), "wrong password", Caller{Address: "10.0.0.9"})
			wantErr(t, "unknown account", err, ErrCredentials)
		}
		_, err = b.SignIn(t.Context(), jia.Number, jia.Password, Caller{Address: "10.0.0.9"})
		wantErr(t, "locked address", err, ErrLocked)
	})
}

func TestSignIn_parallelGuessesAreCounted(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		if _, err := b.Register(t.Context(), jia, Caller{Address: "10.0.1.1"}); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		results := make([]error, 12)
		for i := range results {
			wg.Go(func() {
				_, results[i] = b.SignIn(t.Context(), jia.Number, "wrong password", Caller{Address: "10.0.1.2"})
			})
		}
		wg.Wait()
		tried := 0
		for _, err := range results {
			if errors.Is(err, ErrCredentials) {
				tried++
			} else if !errors.Is(err, ErrLocked) {
				t.Errorf("unexpected %v", err)
			}
		}
		if tried != b.limits.Failures {
			t.Errorf("%d guesses were tried, want %d", tried, b.limits.Failures)
		}
	})
}

func TestLink_worksOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		links := b.seeded(t)
		if len(links) != 10 {
			t.Fatalf("links for %d roles, want 10", len(links))
		}
		if a, err := b.LinkOwner(t.Context(), links[RoleClerk]); err != nil || a.Name != "示例窗口员" {
			t.Fatalf("owner %+v, %v", a, err)
		}
		var wg sync.WaitGroup
		won := make([]error, 8)
		for i := range won {
			wg.Go(func() { _, won[i] = b.SignInByLink(t.Context(), links[RoleClerk], Caller{}) })
		}
		wg.Wait()
		ok := 0
		for _, err := range won {
			if err == nil {
				ok++
			} else if !errors.Is(err, ErrLinkUsed) {
				t.Errorf("loser got %v", err)
			}
		}
		if ok != 1 {
			t.Errorf("%d of 8 used one link", ok)
		}
		b.clock.Advance(b.limits.Link)
		_, err := b.SignInByLink(t.Context(), links[RoleDesigner], Caller{})
		wantErr(t, "old link", err, ErrLinkExpired)
		_, err = b.SignInByLink(t.Context(), "nosuchlink", Caller{})
		wantErr(t, "unknown link", err, ErrLink)
	})
}

func TestSession_ends(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		links := b.seeded(t)
		staff, _ := b.enter(t, links[RoleClerk])
		resident, residentCtx := b.enter(t, links[RoleResident])
		b.clock.Advance(19 * time.Minute)
		b.ctx(t, staff) // use starts the idle time anew
		b.clock.Advance(19 * time.Minute)
		b.ctx(t, staff)
		b.ctx(t, resident)
		b.clock.Advance(20 * time.Minute)
		_, err := b.Authenticate(t.Context(), staff)
		wantErr(t, "idle officer", err, ErrSessionIdle)
		b.ctx(t, resident)
		for range 30 {
			b.clock.Advance(50 * time.Minute)
			if _, err = b.Authenticate(t.Context(), resident); err != nil {
				break
			}
		}
		wantErr(t, "session at its latest end", err, ErrSession)
		_, err = b.Authenticate(t.Context(), "made up")
		wantErr(t, "made-up secret", err, ErrSession)
		if err := b.Sweep(dbtest.As(t, "test")); err != nil {
			t.Fatal(err)
		}
		if list, err := b.Sessions(residentCtx); err != nil || len(list) != 0 {
			t.Errorf("after the sweep: %v, %v", list, err)
		}
	})
}

func TestSession_ownerEndsIt(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		links := b.seeded(t)
		_, other := b.enter(t, links[RoleClerk])
		first, ctx := b.enter(t, links[RoleResident])
		link, err := b.NewLink(dbtest.As(t, "test"), auth.From(ctx).ID)
		if err != nil {
			t.Fatal(err)
		}
		second, ctx2 := b.enter(t, link)
		list, err := b.Sessions(ctx)
		if err != nil || len(list) != 2 {
			t.Fatalf("%v, %v", list, err)
		}
		wantErr(t, "somebody else's session", b.EndSession(other, auth.From(ctx).Session), ErrNoSession)
		b.ctx(t, first)
		if err := b.EndSession(ctx2, auth.From(ctx).Session); err != nil {
			t.Fatal(err)
		}
		_, err = b.Authenticate(t.Context(), first)
		wantErr(t, "ended session, at once", err, ErrSession)
		if err := b.SignOut(b.ctx(t, second)); err != nil {
			t.Fatal(err)
		}
		_, err = b.Authenticate(t.Context(), second)
		wantErr(t, "signed out", err, ErrSession)
	})
}

// A second process of the node sees a change within a second.
func TestSession_endSeenByOtherProcess(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		links := b.seeded(t)
		secret, ctx := b.enter(t, links[RoleResident])
		twin, err := New(Deps{DB: b.db, Clock: b.clock, Region: "440000", Key: []byte(strings.Repeat("k", 32)), Policy: testPolicy})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := twin.Authenticate(t.Context(), secret); err != nil {
			t.Fatal(err)
		}
		if err := b.SignOut(ctx); err != nil {
			t.Fatal(err)
		}
		b.clock.Advance(time.Second)
		_, err = twin.Authenticate(t.Context(), secret)
		wantErr(t, "other process after a second", err, ErrSession)
	})
}

func TestToken_life(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		links := b.seeded(t)
		_, ctx := b.enter(t, links[RoleResident])
		_, other := b.enter(t, links[RoleClerk])
		tok, secret, err := b.NewToken(ctx, "我的程序", time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		p, err := b.AuthenticateToken(t.Context(), secret)
		if err != nil || p.ID != auth.From(ctx).ID || p.Session != tok.ID {
			t.Fatalf("%+v, %v", p, err)
		}
		_, err = b.Authenticate(t.Context(), secret)
		wantErr(t, "token used as cookie", err, ErrSession)
		wantErr(t, "somebody else's token", b.RevokeToken(other, tok.ID), ErrNoToken)
		if err := b.RevokeToken(ctx, tok.ID); err != nil {
			t.Fatal(err)
		}
		_, err = b.AuthenticateToken(t.Context(), secret)
		wantErr(t, "revoked, at once", err, ErrToken)
		_, short, err := b.NewToken(ctx, "short", time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		b.clock.Advance(time.Minute)
		_, err = b.AuthenticateToken(t.Context(), short)
		wantErr(t, "over", err, ErrToken)
		_, _, err = b.NewToken(ctx, " ", 0)
		wantField(t, "no name", err, "name", "identity.token_name.empty")
		_, _, err = b.NewToken(ctx, "x", 400*24*time.Hour)
		wantField(t, "too long a life", err, "days", "identity.token_days")
	})
}

func TestActFor_company(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		links := b.seeded(t)
		secret, ctx := b.enter(t, links["legal_representative"])
		orgs, err := b.OrgsOf(ctx, auth.From(ctx).Person)
		if err != nil || len(orgs) != 1 || orgs[0].Code != SampleCompany {
			t.Fatalf("%v, %v", orgs, err)
		}
		if err := b.ActFor(ctx, SampleCompany); err != nil {
			t.Fatal(err)
		}
		ctx = b.ctx(t, secret)
		if p := auth.From(ctx); p.For != SampleCompany || p.ForName != orgs[0].Name || p.Owner() != SampleCompany {
			t.Fatalf("acts for %q %q", p.For, p.ForName)
		}
		if err := authz.Require(ctx, authz.Define("test.own", ""), authz.Object{Owners: []string{SampleCompany}}); err != nil {
			t.Errorf("the company's matter: %v", err)
		}
		_, stranger := b.enter(t, links[RoleResident])
		wantErr(t, "no mandate", b.ActFor(stranger, SampleCompany), ErrNotMandated)

		mandate, err := db.One(ctx, b.db, db.Value[string], `SELECT id FROM identity_mandate WHERE region = $1`, "440000")
		if err != nil {
			t.Fatal(err)
		}
		_, program, err := b.NewToken(ctx, "报税软件", 0)
		if err != nil {
			t.Fatal(err)
		}
		if p, err := b.AuthenticateToken(t.Context(), program); err != nil || p.For != SampleCompany {
			t.Fatalf("token of the company: %+v, %v", p, err)
		}
		if err := b.EndMandate(dbtest.As(t, "test"), mandate); err != nil {
			t.Fatal(err)
		}
		if p := auth.From(b.ctx(t, secret)); p.For != "" {
			t.Errorf("still acts for %q after the mandate ended", p.For)
		}
		_, err = b.AuthenticateToken(t.Context(), program)
		wantErr(t, "token of the company after the mandate ended", err, ErrToken)
	})
}

func TestPersonByNumber_isRecorded(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		links := b.seeded(t)
		_, clerk := b.enter(t, links[RoleClerk])
		_, resident := b.enter(t, links[RoleResident])
		n := string(number.Fictional(SampleDistrict, 1))
		p, err := b.PersonByNumber(clerk, n, "窗口收件")
		if err != nil || p.Name != "王示例" {
			t.Fatalf("%+v, %v", p, err)
		}
		_, err = b.PersonByNumber(clerk, string(number.Fictional(SampleDistrict, 9999)), "窗口收件")
		wantErr(t, "unknown number", err, ErrNoPerson)
		_, err = b.PersonByNumber(clerk, n, " ")
		wantErr(t, "no purpose", err, ErrPurpose)
		_, err = b.PersonByNumber(resident, n, "好奇")
		wantErr(t, "resident", err, authz.ErrForbidden)
		_, err = b.Person(resident, "440000", p.ID)
		if err != nil {
			t.Errorf("own record: %v", err)
		}
		_, legal := b.enter(t, links["legal_representative"])
		_, err = b.Person(legal, "440000", p.ID)
		wantErr(t, "somebody else's record", err, authz.ErrForbidden)
		rows, err := db.One(clerk, b.db, db.Value[int64], `SELECT COUNT(*) FROM audit_entry WHERE region = $1 AND action = $2 AND actor = $3`,
			"440000", "identity.person.read", auth.From(clerk).ID)
		if err != nil || rows != 2 {
			t.Errorf("%d readings on record, want 2 (%v)", rows, err)
		}
		leaked, err := db.One(clerk, b.db, db.Value[int64], `SELECT COUNT(*) FROM audit_entry WHERE region = $1 AND (details LIKE $2 OR object LIKE $2)`, "440000", "%"+n+"%")
		if err != nil || leaked != 0 {
			t.Errorf("the number stands in %d audit entries (%v)", leaked, err)
		}
	})
}

// crowd opens n accounts that share one password hash.
func (b bench) crowd(t testing.TB, n int, r func(int) Registration, hash string) {
	t.Helper()
	ctx := auth.System(t.Context(), "test")
	err := b.db.Write(ctx, func(tx *db.Tx) error {
		for i := range n {
			p, err := b.insertPersonTx(ctx, tx, Person{Name: r(i).Name, Number: r(i).Number, Level: LevelFormat})
			if err != nil {
				return err
			}
			a := Account{Region: b.region, ID: id.New("acc"), Name: p.Name, Person: p.ID, Created: testStart, password: hash}
			if err := insertAccount(ctx, tx, a); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
