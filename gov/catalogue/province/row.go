package province

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// localNames is how many of a thousand items carry the name of their place, as
// local catalogues do; each of these is a wording of its own.
const localNames = 50

// row makes the item of a tier out of a guide.
func (p *Province) row(base *Row, t tier, random *rand.Rand) Row {
	r := *base
	r.Region, r.RegionName = t.code, t.name
	r.Level, r.LevelCode = levelNames[t.level], strconv.Itoa(t.level+1)
	r.OrgName = p.office(base.OrgName, t)
	r.OrgID = p.orgCode(r.OrgName + t.code)
	r.Org = unified("11"+t.code[:6], r.OrgID)
	if r.TypeCode == "21" {
		r.TypeCode, r.Type = "21", "公共服务"
	}
	r.Code = r.Org + r.LevelCode + r.Base
	if (random.IntN(1000) < localNames || p.opt.Own) && t.level > 1 {
		r.Name += "（" + t.name + "）"
	}
	if p.opt.Own {
		r.Conditions = t.name + "：" + r.Conditions
	}
	visits := []int{0, 0, 0, 1, 1, 2}[random.IntN(6)]
	r.Visits = &visits
	r.Online = random.IntN(10) < 8 // the plan's own target: eight in ten
	r.Depth = 1
	if r.Online {
		r.Depth = 2 + random.IntN(3)
	}
	if r.Promise != nil && *r.Promise > 1 {
		days := max(*r.Promise*(10-random.IntN(4))/10, 1) // a lower level often promises less
		r.Promise = &days
	}
	r.Express, r.Booking = random.IntN(2) == 0, random.IntN(3) == 0
	r.Source = fmt.Sprintf("%s（种子 %d）", Source, p.opt.Seed)
	return r
}

// office is who does at a level what a provincial office does: a bureau instead
// of a department in cities and counties, the township itself further down.
func (p *Province) office(provincial string, t tier) string {
	provincial = strings.TrimSpace(provincial)
	province := p.names[p.opt.Region]
	switch t.level {
	case 1:
		return provincial
	case 2, 3:
		line := strings.ReplaceAll(provincial, province, "")
		line = strings.TrimPrefix(line, "中共广东省委")
		if line == provincial { // an institute or a company, not an office of the province
			line = "政务服务数据管理局"
		}
		if rest, ok := strings.CutSuffix(line, "厅"); ok {
			line = rest + "局"
		}
		return t.name + line
	case 4:
		if strings.HasSuffix(t.name, "街道") {
			return t.name + "办事处"
		}
		return t.name + "人民政府"
	}
	return t.name + "便民服务站"
}

const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// orgCode is an organisation code that no organisation has, for a name: XX, six
// digits that count the offices, and the check character of GB 11714.
func (p *Province) orgCode(name string) string {
	n, ok := p.orgs[name]
	if !ok {
		n = len(p.orgs) + 1
		p.orgs[name] = n
	}
	s := fmt.Sprintf("XX%06d", n)
	sum := 0
	for i, w := range []int{3, 7, 9, 10, 5, 8, 4, 2} {
		v := int(s[i] - '0')
		if s[i] >= 'A' {
			v = int(s[i]-'A') + 10
		}
		sum += v * w
	}
	return s + string("0123456789X0"[(11-sum%11)%11])
}

// unified is the unified code of an office with its check character (GB 32100).
func unified(front, org string) string {
	s := front + org
	sum, weight := 0, 1
	for i := range len(s) {
		sum += strings.IndexByte(alphabet, s[i]) * weight
		weight = weight * 3 % 31
	}
	return s + string(alphabet[(31-sum%31)%31])
}
