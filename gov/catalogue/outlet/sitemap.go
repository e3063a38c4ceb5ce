package outlet

import (
	"bufio"
	"context"
	"encoding/xml"
	"fmt"
	"io"

	"tongban/platform/fault"
)

// MaxURLs is how many addresses one site map may hold (sitemaps.org).
const MaxURLs = 50000

// ErrNoMap says that there is no site map of that number.
var ErrNoMap = fault.NotFound("catalogue.outlet.no_map")

const (
	mapHead  = xml.Header + `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">` + "\n"
	listHead = xml.Header + `<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">` + "\n"
)

// SiteMap writes the addresses of all items, or when there are more than one
// map may hold, a list of maps.
func (s *Service) SiteMap(ctx context.Context, w io.Writer) error {
	n, err := s.Catalogue.Count(ctx)
	if err != nil {
		return err
	}
	if n <= MaxURLs {
		return s.SiteMapPart(ctx, 1, w)
	}
	bw := bufio.NewWriter(w)
	bw.WriteString(listHead)
	for i := range (n + MaxURLs - 1) / MaxURLs {
		fmt.Fprintf(bw, "<sitemap><loc>%s/sitemap/%d</loc></sitemap>\n", escaped(s.BaseURL), i+1)
	}
	bw.WriteString("</sitemapindex>\n")
	return bw.Flush()
}

// SiteMapPart writes one map of a list, counted from 1.
func (s *Service) SiteMapPart(ctx context.Context, number int, w io.Writer) error {
	if number < 1 || number > 1000 {
		return ErrNoMap
	}
	list, err := s.Catalogue.PlacesFrom(ctx, (number-1)*MaxURLs, MaxURLs)
	if err != nil {
		return err
	}
	if len(list) == 0 && number > 1 {
		return ErrNoMap
	}
	bw := bufio.NewWriterSize(w, 64<<10)
	bw.WriteString(mapHead)
	for _, p := range list {
		fmt.Fprintf(bw, "<url><loc>%s/items/%s/%s</loc><lastmod>%s</lastmod></url>\n", escaped(s.BaseURL), p.Region, escaped(p.Code), p.Changed.Format("2006-01-02"))
	}
	bw.WriteString("</urlset>\n")
	return bw.Flush()
}

func escaped(s string) string {
	var b []byte
	out := &sliceWriter{&b}
	xml.EscapeText(out, []byte(s)) // to memory
	return string(b)
}

type sliceWriter struct{ b *[]byte }

func (w *sliceWriter) Write(p []byte) (int, error) {
	*w.b = append(*w.b, p...)
	return len(p), nil
}
