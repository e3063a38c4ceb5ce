package laws

import (
	"archive/zip"
	"bufio"
	"bytes"
	"cmp"
	"compress/bzip2"
	"compress/flate"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"tongban/platform/fault"
)

// ErrFormat refuses a file that is no collection of laws.
var ErrFormat = fault.Invalid("laws.format")

// maxBody bounds one law, in bytes; the longest that is known has 500 kB.
const maxBody = 8 << 20

// squeezed opens an archive that is compressed as a whole, by bzip2; maxArchive
// bounds what comes out of it, in bytes.
const (
	squeezed   = "BZh"
	maxArchive = 64 << 20
	expansion  = 6 // how many times its size an archive takes unpacked, at a guess
)

// indexName is the list of versions inside an archive.
const indexName = "index.json"

// row is one law of a line-by-line file.
type row struct {
	Category   string   `json:"category"`
	Title      string   `json:"title"`
	Date       string   `json:"version_date"`
	Effective  string   `json:"effective,omitempty"`
	History    []string `json:"history"`
	Body       string   `json:"body"`
	SourcePath string   `json:"source_path,omitempty"`
}

// RowProblem says why one law of a file was not taken.
type RowProblem struct {
	Row    int    `json:"row"`
	Title  string `json:"title"`
	Reason string `json:"reason"` // code: no_title, no_text, bad_date, too_long, other_text, unreadable
}

// readRows reads one law as a JSON object a line, compressed by gzip or not.
// Parts of one law without a date of their own are put together.
func readRows(r io.Reader, source string, bad func(RowProblem)) ([]entry, error) {
	in := bufio.NewReader(r)
	if head, _ := in.Peek(2); bytes.Equal(head, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, ErrFormat.Because(err)
		}
		in = bufio.NewReader(z)
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 1<<20), 2*maxBody)
	var rows []row
	read := 0
	for lines.Scan() {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		read++
		var x row
		if err := json.Unmarshal(lines.Bytes(), &x); err != nil {
			bad(RowProblem{Row: read, Reason: "unreadable"})
			continue
		}
		if reason := x.check(); reason != "" {
			bad(RowProblem{read, x.Title, reason})
			continue
		}
		rows = append(rows, x)
	}
	if err := lines.Err(); err != nil {
		return nil, ErrFormat.Because(err)
	}
	if read == 0 {
		return nil, ErrFormat
	}
	var out []entry
	for _, x := range together(rows) {
		out = append(out, x.entry(source))
	}
	return out, nil
}

func (x *row) check() string {
	x.Title = strings.TrimSpace(x.Title)
	switch {
	case x.Title == "":
		return "no_title"
	case strings.TrimSpace(x.Body) == "":
		return "no_text"
	case len(x.Body) > maxBody:
		return "too_long"
	}
	for _, d := range []string{x.Date, x.Effective} {
		if _, err := time.Parse(time.DateOnly, d); d != "" && err != nil {
			return "bad_date"
		}
	}
	return ""
}

// together joins the books of one law, which sources keep in a file each.
func together(rows []row) []row {
	var out []row
	parts := map[string][]row{}
	for _, x := range rows {
		if x.Date != "" {
			out = append(out, x)
			continue
		}
		if parts[x.Title] == nil {
			out = append(out, row{Title: x.Title})
		}
		parts[x.Title] = append(parts[x.Title], x)
	}
	for i, x := range out {
		list := parts[x.Title]
		if x.Body != "" || list == nil {
			continue
		}
		slices.SortStableFunc(list, func(a, b row) int { return firstArticle(a) - firstArticle(b) })
		whole := list[0]
		if len(list) > 1 {
			var b strings.Builder
			for _, p := range list {
				fmt.Fprintf(&b, "## %s\n\n", strings.TrimSuffix(path.Base(p.SourcePath), path.Ext(p.SourcePath)))
				b.WriteString(deeper(p.Body) + "\n\n")
			}
			whole.Body = b.String()
		}
		for _, h := range whole.History {
			whole.Date = cmp.Or(dateIn(h), whole.Date)
			if len(list) > 1 { // adopted first, in force later
				break
			}
		}
		out[i] = whole
	}
	return out
}

func firstArticle(x row) int {
	if t := ParseText(x.Body); len(t.Articles) > 0 {
		return t.Articles[0].Number
	}
	return 0
}

// deeper puts the headings of a part one step below that of the part.
func deeper(body string) string {
	var b strings.Builder
	for line := range strings.Lines(body) {
		if strings.HasPrefix(line, "#") && strings.Trim(line, "# \n") != "" {
			b.WriteByte('#')
		} else if strings.HasPrefix(line, "#") {
			continue
		}
		b.WriteString(line)
	}
	return b.String()
}

