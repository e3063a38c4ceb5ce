package halls

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/rows"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/fault"
)

// columns are those that a file of positions has to have; it may have others, such
// as the name, the hours and the telephone of the hall, which the guides tell.
var columns = []string{"region", "address", "latitude", "longitude", "system"}

// row is one line of a file of positions. The source may be that of the whole file.
type row struct {
	Region    string      `json:"region"`
	Address   string      `json:"address"`
	Latitude  degreesText `json:"latitude"`
	Longitude degreesText `json:"longitude"`
	System    string      `json:"system"`
	Source    string      `json:"source"`
}

// degreesText are degrees as a file has them, a number or a text.
type degreesText string

// UnmarshalJSON implements json.Unmarshaler.
func (d *degreesText) UnmarshalJSON(raw []byte) error {
	*d = degreesText(strings.Trim(string(raw), `"`))
	return nil
}

// Set implements rows.Target.
func (r *row) Set(column, v string) *rows.Problem {
	v = strings.TrimSpace(v)
	switch column {
	case "region":
		r.Region = v
	case "address":
		r.Address = v
	case "latitude":
		r.Latitude = degreesText(v)
	case "longitude":
		r.Longitude = degreesText(v)
	case "system":
		r.System = v
	case "source":
		r.Source = v
	}
	return nil
}

// ErrFile says that a file of positions cannot be read at all; detail problem.
var ErrFile = fault.Invalid("halls.file")

// ImportOptions say how to take in a file of positions.
type ImportOptions struct {
	DryRun  bool
	Region  string // halls lie in it or below it
	Source  string // where the positions come from, for rows that do not say
	Problem func(rows.Problem)
}

// Report says what became of the rows of a file of positions.
type Report struct {
	DryRun   bool `json:"dry_run"`
	Read     int  `json:"read"`
	New      int  `json:"new"`
	Changed  int  `json:"changed"`
	Same     int  `json:"same"`
	Rejected int  `json:"rejected"`
}

// String is the report in one line.
func (r Report) String() string {
	return fmt.Sprintf("大厅位置：读取 %d 行，新增 %d，更新 %d，未变 %d，未收 %d", r.Read, r.New, r.Changed, r.Same, r.Rejected)
}

// English is the same in English.
func (r Report) English() string {
	return fmt.Sprintf("positions of halls: read %d rows: new %d, changed %d, unchanged %d, rejected %d", r.Read, r.New, r.Changed, r.Same, r.Rejected)
}

// intake is one file on its way.
type intake struct {
	s      *Service
	opt    ImportOptions
	report Report
	known  map[string][]Hall // by division
	there  map[string]map[string]Spot
	first  map[string]int // line of every hall met
	ready  map[string][]Placing
	order  []string
}

// Import takes in positions of halls: CSV or one JSON object a line, with region,
// address, latitude, longitude, system and perhaps source. A hall is known by the
// address that the guides of its division give; a row that fits none is refused
// with words and does not stop the others. The same file again changes nothing.
func (s *Service) Import(ctx context.Context, r io.Reader, opt ImportOptions) (Report, error) {
	in := &intake{s: s, opt: opt, report: Report{DryRun: opt.DryRun}, known: map[string][]Hall{}, there: map[string]map[string]Spot{}, first: map[string]int{}, ready: map[string][]Placing{}}
	if err := authz.Require(ctx, catalogue.MayImportItems, authz.Object{Region: opt.Region}); err != nil {
		return in.report, err
	}
	file, err := rows.Open(r, columns, nil)
	var header *rows.HeaderError
	switch {
	case errors.Is(err, rows.ErrEmpty):
		return in.report, ErrFile.With("problem", content.Text{Zh: "文件是空的", En: "the file is empty"})
	case errors.As(err, &header):
		return in.report, ErrFile.With("problem", content.Text{Zh: "第一行要写列名 " + strings.Join(columns, ",") + "，缺少 " + header.Column, En: "the first line has to name the columns " + strings.Join(columns, ",") + "; " + header.Column + " is missing"})
	case err != nil:
		return in.report, err
	}
	for {
		line, raw, err := file.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return in.report, err
		}
		in.report.Read++
		var x row
		bad := raw.Decode(&x)
		if bad == nil {
			bad, err = in.take(ctx, line, x)
		}
		if err != nil {
			return in.report, err
		}
		if bad != nil {
			in.reject(line, *bad)
		}
	}
	if !opt.DryRun {
		for _, region := range in.order {
			if _, err := s.PutAll(ctx, region, in.ready[region]); err != nil {
				return in.report, err
			}
		}
	}
	return in.report, nil
}

func (in *intake) reject(line int, p rows.Problem) {
	in.report.Rejected++
	if p.Line = line; in.opt.Problem != nil {
		in.opt.Problem(p)
	}
}

