package app

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"tongban/gov/casework"
	"tongban/gov/certificates"
	"tongban/gov/certificates/holding"
	"tongban/gov/identity"
	"tongban/gov/identity/number"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/calendar"
	"tongban/platform/db"
	"tongban/platform/files"
	"tongban/platform/pdf"
)

// practice fills the wallets of the practice town, so that every page about
// certificates in use has something to show. Everybody in it is invented.
type practice struct {
	a                               *App
	resident, legal, clerk, decider auth.Principal
	now                             time.Time
	papers                          map[string]certificates.Found // by what they are called here
}

// Offices of the practice town that issue certificates.
const (
	practicePolice = "11449901900000065F"
	practiceMarket = "114499019000000222"
)

// Practice gives the people of the practice town certificates, and lets them use
// these: copies, permits, a showing, a child, objections, a company, and one
// application without papers. A town in which the resident holds something is left
// as it is. links are those of Seed.
func (a *App) Practice(ctx context.Context, links []identity.RoleLink) error {
	p := &practice{a: a, now: a.Clock.Now(), papers: map[string]certificates.Found{}}
	if ok, err := p.meet(ctx, links); err != nil || !ok {
		return err
	}
	held, err := a.Certificates.OfHolder(auth.System(ctx, "practice"), a.regions(), p.resident.Person, 1)
	if err != nil || len(held) > 0 {
		return err
	}
	for _, step := range []func(context.Context) error{p.issue, p.child, p.copies, p.permits, p.shown, p.objections, p.apply} {
		if err := step(ctx); err != nil {
			return fmt.Errorf("practice: %w", err)
		}
	}
	return nil
}

// meet finds the accounts behind the links; false when one of them is not there.
func (p *practice) meet(ctx context.Context, links []identity.RoleLink) (bool, error) {
	for role, to := range map[string]*auth.Principal{identity.RoleResident: &p.resident, "legal_representative": &p.legal, identity.RoleClerk: &p.clerk, identity.RoleDecider: &p.decider} {
		i := slices.IndexFunc(links, func(l identity.RoleLink) bool { return l.Role == role })
		if i < 0 {
			return false, nil
		}
		acc, err := p.a.Identity.LinkOwner(ctx, links[i].Secret)
		if err != nil {
			return false, err
		}
		*to = auth.Principal{ID: acc.ID, Kind: auth.KindPerson, Name: acc.Name, Region: acc.Region, Person: acc.Person}
	}
	for _, who := range []*auth.Principal{&p.resident, &p.legal} {
		who.Grants = []auth.Grant{{Permissions: names(Roles[identity.RoleResident]), Own: true}}
	}
	for who, role := range map[*auth.Principal]string{&p.clerk: identity.RoleClerk, &p.decider: identity.RoleDecider} {
		who.Kind = auth.KindOfficer
		who.Grants = []auth.Grant{{Permissions: names(Roles[role]), Region: identity.SampleDistrict, Org: map[string]string{identity.RoleClerk: identity.SampleHall, identity.RoleDecider: practiceMarket}[role]}}
	}
	return true, nil
}

// names are the names of permissions in their order.
func names(list []authz.Permission) []string {
	var out []string
	for _, x := range list {
		out = append(out, x.Name)
	}
	slices.Sort(out)
	return out
}

func (p *practice) day(years, months, days int) string {
	return p.now.In(calendar.Zone).AddDate(years, months, days).Format(time.DateOnly)
}

// fields are keys, labels and values in turn.
func fields(list ...string) (out []certificates.Field) {
	for i := 0; i+3 < len(list); i += 4 {
		out = append(out, certificates.Field{Key: list[i], Label: list[i+1], LabelEn: list[i+2], Value: list[i+3]})
	}
	return out
}

