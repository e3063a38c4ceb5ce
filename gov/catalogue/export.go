package catalogue

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"

	"tongban/platform/authz"
)

// Formats of an export.
const (
	JSONL = "jsonl"
	CSV   = "csv"
)

// ExportItems writes the newest version of every item of a region and those
// below it, as rows that ImportGuides reads back to the same content. Items
// that a package keeps are listed with the package's name.
func (s *Service) ExportItems(ctx context.Context, region, format string, w io.Writer) error {
	bw := bufio.NewWriterSize(w, 64<<10)
	write, finish, err := rowWriter(format, bw)
	if err != nil {
		return err
	}
	err = eachContent(ctx, s.DB, authz.Prefix(region), func(_ int64, c Content) error {
		g := guideOf(c)
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

func rowWriter(format string, w io.Writer) (write func(*guide) error, finish func() error, err error) {
	switch format {
	case JSONL:
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		return func(g *guide) error { return enc.Encode(g) }, func() error { return nil }, nil
	case CSV:
		cw := csv.NewWriter(w)
		if err := cw.Write(columns); err != nil {
			return nil, nil, err
		}
		return func(g *guide) error { return cw.Write(g.cells()) }, func() error { cw.Flush(); return cw.Error() }, nil
	}
	return nil, nil, ErrFormat.With("problem", "导出格式只有 jsonl 和 csv")
}
