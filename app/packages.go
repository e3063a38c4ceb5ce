package app

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"tongban/gov/casework/precedents"
	"tongban/gov/catalogue"
	"tongban/gov/catalogue/packages"
	"tongban/gov/catalogue/quality"
	"tongban/gov/design"
	designweb "tongban/gov/design/web"
)

// GuideFinding is one thing that is wrong with the guide of a package.
type GuideFinding struct {
	Rule   string   `json:"rule"`
	Name   string   `json:"name"`
	NameEn string   `json:"name_en"`
	Fix    string   `json:"fix"`
	FixEn  string   `json:"fix_en"`
	Where  []string `json:"where,omitempty"`
	Lost   float64  `json:"lost"`
	Block  bool     `json:"block,omitempty"`
}

// GuideReport is the score of the guide of a package.
type GuideReport struct {
	Name     string         `json:"name"`
	Score    int            `json:"score"`
	Gate     int            `json:"gate"`
	Passes   bool           `json:"passes"` // it would be published
	Findings []GuideFinding `json:"findings"`
	Asked    bool           `json:"asked,omitempty"` // that another person lets it pass
}

// CheckPackage reads a package and scores its guide; with a reason it also asks
// that another person lets it pass.
func (a *App) CheckPackage(ctx context.Context, fsys fs.FS, dir, ask string) (GuideReport, error) {
	offices, err := catalogue.LoadOffices(fsys)
	if err != nil {
		return GuideReport{}, err
	}
	c, err := catalogue.LoadPackage(fsys, dir, offices)
	if err != nil {
		return GuideReport{}, err
	}
	r, refused := a.Quality.Gate(ctx, &c)
	out := GuideReport{Name: c.Item.FullName(), Score: r.Score, Gate: a.Quality.Rules.Gate, Passes: refused == nil, Findings: []GuideFinding{}}
	if refused != nil && !isGate(refused) {
		return out, refused
	}
	for _, f := range r.Findings {
		if rule, ok := a.Quality.Rules.Of(f.Rule); ok {
			out.Findings = append(out.Findings, GuideFinding{f.Rule, rule.Name.Zh, rule.Name.En, rule.Fix.Zh, rule.Fix.En, f.Where, f.Lost, f.Block})
		}
	}
	if strings.TrimSpace(ask) != "" && !out.Passes {
		_, err = a.Quality.Ask(ctx, &c, ask)
		out.Asked = err == nil
	}
	return out, err
}

// ExportPackage writes the newest version of an item as the files of a package:
// into a folder of its own below to, or into a ZIP when to ends so. It says where,
// and what the package had to assume: "fee", "visits".
func (a *App) ExportPackage(ctx context.Context, region, code, to string) (where string, assumed []string, err error) {
	c, _, err := a.Catalogue.Newest(ctx, a.DB, region, code)
	if err != nil {
		return "", nil, err
	}
	assumed = packages.Assumed(&c)
	p := packages.Of(c)
	dir, files := packages.Dir(p.Item.ID), p.Files(nil)
	if strings.HasSuffix(to, ".zip") {
		raw, err := packages.Zip(dir, files)
		if err != nil {
			return "", nil, err
		}
		return to, assumed, os.WriteFile(to, raw, 0o644)
	}
	where, err = writePackage(to, dir, files)
	return where, assumed, err
}

// writePackage writes the files into a folder of their own, with the offices
// beside it; offices of other packages stay.
func writePackage(dir, name string, files map[string][]byte) (string, error) {
	folder := filepath.Join(dir, name)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	for file, b := range files {
		to := filepath.Join(folder, file)
		if file == packages.OfficesFile {
			to = filepath.Join(dir, file)
			old, err := os.ReadFile(to)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return "", err
			}
			if b, err = packages.MergeOffices(old, b); err != nil {
				return "", err
			}
		}
		if err := os.WriteFile(to, b, 0o644); err != nil {
			return "", err
		}
	}
	return folder, nil
}

// ImportPackage makes the package in a folder or a ZIP the draft of its item and
// says where that is.
func (a *App) ImportPackage(ctx context.Context, from string) (path string, err error) {
	files, err := readPackage(from)
	if err != nil {
		return "", err
	}
	p, err := packages.Read(files)
	if err != nil {
		return "", err
	}
	d, err := a.Design.Import(ctx, p, 0)
	return designweb.Path(d.Region, d.Item) + "/ready", err
}

func readPackage(from string) (map[string][]byte, error) {
	info, err := os.Stat(from)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return packages.FromFS(os.DirFS(filepath.Dir(from)), filepath.Base(from))
	}
	f, err := os.Open(from)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, packages.MaxZip+1))
	if err != nil {
		return nil, err
	}
	return packages.FromZip(raw)
}

// pastCases lets designers try drafts on past cases.
type pastCases struct{ precedents.Service }

// Recent implements design.Cases.
func (p pastCases) Recent(ctx context.Context, region, org, item string, n int, keep []string, purpose string) ([]design.PastCase, error) {
	list, err := p.Service.Recent(ctx, region, org, item, n, keep, purpose)
	var out []design.PastCase
	for _, c := range list {
		out = append(out, design.PastCase{Number: c.Number, Version: c.Version, Refused: c.Refused, Answers: c.Answers})
	}
	return out, err
}

func isGate(err error) bool { return errors.Is(err, quality.ErrGate) }