// issue gives the resident, the child and the company their certificates.
func (p *practice) issue(ctx context.Context) error {
	me, child, company := p.person(1), practiceChild(p.now), identity.SampleCompany
	org, err := p.a.Identity.Org(ctx, company)
	if err != nil {
		return err
	}
	own, firm := []string{p.resident.Person}, []string{company}
	police := certificates.Paper{Issuer: practicePolice, IssuerName: "示例区公安分局（虚构）"}
	market := certificates.Paper{Issuer: practiceMarket, IssuerName: "示例区市场监督管理局（虚构）"}
	list := []struct {
		name, title, kind, number, holder, holderNumber string
		by                                              certificates.Paper
		owners                                          []string
		years                                           int
		fields                                          []certificates.Field
	}{
		{"health", "健康证明", "114499019000000222103", "健〔2026〕虚构0001号", p.resident.Name, me, market, own, 1, fields("name", "姓名", "Name", p.resident.Name, "number", "公民身份号码", "ID number", me, "sex", "性别", "Sex", "女",
			"hospital", "体检机构", "Hospital", "示例区虚构医院", "examined", "体检日期", "Examined on", p.day(0, 0, -20))},
		{"household", "居民户口簿", "11449901900000065F102", "户〔2026〕虚构0002号", p.resident.Name, me, police, own, 0, fields("head", "户主姓名", "Head of household", p.resident.Name, "head_number", "户主身份号码", "ID number of the head", me,
			"household", "户别", "Kind of household", "家庭户", "address", "住址", "Address", "示例区虚构街道样张路1号", "members", "家庭成员", "Members", "王小虚构", "office", "签发机关", "Issued by", "示例区公安分局（虚构）")},
		{"school", "学籍证明", "114499019000000815101", "学〔2026〕虚构0003号", "王小虚构", child, certificates.Paper{Issuer: "114499019000000815", IssuerName: "示例区教育局（虚构）"}, own, 1, fields("name", "姓名", "Name", "王小虚构", "number", "公民身份号码", "ID number", child,
			"school", "学校", "School", "示例区虚构小学", "grade", "年级", "Grade", "三年级", "record", "学籍号", "Record number", "虚构000001")},
		{"licence", "营业执照", "114499019000000222101", company, org.Name, company, market, firm, 0, fields("uscc", "统一社会信用代码", "Unified code", company, "org_name", "名称", "Name", org.Name, "kind", "类型", "Type", "有限责任公司",
			"legal", "法定代表人", "Legal representative", p.legal.Name, "founded", "成立日期", "Founded on", p.day(-3, 0, 0), "address", "住所", "Address", "示例区虚构街道样张路9号", "scope", "经营范围", "Business scope", "餐饮服务", "office", "登记机关", "Registered by", "示例区市场监督管理局（虚构）")},
		{"food", "食品经营许可证", "114499019000000222102", "JY虚构0000000005", org.Name, company, market, firm, 1, fields("operator_name", "经营者名称", "Operator", org.Name, "person", "法定代表人", "Legal representative", p.legal.Name,
			"address", "住所", "Address", "示例区虚构街道样张路9号", "place", "经营场所", "Place of business", "示例区虚构街道样张路9号", "business", "主体业态", "Kind of business", "餐饮服务经营者", "items", "经营项目", "Items", "热食类食品制售")},
	}
	return p.a.DB.Write(auth.System(ctx, "practice"), func(tx *db.Tx) error {
		for _, x := range list {
			c := x.by
			c.Kind, c.Region, c.Title, c.TypeName, c.Type, c.Number, c.HolderName, c.HolderNumber, c.Owners, c.Fields = certificates.Certificate, identity.SampleDistrict, x.title, x.title, x.kind, x.number, x.holder, x.holderNumber, x.owners, x.fields
			c.Item, c.ItemName, c.ValidFrom = "practice", x.title, p.now
			if x.years > 0 {
				c.ValidUntil = p.now.AddDate(x.years, 0, -30*(x.years%2)).Add(-time.Second)
			}
			if x.name == "food" { // ends soon, so that the wallet says so
				c.ValidUntil = p.now.AddDate(0, 0, 40)
			}
			c, err := p.a.Certificates.IssueTx(ctx, tx, c)
			if err != nil {
				return fmt.Errorf("%s: %w", x.title, err)
			}
			p.papers[x.name] = certificates.Found{Paper: c}
		}
		return nil
	})
}

// person is the invented identity number of a resident of the town.
func (p *practice) person(n int) string { return string(number.Fictional(identity.SampleDistrict, n)) }

// practiceChild is that of a child of nine.
func practiceChild(now time.Time) string {
	born := now.In(calendar.Zone).AddDate(-9, -1, 0)
	return string(number.FictionalBorn(identity.SampleDistrict, born, 7))
}

func (p *practice) as(ctx context.Context, who auth.Principal) context.Context {
	return auth.With(ctx, who)
}

// child puts on record for whom the resident acts.
func (p *practice) child(ctx context.Context) error {
	_, err := p.a.Holding.Record(p.as(ctx, p.clerk), holding.Relationship{Name: p.resident.Name, Number: p.person(1), ChildName: "王小虚构", ChildNumber: practiceChild(p.now), Proof: "出生医学证明", ProofNumber: "虚构Z000000001"})
	return err
}

// copies hands some over; one is taken back, one is checked.
func (p *practice) copies(ctx context.Context) error {
	me, h := p.as(ctx, p.resident), p.papers["health"]
	if _, err := p.a.Holding.Give(me, h.Region, h.ID, holding.Gift{Office: practiceMarket, Purpose: "餐饮从业人员登记", Until: p.now.AddDate(0, 0, 30)}); err != nil {
		return err
	}
	back, err := p.a.Holding.Give(me, h.Region, h.ID, holding.Gift{OfficeName: "虚构商场", Purpose: "入场经营", Until: p.now.AddDate(0, 0, 60)})
	if err != nil {
		return err
	}
	if _, err := p.a.Certificates.Check(p.as(ctx, p.clerk), back.Code, "practice"); err != nil {
		return err
	}
	if _, err := p.a.Holding.EndCopy(me, back.Region, back.ID); err != nil {
		return err
	}
	s := p.papers["school"]
	_, err = p.a.Holding.Give(me, s.Region, s.ID, holding.Gift{OfficeName: "示例区虚构少年宫", Purpose: "报名课后活动", Until: p.now.AddDate(0, 0, 14)})
	return err
}

