package catalogue

import (
	"bufio"
	"context"
	"io"

	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/guides"
	"tongban/platform/authz"
)

// Formats of an export.
const (
	JSONL = guides.JSONL
	CSV   = guides.CSV
)

// ExportItems writes the newest version of every item of a region and those
// below it, as rows that ImportGuides reads back to the same content. Items
// that a package keeps are listed with the package's name.
func (s *Service) ExportItems(ctx context.Context, region, format string, w io.Writer) error {
	bw := bufio.NewWriterSize(w, 64<<10)
	write, finish, err := guides.Writer(format, bw)
	if err != nil {
		return ErrFormat.With("problem", content.Text{Zh: "导出格式只有 jsonl 和 csv", En: "exports are jsonl or csv"})
	}
	err = eachContent(ctx, s.DB, authz.Prefix(region), func(_ int64, c Content) error {
		g := guides.Of(c)
		return write(&g)
	})
	if err != nil {
		return err
	}
	if err := finish(); err != nil {
		return err
	}
	return bw.Flush()
}

// OwnParts returns what names those parts of an item that no table carries,
// because they are its own and not those of all imported guides: a flow, a form,
// situations. They travel as a package.
func (s *Service) OwnParts() (func(c *Content) []string, error) {
	general, err := s.general()
	if err != nil {
		return nil, err
	}
	alike, err := s.alike()
	if err != nil {
		return nil, err
	}
	form, flow := content.Digest(general.Form), content.Digest([]byte(general.Flow))
	return func(c *Content) (out []string) {
		copied := *c
		for _, part := range []struct {
			name string
			own  bool
		}{{"bundle", c.Bundle != nil}, {"situations", c.Situations != nil}, {"form", c.FormHash != form}, {"flow", c.FlowHash != flow}, {"steps", len(c.Steps) > 0},
			{"decisions", c.DecisionsHash != ""}, {"result", !alike.Bind(&copied)}} {
			if part.own {
				out = append(out, part.name)
			}
		}
		return out
	}, nil
}

// cut shortens a value for a message.
func cut(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
