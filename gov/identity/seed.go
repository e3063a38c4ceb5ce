package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"tongban/gov/identity/number"
	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/platform/id"
)

// Regions of the practice town; neither code is assigned to a real place.
const (
	SampleCity     = "449900" // 示例市
	SampleDistrict = number.FictionalRegion
)

// sampleResidents are invented; each name shows something that names can be:
// a character of plane 2, a rare one, a translated name in parts.
var sampleResidents = []struct{ name, phone string }{
	{"王示例", "14000000001"},
	{"𠮷虚构", "14000000002"},
	{"䶮示例", "14000000003"},
	{"古丽·示例", "14000000004"},
	{"陈虚构", "14000000005"}, // the legal representative of the sample company
}

// sampleStaff are the officers that are not tied to one office.
var sampleStaff = []struct{ login, name, role, title string }{
	{"clerk", "示例窗口员", RoleClerk, "示例区政务服务中心综合窗口"},
	{"examiner", "示例审查员", RoleExaminer, "审查"},
	{"decider", "示例审批人", RoleDecider, "审批"},
	{"supervisor", "示例监察员", RoleSupervisor, "电子监察"},
	{"designer", "示例事项管理员", RoleDesigner, "事项管理"},
	{"audit", "示例审计员", RoleAuditor, "审计管理员"},
	{"security", "示例安全管理员", RoleSecurityAdmin, "安全管理员"},
	{"admin", "示例系统管理员", RoleSystemAdmin, "系统管理员"},
}

// Codes of the two sample organisations that no package names.
var (
	SampleHall    = string(number.FictionalUSCC("12", SampleDistrict, 900))
	SampleCompany = string(number.FictionalUSCC("91", SampleDistrict, 901))
)

// SeedInput says what to seed.
type SeedInput struct {
	Offices io.Reader // invented offices of the district: a JSON list of code, name {zh, en}, parent
	Links   bool      // make one-time links also when the town existed before
}

// Seed creates a plainly fictional town: offices, a service hall, residents, a
// company, and officers of every role with posts in every department, the
// imported ones included. What exists already is kept as it is. It returns
// one-time links, one per role, when the town is new or links are asked for.
func (s *Service) Seed(ctx context.Context, in SeedInput) ([]RoleLink, error) {
	ctx = auth.System(ctx, "identity")
	offices, err := readOffices(in.Offices)
	if err != nil {
		return nil, err
	}
	var seed seeding
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		seed = seeding{s: s, ctx: ctx, tx: tx}
		tx.Unaudited("a town that is there already")
		seed.organisations(offices)
		seed.residents()
		seed.staff()
		return seed.err
	})
	if err != nil {
		return nil, fmt.Errorf("seed people: %w", err)
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		posts := seeding{s: s, ctx: ctx, tx: tx, accounts: seed.accounts}
		tx.Unaudited("posts that are there already")
		posts.departments(offices)
		return posts.err
	})
	if err != nil {
		return nil, fmt.Errorf("seed posts: %w", err)
	}
	s.seen.forget()
	if !seed.fresh && !in.Links {
		return nil, nil
	}
	return s.sampleLinks(ctx, seed.accounts)
}

func (s *Service) sampleLinks(ctx context.Context, accounts map[string]Account) ([]RoleLink, error) {
	links := []RoleLink{{Role: RoleResident, Name: sampleResidents[0].name}, {Role: "legal_representative", Name: sampleResidents[4].name}}
	for _, o := range sampleStaff {
		links = append(links, RoleLink{Role: o.role, Name: o.name})
	}
	for i := range links {
		secret, err := s.NewLink(ctx, accounts[links[i].Name].ID)
		if err != nil {
			return nil, err
		}
		links[i].Secret = secret
	}
	return links, nil
}

// office is one row of the offices file.
type office struct {
	Code string `json:"code"`
	Name struct {
		Zh string `json:"zh"`
		En string `json:"en"`
	} `json:"name"`
	Parent string `json:"parent"`
}

func readOffices(r io.Reader) ([]office, error) {
	if r == nil {
		return nil, nil
	}
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	var list []office
	if err := d.Decode(&list); err != nil {
		return nil, fmt.Errorf("read offices: %w", err)
	}
	return list, nil
}

// seeding carries one run; the first error stops everything after it.
type seeding struct {
	s        *Service
	ctx      context.Context
	tx       *db.Tx
	accounts map[string]Account // by name
	fresh    bool               // the town was not there before
	err      error
}

func (d *seeding) org(o Org) {
	if d.err == nil {
		d.err = d.s.PutOrgTx(d.ctx, d.tx, o)
	}
}

