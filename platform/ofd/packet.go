package ofd

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"path"
	"strings"
	"time"

	"tongban/platform/fault"
)

// Why a file is refused, besides the reasons of package sign. Codes are stable.
var (
	// ErrNotOFD: not a package, or without what every document has.
	ErrNotOFD = fault.Invalid("ofd.not_ofd")
	// ErrHostile: built to harm a reader: bombs, entities, names that lead outside.
	ErrHostile = fault.Invalid("ofd.hostile")
)

// Bounds of what is read.
const (
	maxFile    = 64 << 20  // of the package, in bytes
	maxContent = 192 << 20 // of everything in it
	maxRatio   = 200       // content of an entry to its packed size, beyond 1 MB
	maxEntries = 4096
)

// part is one file of a package.
type part struct {
	name string
	data []byte
}

// pack writes a package: stored, without times, so that the same parts give
// the same bytes.
func pack(parts []part) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, p := range parts {
		h := &zip.FileHeader{Name: p.name, Method: zip.Store, Modified: time.Time{}, CRC32: crc32.ChecksumIEEE(p.data),
			CompressedSize64: uint64(len(p.data)), UncompressedSize64: uint64(len(p.data))}
		f, err := w.CreateRaw(h)
		if err != nil {
			return nil, err
		}
		if _, err := f.Write(p.data); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// unpack reads a package within the bounds.
func unpack(b []byte) ([]part, error) {
	if len(b) > maxFile {
		return nil, ErrHostile.With("part", "size")
	}
	if !bytes.HasPrefix(b, []byte("PK")) {
		return nil, ErrNotOFD
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, ErrNotOFD.Because(err)
	}
	if len(z.File) > maxEntries {
		return nil, ErrHostile.With("part", "entries")
	}
	seen, total := map[string]bool{}, uint64(0)
	var parts []part
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		name := path.Clean("/" + f.Name)[1:]
		total += f.UncompressedSize64
		switch {
		case name != f.Name, strings.ContainsAny(f.Name, "\\\x00:"), seen[strings.ToLower(name)]:
			return nil, ErrHostile.With("part", "name")
		case f.Flags&1 != 0:
			return nil, ErrHostile.With("part", "encryption")
		case total > maxContent, f.UncompressedSize64 > 1<<20 && f.UncompressedSize64 > maxRatio*max(f.CompressedSize64, 1):
			return nil, ErrHostile.With("part", "bomb")
		}
		seen[strings.ToLower(name)] = true
		data, err := content(f)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part{name, data})
	}
	return parts, nil
}

// content reads one entry; it may hold no more than it says.
func content(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, ErrNotOFD.Because(err)
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, int64(f.UncompressedSize64)+1))
	if err != nil {
		return nil, ErrNotOFD.Because(err)
	}
	if uint64(len(data)) != f.UncompressedSize64 {
		return nil, ErrHostile.Because(errors.New("an entry is longer than it says"))
	}
	return data, nil
}

// Looks tells whether b could be an OFD file, for choosing a reader.
func Looks(b []byte) bool { return bytes.HasPrefix(b, []byte("PK")) }

func find(parts []part, name string) ([]byte, error) {
	for _, p := range parts {
		if p.name == name {
			return p.data, nil
		}
	}
	return nil, ErrNotOFD.Because(fmt.Errorf("%s is missing", name))
}
