package source

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Source is what was opened: its tables in order.
type Source struct {
	Name   string
	Tables []Entry
	closer io.Closer
}

// Entry is a table that is opened when it is read. Because: a folder may hold
// dozens, each with its buffers.
type Entry struct {
	Name string
	Size int64 // bytes unpacked; 0 when not known
	open func() (Table, error)
}

// Open reads the table from its first row.
func (e Entry) Open() (Table, error) { return e.open() }

// Close lets the file go.
func (s *Source) Close() error {
	if s.closer == nil {
		return nil
	}
	return s.closer.Close()
}

// Size is how many bytes there are to read, 0 when not known.
func (s *Source) Size() (n int64) {
	for _, e := range s.Tables {
		n += e.Size
	}
	return n
}

// OpenPath opens a file or a folder.
func OpenPath(p string, limits Limits) (*Source, error) {
	info, err := os.Stat(p)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return openFolder(p, limits)
	}
	f, err := os.Open(p)
	if err != nil {
		return nil, err
	}
	s, err := Open(filepath.Base(p), f, info.Size(), limits)
	if err != nil {
		f.Close()
		return nil, err
	}
	s.closer = f
	return s, nil
}

func openFolder(dir string, limits Limits) (*Source, error) {
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	out := &Source{Name: filepath.Base(dir)}
	var open closers
	for _, e := range list {
		if e.IsDir() || strings.HasPrefix(e.Name(), ".") || e.Name() == NoteFile {
			continue
		}
		s, err := OpenPath(filepath.Join(dir, e.Name()), limits)
		if Empty(err) { // whether that is right the reader of the table knows
			out.Tables = append(out.Tables, Entry{Name: name(e.Name()), open: func() (Table, error) { return nil, errEmpty }})
			continue
		}
		if err != nil {
			return nil, errors.Join(err, open.Close())
		}
		open = append(open, s)
		out.Tables = append(out.Tables, s.Tables...)
	}
	out.closer = open
	if len(open) == 0 {
		return nil, errEmpty
	}
	return out, nil
}

type closers []io.Closer

func (c closers) Close() (err error) {
	for _, one := range c {
		err = errors.Join(err, one.Close())
	}
	return err
}

// NoteFile is a file for people beside the tables of an export; it is not read.
const NoteFile = "README.txt"

var zipStart = []byte("PK\x03\x04")

// Open finds out by its content what a file is. The reader stays the caller's.
func Open(fileName string, r Reader, size int64, limits Limits) (*Source, error) {
	title := name(fileName)
	head := make([]byte, 8)
	n, err := r.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil, err
	}
	switch head = head[:n]; {
	case n == 0:
		return nil, errEmpty
	case bytes.HasPrefix(head, zipStart):
		return openZIP(fileName, title, r, size, limits)
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return nil, bad("%s：旧的 XLS 格式或者有密码。另存为 XLSX 后再导入", "%s: the old XLS format, or it has a password. Save it as XLSX", title)
	case bytes.HasPrefix(head, []byte("%PDF")):
		return nil, bad("%s：是 PDF 文件。换成 CSV、JSON、XLSX 或 ZIP 文件", "%s: this is a PDF. Choose a CSV, JSON, XLSX or ZIP file", title)
	}
	entry := Entry{Name: title, Size: size, open: func() (Table, error) {
		return openText(title, io.NewSectionReader(r, 0, size), nothing{})
	}}
	probe, err := entry.Open() // what cannot be read is told before anything begins
	if err != nil {
		return nil, err
	}
	return &Source{Name: fileName, Tables: []Entry{entry}}, probe.Close()
}

type nothing struct{}

func (nothing) Close() error { return nil }

// openText opens JSON lines or CSV.
func openText(title string, r io.Reader, closer io.Closer) (Table, error) {
	in := newLines(r)
	first, err := in.first()
	if err == io.EOF {
		return nil, errEmpty
	}
	if err != nil {
		return nil, err
	}
	if first == '{' || first == '[' {
		return openJSON(title, in, closer)
	}
	return openCSV(title, in, closer)
}

func openZIP(fileName, title string, r Reader, size int64, limits Limits) (*Source, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, bad("%s：ZIP 文件损坏。重新打包", "%s: the ZIP file is damaged. Pack it again", title)
	}
	if slices.ContainsFunc(z.File, func(f *zip.File) bool { return f.Name == "[Content_Types].xml" }) {
		return openBook(fileName, title, r, size)
	}
	out := &Source{Name: fileName}
	left := limits.Unpacked
	for _, f := range z.File {
		base := path.Base(strings.ReplaceAll(f.Name, `\`, "/"))
		if f.FileInfo().IsDir() || strings.HasPrefix(base, ".") || base == NoteFile || strings.HasPrefix(f.Name, "__MACOSX/") {
			continue
		}
		if len(out.Tables) == MaxTables {
			return nil, bad("%s：压缩包里超过 %d 个文件。分几次导入", "%s: the archive holds more than %d files. Import it in parts", title, MaxTables)
		}
		if left -= int64(f.UncompressedSize64); left < 0 || swollen(f, limits) {
			return nil, bomb(title)
		}
		out.Tables = append(out.Tables, packed(f, name(base), limits))
	}
	if len(out.Tables) == 0 {
		return nil, errEmpty
	}
	return out, nil
}

func swollen(f *zip.File, l Limits) bool {
	return f.UncompressedSize64 > inMemory && int64(f.UncompressedSize64) > int64(f.CompressedSize64)*l.Ratio
}

// packed is a text file in an archive. It is read to the size that the archive
// names and not a byte further.
func packed(f *zip.File, title string, limits Limits) Entry {
	return Entry{Name: title, Size: int64(f.UncompressedSize64), open: func() (Table, error) {
		r, err := f.Open()
		if err != nil {
			return nil, bad("%s：压缩包里的文件打不开，可能有密码。去掉密码后重新打包", "%s: the packed file cannot be opened, it may have a password. Pack it without one", title)
		}
		t, err := openText(title, &bounded{r: r, left: int64(f.UncompressedSize64)}, r)
		if err != nil {
			r.Close()
		}
		return t, err
	}}
}

// bounded fails when there is more than was announced.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errBomb
	}
	return n, err
}

// openBook opens the sheets of a workbook; they are read one after the other.
func openBook(fileName, title string, r Reader, size int64) (*Source, error) {
	tables, err := openXLSX(title, r, size)
	if err != nil {
		return nil, err
	}
	out := &Source{Name: fileName}
	for i, t := range tables {
		share := size / int64(len(tables))
		used := false
		out.Tables = append(out.Tables, Entry{Name: t.Name(), Size: share, open: func() (Table, error) {
			if !used {
				used = true
				return t, nil
			}
			return reopened(title, r, size, i)
		}})
	}
	return out, nil
}

// reopened opens a workbook again for one of its sheets.
func reopened(title string, r Reader, size int64, at int) (Table, error) {
	tables, err := openXLSX(title, r, size)
	if err != nil {
		return nil, err
	}
	if at >= len(tables) {
		return nil, errors.Join(fs.ErrInvalid, errEmpty)
	}
	for i, t := range tables {
		if i != at {
			if err := t.Close(); err != nil {
				return nil, err
			}
		}
	}
	return tables[at], nil
}
