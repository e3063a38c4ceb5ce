package people

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"tongban/gov/identity"
	"tongban/platform/db"
)

// Directory answers who is who from the record of identities.
type Directory struct{ Identity *identity.Service }

// Person implements People. The reading is on record with the draft that the
// person is read for.
func (d Directory) Person(ctx context.Context, _, id, _ string) (Person, error) {
	p, err := d.Identity.Person(ctx, d.Identity.Region(), id)
	return Person{ID: p.ID, Name: p.Name, Number: p.Number, Phone: p.Phone, Level: p.Level}, err
}

// Companies implements People.
func (d Directory) Companies(ctx context.Context, person string) ([]Company, error) {
	list, err := d.Identity.LiveMandates(ctx, person)
	var out []Company
	for _, m := range list { // in the order of companies
		if n := len(out); n == 0 || out[n-1].Code != m.Org {
			out = append(out, Company{Code: m.Org, Name: m.OrgName})
		}
		last := &out[len(out)-1]
		last.Mandates = append(last.Mandates, m)
	}
	return out, err
}

// ByNumber implements People.
func (d Directory) ByNumber(ctx context.Context, number, purpose string) (Person, error) {
	p, err := d.Identity.PersonByNumber(ctx, number, purpose)
	if errors.Is(err, identity.ErrNoPerson) {
		return Person{}, nil
	}
	return Person{ID: p.ID, Name: p.Name, Number: p.Number, Phone: p.Phone}, err
}

// PresentTx implements People: a document was seen at the counter.
func (d Directory) PresentTx(ctx context.Context, tx *db.Tx, p Person) (Person, error) {
	got, err := d.Identity.EnsurePersonTx(ctx, tx, identity.Person{Region: d.Identity.Region(), Name: p.Name, Number: p.Number, Phone: p.Phone, Level: identity.LevelCounter})
	return Person{ID: got.ID, Name: got.Name, Number: got.Number, Phone: got.Phone, Level: got.Level}, err
}

// NamedTx implements People. What is recorded changes nobody who is known: a name
// that differs is somebody else, and whoever opened an account under this number
// himself, without anything compared, is not believed to be the one.
func (d Directory) NamedTx(ctx context.Context, tx *db.Tx, name, number string) (string, error) {
	got, err := d.Identity.EnsurePersonTx(ctx, tx, identity.Person{Region: d.Identity.Region(), Name: name, Number: number, Level: identity.LevelFormat})
	var wrong identity.Problems
	if errors.Is(err, identity.ErrNameDiffers) || errors.As(err, &wrong) {
		return "", nil
	}
	if err == nil && got.Phone != "" && got.Level < identity.LevelRegister {
		return "", nil
	}
	return got.ID, err
}

// Officer implements Offices.
func (d Directory) Officer(ctx context.Context, _, org, role, account string) (Officer, error) {
	list, err := d.Officers(ctx, "", org, role)
	if err != nil {
		return Officer{}, err
	}
	for _, f := range list {
		if f.Account == account {
			return f, nil
		}
	}
	return Officer{}, ErrNoOfficer.With("officer", account)
}

// Officers implements Offices.
func (d Directory) Officers(ctx context.Context, _, org, role string) ([]Officer, error) {
	o, err := d.Office(ctx, "", org)
	if err != nil {
		return nil, err
	}
	list, err := d.Identity.Officers(ctx, "", o.Code, role)
	out := make([]Officer, len(list))
	for i, f := range list {
		out[i] = Officer{Account: f.Account, Name: f.Name, Org: o.Code, OrgName: o.Name}
	}
	return out, err
}

// Offices implements Offices.
func (d Directory) Offices(ctx context.Context, region string) ([]Office, error) {
	orgs, err := d.Identity.Departments(ctx, region)
	out := make([]Office, len(orgs))
	for i, o := range orgs {
		out[i] = Office{Code: o.Code, Name: o.Name}
	}
	return out, err
}

// Office implements Offices: by unified code, else by the name that guides use
// for an office, level and line (省级公安).
func (d Directory) Office(ctx context.Context, region, name string) (Office, error) {
	if IsCode(name) {
		o, err := d.Identity.Org(ctx, name)
		if errors.Is(err, identity.ErrNoOrg) {
			return Office{}, ErrNoOffice.With("office", name)
		}
		return Office{Code: o.Code, Name: o.Name}, err
	}
	at, line := levelOf(region, name)
	orgs, err := d.Identity.Departments(ctx, at)
	if err != nil {
		return Office{}, err
	}
	i := bestMatch(orgs, line)
	if i < 0 {
		return Office{}, ErrNoOffice.With("office", name)
	}
	return Office{Code: orgs[i].Code, Name: orgs[i].Name}, nil
}

// levels are the levels that guides put before the line of an office, with how
// many digits of a division code belong to them.
var levels = []struct {
	prefix string
	digits int
}{{"省级", 2}, {"市级", 4}, {"县级", 6}, {"区级", 6}}

// levelOf takes the level off a name and gives the region that it means, seen
// from a region.
func levelOf(region, name string) (at, line string) {
	for _, l := range levels {
		if rest, ok := strings.CutPrefix(name, l.prefix); ok && len(region) == 6 {
			return region[:l.digits] + strings.Repeat("0", 6-l.digits), rest
		}
	}
	return region, name
}

// lines are the short words of guides and what the names of offices say instead.
var lines = map[string]string{
	"发改委": "发展和改革", "发改": "发展和改革", "人社": "人力资源和社会保障", "编办": "机构编制", "住房与城乡建设": "住房和城乡建设", "住建": "住房和城乡建设",
	"食药监": "药品监督管理", "市场监管": "市场监督管理", "宗教": "民族宗教事务", "残联": "残疾人联合会", "卫健": "卫生健康", "中医药管理": "中医药", "工信": "工业和信息化",
}

// bestMatch finds the office whose name holds the line: the shortest such name,
// which is the office itself rather than one of its institutes. -1 is none.
func bestMatch(orgs []identity.Org, line string) int {
	line = cmp.Or(lines[line], line)
	if line == "" {
		return -1
	}
	best := -1
	for i, o := range orgs {
		office := slices.ContainsFunc([]string{"厅", "局", "委员会", "办公室", "队", "联合会", "委"}, func(end string) bool { return strings.HasSuffix(o.Name, end) })
		if office && strings.Contains(o.Name, line) && (best < 0 || len(o.Name) < len(orgs[best].Name)) {
			best = i
		}
	}
	return best
}

var (
	_ People  = Directory{}
	_ Offices = Directory{}
)
