package province

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"strings"
)

// Names of the shipped files.
const (
	guideFile    = "items/guangdong_provincial_guides.jsonl"
	divisionFile = "divisions/divisions_l1_l4.csv"
)

// Options say which province to make.
type Options struct {
	Seed   uint64
	Items  int    // how many rows
	Region string // the province; "" is 440000
	// Own gives every item below the province a name and conditions of its own, as
	// where every place writes its guides by itself; otherwise one in twenty has.
	Own bool
}

// Row is one item, in the fields of a guide file.
type Row struct {
	Code        string   `json:"task_code"`
	Base        string   `json:"catalog_id"`
	Name        string   `json:"name"`
	TypeCode    string   `json:"task_type_code"`
	Type        string   `json:"task_type"`
	OrgName     string   `json:"dept_name"`
	OrgID       string   `json:"dept_org_code"`
	Org         string   `json:"dept_uscc"`
	Region      string   `json:"area_code"`
	RegionName  string   `json:"area_name"`
	Level       string   `json:"level"`
	Legal       *int     `json:"legal_limit"`
	LegalUnit   string   `json:"legal_limit_unit"`
	Promise     *int     `json:"promise_limit"`
	PromiseUnit string   `json:"promise_limit_unit"`
	Visits      *int     `json:"on_site_visits"`
	Online      bool     `json:"online"`
	Conditions  string   `json:"accept_conditions"`
	Materials   []string `json:"materials"`
	Audience    []string `json:"service_objects"`
	Themes      []string `json:"themes"`
	Express     bool     `json:"express"`
	Booking     bool     `json:"booking"`
	Source      string   `json:"source"`

	LevelCode string `json:"-"` // of exercise: 2 province to 6 village
	Depth     int    `json:"-"` // of handling online, 1 to 4
}

// Source is what every generated row says of where it comes from.
const Source = "生成的演练数据，不是真实事项"

// division is one place of the province.
type division struct {
	code, name, parent string
	level              int // 1 province to 4 township
}

// tier is one level of exercise in a place.
type tier struct {
	division
	level    int // 1 to 5; village stations lie in the place of their township
	powers   int // items of power that it has, of all there are
	services int
}

// Province makes rows.
type Province struct {
	opt      Options
	powers   []Row // of the shipped guides: powers of administration
	services []Row // and public services
	tiers    []tier
	names    map[string]string // of every place, by code
	orgs     map[string]int    // offices in the order in which they are met
}

// Shares of a level: of the powers and of the services that exist, how many per
// thousand a place of it has before everything is scaled to the wanted number.
// The larger the level, the more it does; townships and villages do a part.
var shares = [6]struct{ powers, services int }{{}, {1000, 1000}, {1000, 250}, {1000, 125}, {500, 15}, {300, 10}}

var levelNames = [6]string{"", "省级", "市级", "县级", "镇（乡、街道）级", "村（社区）级"}

// ErrTooMany says that there are not as many different items to be made.
var ErrTooMany = errors.New("province: so many different items cannot be made")

// New reads the shipped data. items is 780,000 for the size that a large
// province has: 680,000 powers and 100,000 public services.
func New(data fs.FS, o Options) (*Province, error) {
	if o.Region == "" {
		o.Region = "440000"
	}
	p := &Province{opt: o, names: map[string]string{}, orgs: map[string]int{}}
	if err := p.readGuides(data); err != nil {
		return nil, err
	}
	if err := p.readDivisions(data); err != nil {
		return nil, err
	}
	powers := o.Items * 68 / 78
	if !p.scale(powers, len(p.powers), func(t *tier) *int { return &t.powers }) ||
		!p.scale(o.Items-powers, len(p.services), func(t *tier) *int { return &t.services }) {
		return nil, ErrTooMany
	}
	return p, nil
}

func (p *Province) readGuides(data fs.FS) error {
	f, err := data.Open(guideFile)
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	seen := map[string]bool{}
	for lines.Scan() {
		var r Row
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return fmt.Errorf("read guides: %w", err)
		}
		if seen[r.Base] {
			continue // handling items of one base item
		}
		seen[r.Base] = true
		if r.TypeCode == "21" {
			p.services = append(p.services, r)
		} else {
			p.powers = append(p.powers, r)
		}
	}
	return lines.Err()
}

func (p *Province) readDivisions(data fs.FS) error {
	f, err := data.Open(divisionFile)
	if err != nil {
		return err
	}
	defer f.Close()
	rows := csv.NewReader(f)
	prefix := strings.TrimRight(p.opt.Region, "0")
	for {
		rec, err := rows.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if !strings.HasPrefix(rec[0], prefix) || len(rec[2]) != 1 {
			continue
		}
		d := division{code: pad(rec[0]), name: rec[1], parent: pad(rec[3]), level: int(rec[2][0] - '0')}
		if d.name == "市辖区" || d.name == "县" {
			continue
		}
		p.names[d.code] = d.name
		p.tiers = append(p.tiers, tier{division: d, level: d.level})
		if d.level == 4 {
			p.tiers = append(p.tiers, tier{division: d, level: 5})
		}
	}
}

// pad gives a code at least six digits.
func pad(code string) string {
	if code == "" {
		return ""
	}
	return code + "000000"[:max(6-len(code), 0)]
}

// scale gives every tier its number of items so that they are wanted together;
// false when there are not so many.
func (p *Province) scale(wanted, kinds int, field func(*tier) *int) bool {
	share := func(t *tier) int {
		s := shares[t.level].services
		if field(t) == &t.powers {
			s = shares[t.level].powers
		}
		return kinds * s / 1000
	}
	total := 0
	for i := range p.tiers {
		total += share(&p.tiers[i])
	}
	sum := 0
	for i := range p.tiers {
		n := field(&p.tiers[i])
		*n = min(int(int64(share(&p.tiers[i]))*int64(wanted)/int64(max(total, 1))), kinds)
		sum += *n
	}
	for left := wanted - sum; left > 0; { // what rounding left over, one each from the top
		before := left
		for i := range p.tiers {
			if n := field(&p.tiers[i]); *n < kinds && left > 0 {
				*n++
				left--
			}
		}
		if left == before {
			return false
		}
	}
	return true
}

// Count is how many places and items there are at every level, 1 to 5.
func (p *Province) Count() (places, items [6]int) {
	for _, t := range p.tiers {
		places[t.level]++
		items[t.level] += t.powers + t.services
	}
	return places, items
}

// Each makes the rows, place by place. The row is used again for the next one.
func (p *Province) Each(f func(*Row) error) error {
	for i, t := range p.tiers {
		random := rand.New(rand.NewPCG(p.opt.Seed, uint64(i)))
		for _, part := range []struct {
			kinds []Row
			n     int
		}{{p.powers, t.powers}, {p.services, t.services}} {
			for _, k := range random.Perm(len(part.kinds))[:part.n] {
				r := p.row(&part.kinds[k], t, random)
				if err := f(&r); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
