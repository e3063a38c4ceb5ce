package ofd

import (
	"archive/zip"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"path"
	"slices"
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
	maxPacked  = 64 << 20  // of everything in it that is compressed
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
	if err := apart(z.File, int64(len(b))); err != nil {
		return nil, err
	}
	seen, total, packed := map[string]bool{}, uint64(0), uint64(0)
	var parts []part
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		name := path.Clean("/" + f.Name)[1:]
		if total += f.UncompressedSize64; f.Method != zip.Store {
			packed += f.UncompressedSize64
		}
		switch {
		case name != f.Name, strings.ContainsAny(f.Name, "\\\x00:"), seen[strings.ToLower(name)]:
			return nil, ErrHostile.With("part", "name")
		case f.Flags&1 != 0:
			return nil, ErrHostile.With("part", "encryption")
		case total > maxContent, packed > maxPacked, f.UncompressedSize64 > 1<<20 && f.UncompressedSize64 > maxRatio*max(f.CompressedSize64, 1):
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

// apart refuses entries that lie over each other: a few bytes would count as the
// content of thousands.
func apart(entries []*zip.File, size int64) error {
	type span struct{ from, to int64 }
	spans := make([]span, 0, len(entries))
	for _, f := range entries {
		from, err := f.DataOffset()
		if err != nil {
			return ErrNotOFD.Because(err)
		}
		if f.CompressedSize64 > uint64(size) || from+int64(f.CompressedSize64) > size {
			return ErrNotOFD.Because(errors.New("an entry ends behind the file"))
		}
		spans = append(spans, span{from - int64(len(f.Name)) - localHeader, from + int64(f.CompressedSize64)})
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	for i := 1; i < len(spans); i++ {
		if spans[i].from < spans[i-1].to {
			return ErrHostile.With("part", "overlap")
		}
	}
	return nil
}

// localHeader is the least room that stands before the content of an entry,
// besides its name.
const localHeader = 30

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