// permits: the company's certificate to the resident, who has to answer; the
// resident's to the legal representative, who accepted.
func (p *practice) permits(ctx context.Context) error {
	l, h := p.papers["licence"], p.papers["health"]
	if _, err := p.a.Holding.Permit(p.as(ctx, p.legal), l.Region, l.ID, holding.Offer{Name: p.resident.Name, Number: p.person(1), Show: true, Give: true, Purpose: "代办门店开业手续", Times: 5, Until: p.now.AddDate(0, 3, 0)}); err != nil {
		return err
	}
	m, err := p.a.Holding.Permit(p.as(ctx, p.resident), h.Region, h.ID, holding.Offer{Name: p.legal.Name, Number: p.person(5), Show: true, Purpose: "开店检查时出示", Until: p.now.AddDate(0, 6, 0)})
	if err != nil {
		return err
	}
	_, err = p.a.Holding.AnswerPermit(p.as(ctx, p.legal), m.Region, m.ID, true)
	return err
}

// shown puts a certificate on the screen; an officer looks at it.
func (p *practice) shown(ctx context.Context) error {
	me, h := p.as(ctx, p.resident), p.papers["health"]
	x, err := p.a.Holding.Start(me, h.Region, h.ID, "日常检查")
	if err != nil {
		return err
	}
	code, err := p.a.Holding.Code(me, x.Region, x.ID)
	if err != nil {
		return err
	}
	if _, err := p.a.Holding.Look(p.as(ctx, p.decider), code.Digits, "practice"); err != nil {
		return err
	}
	_, err = p.a.Holding.Stop(me, x.Region, x.ID)
	return err
}

// objections: one that was refused, one that waits for its answer.
func (p *practice) objections(ctx context.Context) error {
	d := pdf.New(pdf.Meta{Title: "体检报告（虚构）", Lang: "zh-Hans", Created: p.now})
	d.Title("体检报告（虚构）")
	d.Paragraph("本页为练习用的虚构材料，不对应任何真实的人和单位。")
	body, err := d.Bytes()
	if err != nil {
		return err
	}
	ref, err := p.a.Files.Put(ctx, bytes.NewReader(body), 1<<20, []files.Kind{files.PDF})
	if err != nil {
		return err
	}
	proof := []holding.Proof{{Hash: ref.Hash, Name: "体检报告（虚构）.pdf", Size: ref.Size, Kind: string(ref.Kind)}}
	me, h, f := p.as(ctx, p.resident), p.papers["health"], p.papers["food"]
	if _, err := p.a.Holding.Object(me, h.Region, h.ID, []holding.Entry{{Key: "hospital", Should: "示例区虚构第二医院"}}, "体检是在第二医院做的。", proof); err != nil {
		return err
	}
	o, err := p.a.Holding.Object(p.as(ctx, p.legal), f.Region, f.ID, []holding.Entry{{Key: "place", Should: "示例区虚构街道样张路10号"}}, "门牌号登记错了。", proof)
	if err != nil {
		return err
	}
	_, err = p.a.Holding.Resolve(p.as(ctx, p.decider), o.Region, o.ID, holding.Resolution{State: holding.ObjectionRefused, Answer: "经核实，登记的经营场所与申请时提交的租赁合同一致。", Basis: "《中华人民共和国个人信息保护法》第四十六条第二款"})
	return err
}

// apply hands in an application for which the resident needs no papers: the
// household register is handed over as a copy, the bank account looked up.
func (p *practice) apply(ctx context.Context) error {
	me := p.as(ctx, p.resident)
	d, err := p.a.Casework.Start(me, casework.Start{Region: identity.SampleDistrict, Item: practiceItem})
	if err != nil {
		return err
	}
	d, err = p.a.Casework.Save(me, d.Region, d.ID, d.Version, casework.Edit{Situation: map[string]string{"who": "student", "card": "disability", "level": "college", "household": "yes"},
		Form: map[string]string{"card_number": p.person(1) + "43", "grade": "three", "school": "虚构大学", "major": "园林", "student_id": "2026000001", "enrolled": p.day(-1, 0, 0), "finish": p.day(3, 0, 0), "bank": "示例银行虚构支行", "account_number": "6200000000000000", "pledge": "yes"}})
	if err != nil {
		return err
	}
	for material, paper := range map[string]string{"household_book": p.papers["household"].Code, "bank_account": "data:social_security_card"} {
		if d, err = p.a.Casework.Choose(me, d.Region, d.ID, material, casework.Electronic, paper, ""); err != nil {
			return err
		}
	}
	missing, err := p.a.Casework.Check(me, d)
	if err != nil {
		return err
	}
	if err := missing.Err(); err != nil {
		return err
	}
	_, err = p.a.Casework.Submit(me, d.Region, d.ID, d.Version)
	return err
}

// practiceItem is the item that the resident of the practice town applies for.
const practiceItem = "13449901900000110A4442099903000"