func (d *seeding) organisations(offices []office) {
	for _, o := range offices {
		d.org(Org{Region: SampleDistrict, Code: o.Code, Name: o.Name.Zh, NameEn: o.Name.En, Kind: KindDepartment, Parent: o.Parent})
	}
	d.org(Org{Region: SampleDistrict, Code: SampleHall, Name: "示例区政务服务中心", NameEn: "Example District Service Hall", Kind: KindOther})
	d.org(Org{Region: SampleDistrict, Code: SampleCompany, Name: "示例区虚构餐饮有限公司", NameEn: "Example District Fictional Catering Co., Ltd.", Kind: KindCompany})
}

func (d *seeding) keep(a Account) {
	if d.accounts == nil {
		d.accounts = map[string]Account{}
	}
	d.accounts[a.Name] = a
}

func (d *seeding) residents() {
	for i, r := range sampleResidents {
		if d.err != nil {
			return
		}
		p := Person{Name: r.name, Number: string(number.Fictional(SampleDistrict, i+1)), Phone: r.phone, Level: LevelCounter}
		if p, d.err = d.person(p); d.err != nil {
			return
		}
		a, err := accountByPerson(d.ctx, d.tx, d.s.region, p.ID)
		if errors.Is(err, ErrNoAccount) {
			a = Account{Region: d.s.region, ID: id.New("acc"), Name: p.Name, Person: p.ID, Created: d.s.clock.Now()}
			err, d.fresh = insertAccount(d.ctx, d.tx, a), true
		}
		if d.err = err; err == nil {
			d.keep(a)
		}
	}
	if d.err == nil {
		d.mandate(d.accounts[sampleResidents[4].name].Person)
	}
}

// person records a sample person unless the number is on record; then whatever
// has become of the record since stays.
func (d *seeding) person(p Person) (Person, error) {
	old, err := personByHash(d.ctx, d.tx, d.s.region, d.s.lookup("number", p.Number))
	if errors.Is(err, ErrNoPerson) {
		return d.s.insertPersonTx(d.ctx, d.tx, p)
	}
	return old, err
}

func (d *seeding) mandate(person string) {
	ok, err := hasMandate(d.ctx, d.tx, d.s.region, person, SampleCompany, d.s.clock.Now())
	if err == nil && !ok && d.fresh {
		_, err = d.s.MandateTx(d.ctx, d.tx, Mandate{Org: SampleCompany, Person: person, Kind: MandateLegal})
	}
	d.err = err
}

// officer opens an officer's account unless the account name exists.
func (d *seeding) officer(login, name string) (a Account) {
	if d.err != nil {
		return a
	}
	a, err := accountByLogin(d.ctx, d.tx, d.s.region, login)
	if errors.Is(err, ErrNoAccount) {
		d.fresh = true
		a, err = d.s.openOfficerTx(d.ctx, d.tx, login, name, "")
	}
	if d.err = err; err == nil {
		a.Name = name
		d.keep(a)
	}
	return a
}

// post gives a post unless the account holds one of that role for that organisation.
func (d *seeding) post(held map[string]bool, p Post) {
	if d.err != nil || held[p.Role+"/"+p.Org] {
		return
	}
	_, d.err = d.s.assignPostTx(d.ctx, d.tx, p)
}

// holds returns the role/organisation pairs that an account holds.
func (d *seeding) holds(account string) map[string]bool {
	held := map[string]bool{}
	if d.err != nil {
		return held
	}
	posts, err := postsOf(d.ctx, d.tx, d.s.region, account, d.s.clock.Now())
	for _, p := range posts {
		held[p.Role+"/"+p.Org] = true
	}
	d.err = err
	return held
}

func (d *seeding) staff() {
	for _, o := range sampleStaff {
		a := d.officer(o.login, o.name)
		if o.role == RoleExaminer || o.role == RoleDecider {
			continue // their posts are in departments
		}
		d.post(d.holds(a.ID), Post{Account: a.ID, Region: d.s.region, Subtree: true, Every: true, Role: o.role, Title: o.title})
	}
}

// departments gives the two sample officers a post in every department, and
// every invented office an examiner and a decider of its own.
func (d *seeding) departments(offices []office) {
	all, err := orgsIn(d.ctx, d.tx, d.s.region, KindDepartment, "")
	if err != nil {
		d.err = err
		return
	}
	for _, o := range sampleStaff[1:3] {
		a := d.accounts[o.name]
		held := d.holds(a.ID)
		for _, dept := range all {
			d.post(held, Post{Account: a.ID, Region: dept.Region, Org: dept.Code, Role: o.role, Title: o.title})
		}
	}
	for i, o := range offices {
		short := strings.TrimPrefix(strings.TrimPrefix(o.Name.Zh, "示例区"), "示例市")
		for _, role := range []struct{ login, name, role, title string }{
			{"examiner", "示例审查员·", RoleExaminer, "审查"}, {"decider", "示例审批人·", RoleDecider, "审批"}} {
			a := d.officer(fmt.Sprintf("%s%02d", role.login, i+1), role.name+short)
			d.post(d.holds(a.ID), Post{Account: a.ID, Region: SampleDistrict, Org: o.Code, Role: role.role, Title: role.title})
		}
	}
}