func (x row) entry(source string) entry {
	t := ParseText(x.Body)
	v := Version{Law: Key(x.Title), Date: x.Date, Title: x.Title, Category: x.Category, Effective: x.Effective, History: x.History,
		Source: source, Chars: utf8.RuneCountInString(x.Body), Articles: len(t.Articles), Hash: hashOf([]byte(x.Body))}
	if v.Date == "" && len(v.History) > 0 {
		v.Date = dateIn(v.History[len(v.History)-1])
	}
	if v.Effective == "" {
		v.Effective = effectiveOf(v.Date, t)
	}
	if v.History == nil {
		v.History = []string{}
	}
	return entry{v, deflate([]byte(x.Body))}
}

func hashOf(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:16])
}

// deflaters are used again: one weighs as much as a hundred laws.
var deflaters = sync.Pool{New: func() any {
	w, _ := flate.NewWriter(nil, flate.BestCompression) // the level is a right one
	return w
}}

func deflate(body []byte) []byte {
	var b bytes.Buffer
	w := deflaters.Get().(*flate.Writer)
	defer deflaters.Put(w)
	w.Reset(&b)
	_, _ = w.Write(body) // a buffer takes everything
	_ = w.Close()
	return bytes.Clone(b.Bytes())
}

func inflate(body []byte) ([]byte, error) {
	out, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(body)), maxBody+1))
	if err == nil && len(out) > maxBody {
		err = ErrFormat
	}
	return out, err
}

// indexed is a version in the list of an archive.
type indexed struct {
	Version
	File string `json:"file"`
}

// readArchive reads what WriteArchive wrote. Texts that are not as the list says
// are told; with trusted they are taken as they lie there, without unpacking.
func readArchive(raw []byte, trusted bool, bad func(RowProblem)) ([]entry, error) {
	if bytes.HasPrefix(raw, []byte(squeezed)) { // as a whole: half as long, and read once only
		var whole bytes.Buffer
		whole.Grow(expansion * len(raw))
		if _, err := whole.ReadFrom(io.LimitReader(bzip2.NewReader(bytes.NewReader(raw)), maxArchive)); err != nil {
			return nil, ErrFormat.Because(err)
		}
		raw = whole.Bytes()
	}
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return nil, ErrFormat.Because(err)
	}
	files := map[string]*zip.File{}
	for _, f := range z.File {
		files[f.Name] = f
	}
	var list []indexed
	if err := readJSON(files[indexName], &list); err != nil {
		return nil, ErrFormat.Because(err)
	}
	var out []entry
	for i, x := range list {
		e := entry{Version: x.Version}
		reason := "unreadable"
		if f := files[x.File]; f != nil && max(f.UncompressedSize64, f.CompressedSize64/2) <= maxBody {
			if e.body, err = rawOf(f); err == nil && (trusted || genuine(&e)) {
				reason = ""
			}
		}
		if reason != "" {
			bad(RowProblem{i + 1, x.Title, reason})
			continue
		}
		out = append(out, e)
	}
	return out, nil
}

// genuine tells whether a text is the one that the list means, and counts it anew.
func genuine(e *entry) bool {
	body, err := inflate(e.body)
	if err != nil || hashOf(body) != e.Hash || !utf8.Valid(body) {
		return false
	}
	x := row{Category: e.Category, Title: e.Title, Date: e.Date, Effective: e.Effective, History: e.History, Body: string(body)}
	if x.check() != "" {
		return false
	}
	*e = x.entry(e.Source)
	return true
}

// rawOf gives a text deflated, as it is kept.
func rawOf(f *zip.File) ([]byte, error) {
	r, err := f.OpenRaw()
	if err != nil {
		return nil, err
	}
	b := make([]byte, f.CompressedSize64)
	_, err = io.ReadFull(r, b)
	switch {
	case err != nil || f.Method == zip.Deflate:
		return b, err
	case f.Method == zip.Store:
		return deflate(b), nil
	}
	return nil, ErrFormat
}

func readJSON(f *zip.File, v any) error {
	if f == nil {
		return fmt.Errorf("no %s", indexName)
	}
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	return json.NewDecoder(io.LimitReader(r, maxBody)).Decode(v)
}

// writeArchive writes versions with their texts.
func writeArchive(w io.Writer, list []entry) error {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	var index []indexed
	for i, e := range list {
		index = append(index, indexed{e.Version, fmt.Sprintf("texts/%04d.md", i+1)})
	}
	f, err := z.Create(indexName)
	if err != nil {
		return err
	}
	j := json.NewEncoder(f)
	j.SetEscapeHTML(false)
	j.SetIndent("", " ")
	if err := j.Encode(index); err != nil {
		return err
	}
	for i, e := range list {
		body, err := inflate(e.body)
		if err != nil {
			return err
		}
		f, err := z.Create(index[i].File)
		if err != nil {
			return err
		}
		if _, err := f.Write(body); err != nil {
			return err
		}
	}
	return z.Close()
}