// take checks one row and says what will become of it.
func (in *intake) take(ctx context.Context, line int, x row) (*rows.Problem, error) {
	bad := func(field, zh, en string, args ...any) (*rows.Problem, error) {
		p := rows.Bad(field, zh, en, args...)
		return &p, nil
	}
	at, ok := x.at()
	switch {
	case !strings.HasPrefix(x.Region, authz.Prefix(in.opt.Region)) || x.Region == "":
		return bad("region", "区划“%s”不在 %s 之内。换成本地区的文件，或者在上级地区导入", "division %q is not within %s. Use a file of this region, or import above", x.Region, in.opt.Region)
	case !at.known():
		return bad("system", "“%s”不是坐标系。填 wgs84（卫星定位）或 gcj02（国内公开的地图）", "%q is no system of coordinates. Give wgs84 (satellites) or gcj02 (maps published in China)", x.System)
	case !ok:
		return bad("latitude", "“%s, %s”不是位置。纬度填 -90 到 90，经度填 -180 到 180，先纬度后经度", "“%s, %s” is no position. Give latitude from -90 to 90, then longitude from -180 to 180", string(x.Latitude), string(x.Longitude))
	}
	if x.Source == "" {
		x.Source = in.opt.Source
	}
	if err := in.load(ctx, x.Region); fault.IsKind(err, fault.KindNotFound) || fault.IsKind(err, fault.KindInvalid) {
		return bad("region", "没有编码为 %s 的区划", "there is no division %s", x.Region)
	} else if err != nil {
		return nil, err
	}
	p := Placing{x.Address, at, x.Source}
	spot, err := p.check(x.Region, in.known[x.Region])
	switch {
	case fault.Of(err) != nil && errors.Is(err, ErrNoHall):
		return bad("address", "%s 的办事指南里没有“%s”这个地址。照“附近的办事大厅”页面上的写法填，或者先导入事项", "no guide of %s names the address %q. Write it as the page of halls does, or import the items first", x.Region, x.Address)
	case errors.Is(err, ErrSource):
		return bad("source", "没有说位置从哪里来，或者超过 %d 个字。填写 source，或者加 --source", "where the position comes from is not said, or in more than %d characters. Fill in source, or give --source", maxSource)
	case err != nil:
		return nil, err
	}
	if first, again := in.first[x.Region+"/"+spot.Hall]; again {
		return bad("address", "与第 %d 行是同一个大厅。保留一行", "line %d is about the same hall. Keep one of them", first)
	}
	in.first[x.Region+"/"+spot.Hall] = line
	in.count(spot)
	if in.ready[x.Region] == nil {
		in.order = append(in.order, x.Region)
	}
	in.ready[x.Region] = append(in.ready[x.Region], p)
	return nil, nil
}

// load reads the halls of a division and where they lie so far.
func (in *intake) load(ctx context.Context, region string) (err error) {
	if _, ok := in.known[region]; ok {
		return nil
	}
	list, err := in.s.In(ctx, region)
	if err != nil {
		return err
	}
	if in.there[region], err = in.s.Places(ctx, region); err == nil {
		in.known[region] = list
	}
	return err
}

func (in *intake) count(p Spot) {
	switch old, ok := in.there[p.Region][p.Hall]; {
	case !ok:
		in.report.New++
	case old.Given == p.Given.kept() && old.Source == p.Source:
		in.report.Same++
	default:
		in.report.Changed++
	}
}

// at are the degrees of a row; false when they are no place.
func (x row) at() (Position, bool) {
	p := Position{System: System(strings.ToLower(x.System))}
	var err, err2 error
	p.Latitude, err = strconv.ParseFloat(string(x.Latitude), 64)
	p.Longitude, err2 = strconv.ParseFloat(string(x.Longitude), 64)
	return p, err == nil && err2 == nil && p.Valid()
}

func (p Position) known() bool { return p.System == WGS84 || p.System == GCJ02 }

// kept is the position as the table holds it.
func (p Position) kept() Position {
	return Position{degrees(parts(p.Latitude)), degrees(parts(p.Longitude)), p.System}
}

//go:embed practice.csv
var practice string

// Seed says where the halls of the practice town lie: in the open sea, where
// nobody takes them for real, with a source that says so.
func (s *Service) Seed(ctx context.Context) error {
	var bad []error
	_, err := s.Import(auth.System(ctx, "seed"), strings.NewReader(practice), ImportOptions{Region: practiceRegion,
		Problem: func(p rows.Problem) { bad = append(bad, fmt.Errorf("line %d: %s", p.Line, p.English())) }})
	return errors.Join(append(bad, err)...)
}

// practiceRegion is the division of the practice town.
const practiceRegion = "449901"
