package packages

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"
)

// Bounds of what strangers send. Because: the largest shipped package has 200 kB
// in seven files; a ZIP of a few bytes can unfold to gigabytes.
const (
	MaxZip   = 4 << 20 // bytes as sent
	maxFile  = 2 << 20 // bytes of one file
	maxAll   = 8 << 20
	maxFiles = 20
)

// known are the files that a package may have.
var known = []string{ItemFile, MaterialsFile, SituationsFile, FormFile, ResultFile, FlowFile, TablesFile, BundleFile, OfficesFile}

// Zip writes files as a ZIP: in the order of their names and without times, so
// that the same package is the same file.
func Zip(dir string, files map[string][]byte) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	paths := map[string][]byte{}
	for name, body := range files {
		if name != OfficesFile {
			name = dir + "/" + name
		}
		paths[name] = body
	}
	for _, name := range slices.Sorted(maps.Keys(paths)) {
		h := &zip.FileHeader{Name: name, Method: zip.Deflate}
		h.Modified = time.Time{}
		f, err := w.CreateHeader(h)
		if err != nil {
			return nil, err
		}
		if _, err := f.Write(paths[name]); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// FromZip takes the files of one package out of a ZIP.
func FromZip(raw []byte) (map[string][]byte, error) {
	if len(raw) > MaxZip {
		return nil, ErrLarge.With("max", MaxZip>>20)
	}
	r, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return nil, ErrFiles.With("file", "ZIP").Because(err)
	}
	g := &gathering{files: map[string][]byte{}}
	for _, f := range r.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		if f.Mode()&fs.ModeType != 0 { // a link would point out of the folder
			return nil, ErrFiles.With("file", shorten(f.Name))
		}
		open := func() (io.ReadCloser, error) { return f.Open() }
		if err := g.take(f.Name, open); err != nil {
			return nil, err
		}
	}
	return g.done()
}

// FromFS takes the files of the package in folder dir of fsys, with
// departments.json beside the folder or in it.
func FromFS(fsys fs.FS, dir string) (map[string][]byte, error) {
	g := &gathering{files: map[string][]byte{}}
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return nil, ErrFiles.With("file", shorten(dir)).Because(err)
	}
	if only := exported(entries); only != "" {
		return FromFS(fsys, path.Join(dir, only))
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") { // what editors and git leave
			continue
		}
		if !e.Type().IsRegular() {
			return nil, ErrFiles.With("file", shorten(e.Name()))
		}
		if err := g.take(path.Join(path.Base(dir), e.Name()), func() (io.ReadCloser, error) { return fsys.Open(path.Join(dir, e.Name())) }); err != nil {
			return nil, err
		}
	}
	beside := path.Join(path.Dir(dir), OfficesFile)
	if info, err := fs.Stat(fsys, beside); err == nil && info.Mode().IsRegular() && g.files[OfficesFile] == nil {
		if err := g.take(OfficesFile, func() (io.ReadCloser, error) { return fsys.Open(beside) }); err != nil {
			return nil, err
		}
	}
	return g.done()
}

// exported names the one folder in a folder that an export wrote: a package with
// its offices beside it. "" when it is none.
func exported(entries []fs.DirEntry) string {
	only := ""
	for _, e := range entries {
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case e.IsDir() && only == "":
			only = e.Name()
		case e.Name() != OfficesFile:
			return ""
		}
	}
	return only
}

// Checked takes files that somebody sent one by one, within the same bounds.
func Checked(sent map[string][]byte) (map[string][]byte, error) {
	g := &gathering{files: map[string][]byte{}}
	for _, name := range slices.Sorted(maps.Keys(sent)) {
		if err := g.take(name, func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(sent[name])), nil }); err != nil {
			return nil, err
		}
	}
	return g.done()
}

// gathering collects files within the bounds.
type gathering struct {
	files  map[string][]byte
	dir    string
	placed bool // dir is known
	size   int
}

func (g *gathering) take(name string, open func() (io.ReadCloser, error)) error {
	bad := ErrFiles.With("file", shorten(name))
	if !fs.ValidPath(name) || strings.ContainsAny(name, `\:`) || len(g.files) >= maxFiles {
		return bad
	}
	dir, file := path.Split(name)
	dir = strings.TrimSuffix(dir, "/")
	if !slices.Contains(known, file) || strings.Contains(dir, "/") || g.files[file] != nil {
		return bad
	}
	if file != OfficesFile { // which may lie in the folder or beside it
		if g.placed && g.dir != dir { // one package at a time
			return bad
		}
		g.dir, g.placed = dir, true
	}
	f, err := open()
	if err != nil {
		return bad.Because(err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxFile+1)) // the size that a ZIP states is not believed
	g.size += len(b)
	switch {
	case err != nil:
		return bad.Because(err)
	case len(b) > maxFile || g.size > maxAll:
		return ErrLarge.With("max", maxAll>>20)
	}
	g.files[file] = b
	return nil
}

func (g *gathering) done() (map[string][]byte, error) {
	if g.files[ItemFile] == nil {
		return nil, ErrFiles.With("file", ItemFile)
	}
	return g.files, nil
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return s
}
