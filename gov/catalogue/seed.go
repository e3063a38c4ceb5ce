package catalogue

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"

	"tongban/gov/catalogue/content"
	"tongban/platform/db"
)

// Names of the shipped files inside Deps.Data.
const (
	seedDivisions = "divisions/divisions_l1_l4.csv"
	seedGuides    = "items/guangdong_provincial_guides.jsonl"
	seedRegion    = "440000"
	seedAsOf      = "2021-05" // the state of the shipped guides
)

// practice is the fictional city of the practice town, its district and the
// streets and townships of that. The code space 4499 belongs to no real place.
const practice = `code,name,level,parent
44,广东省,1,
4499,示例市,2,44
449901,示例区,3,4499
449901001,示例街道,4,449901
449901002,虚构街道,4,449901
449901003,假想街道,4,449901
449901100,样例镇,4,449901
449901200,设想乡,4,449901
`

// Seed brings in the shipped divisions, guides and packages. What is there
// already, by the hash of the file, is skipped, so that a second start is fast.
func (s *Service) Seed(ctx context.Context) error {
	ctx = systemContext(ctx)
	if err := s.Setup(ctx); err != nil {
		return err
	}
	divisions := func(raw []byte) (Report, error) {
		opt := DivisionOptions{ImportOptions: s.seedOptions("divisions")}
		report, err := s.ImportDivisions(ctx, bytes.NewReader(raw), opt)
		if err != nil {
			return report, err
		}
		opt.Name = "practice town"
		_, err = s.ImportDivisions(ctx, bytes.NewReader([]byte(practice)), opt)
		return report, err
	}
	if err := s.seedFile(ctx, "divisions", seedDivisions, practice, divisions); err != nil {
		return err
	}
	general, err := s.general()
	if err != nil {
		return err
	}
	guides := func(raw []byte) (Report, error) {
		opt := s.seedOptions("guides")
		opt.AsOf = seedAsOf
		return s.ImportGuides(ctx, seedRegion, bytes.NewReader(raw), opt)
	}
	// the general form, flow and result are part of every imported item, and so are
	// base items since there are any
	if err := s.seedFile(ctx, "guides", seedGuides, general.hash()+"bases", guides); err != nil {
		return err
	}
	dirs, err := PackageDirs(s.Items)
	if err != nil {
		return err
	}
	for _, dir := range dirs {
		p, err := s.PublishPackage(ctx, s.Items, dir, PublishOptions{Shipped: true})
		if errors.Is(err, ErrTaken) {
			// a town that runs is not stopped by a package that somebody changed under
			// the same number: what it has published stays, and the operator is told
			s.Log.Error("package stays as it was published", "dir", dir, "why", err)
			continue
		}
		if err != nil {
			return fmt.Errorf("publish %s: %w", dir, err)
		}
		s.Log.Info("package", "dir", dir, "version", p.Version, "fresh", p.Fresh)
	}
	return nil
}

func (s *Service) seedOptions(name string) ImportOptions {
	return ImportOptions{Name: name, Problem: func(p Problem) {
		s.Log.Debug("seed", "file", name, "line", p.Line, "warning", p.Warning, "problem", p.English())
	}}
}

// seedFile imports a shipped file unless this very content was imported.
func (s *Service) seedFile(ctx context.Context, kind, name, salt string, run func([]byte) (Report, error)) error {
	raw, err := fs.ReadFile(s.Data, name)
	if err != nil {
		return fmt.Errorf("shipped %s: %w", kind, err)
	}
	hash := content.Digest(append(bytes.Clone(raw), salt...))
	old, err := importHash(ctx, s.DB, seedRegion, kind)
	if err != nil || old == hash {
		return err
	}
	report, err := run(raw)
	if err != nil {
		return fmt.Errorf("import shipped %s: %w", kind, err)
	}
	s.Log.Info("imported", "what", kind, "read", report.Read, "new", report.New, "changed", report.Changed, "same", report.Same, "rejected", report.Rejected, "warnings", report.Warnings)
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		tx.Unaudited("the import itself is recorded")
		return saveImportHash(ctx, tx, seedRegion, kind, hash, report, s.Clock.Now())
	})
}
