package data

import (
	"bytes"
	"compress/gzip"
	"embed"
	"errors"
	"io/fs"
	"path"
	"time"
)

//go:embed PROVENANCE.md calendar divisions items laws
var files embed.FS

// Files is the read-only tree of shipped data, PROVENANCE.md included so that a running
// service can show where its reference data comes from.
var Files Tree

// Tree is a tree of files. A file that lies in it packed, as name.gz, is opened
// by its own name. Because: the binary has to be carried over weak lines.
type Tree struct{}

// Names of the files inside [Files].
const (
	// Provenance is the document that names the source and licence of every other file.
	Provenance = "PROVENANCE.md"
	// Calendar lists days off and make-up working days: date, kind, name_zh, name_en.
	Calendar = "calendar/cn_holidays_workdays.csv"
	// Divisions lists provinces, prefectures, counties and townships: code, name, level, parent.
	Divisions = "divisions/divisions_l1_l4.csv"
	// Guides holds one service guide as a JSON object on each line.
	Guides = "items/guangdong_provincial_guides.jsonl"
	// Laws is an archive of laws and regulations, a list of texts and one file for
	// each, compressed as a whole by bzip2; package laws unpacks it when it has to.
	Laws = "laws/national_laws.zip.bz2"
	// Departments lists the offices that own the guides: uscc, org_code, name, area_code, items.
	Departments = "items/guangdong_departments.csv"
)

const packed = ".gz"

// Open implements fs.FS.
func (t Tree) Open(name string) (fs.File, error) {
	f, err := files.Open(name)
	if !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	b, err := t.unpack(name)
	if err != nil {
		return nil, err
	}
	return &file{bytes.NewReader(b), info{path.Base(name), int64(len(b))}}, nil
}

// ReadFile implements fs.ReadFileFS.
func (t Tree) ReadFile(name string) ([]byte, error) {
	b, err := files.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return t.unpack(name)
	}
	return b, err
}

func (Tree) unpack(name string) ([]byte, error) {
	raw, err := files.ReadFile(name + packed)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if _, err := out.ReadFrom(z); err != nil {
		return nil, err
	}
	return out.Bytes(), z.Close()
}

// file is an unpacked file.
type file struct {
	*bytes.Reader
	about info
}

func (f *file) Stat() (fs.FileInfo, error) { return f.about, nil }
func (f *file) Close() error               { return nil }

type info struct {
	name string
	size int64
}

func (i info) Name() string     { return i.name }
func (i info) Size() int64      { return i.size }
func (info) Mode() fs.FileMode  { return 0o444 }
func (info) ModTime() time.Time { return time.Time{} }
func (info) IsDir() bool        { return false }
func (info) Sys() any           { return nil }
