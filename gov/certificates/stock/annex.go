package stock

import (
	"archive/zip"
	"context"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/intake/source"
	"tongban/platform/fault"
	"tongban/platform/files"
)

// Bounds of scans.
const (
	maxAnnex   = 20 << 20 // of one scan
	maxAnnexes = 1_200_000
	annexRatio = 100 // scans are packed already: one that unpacks to far more is none
	harmless   = 1 << 20
)

// annexKinds are what a scan may be, found in its content.
var annexKinds = []files.Kind{files.PDF, files.JPEG, files.PNG}

// errNoAnnex says that there is no scan of that name.
var errNoAnnex = errors.New("stock: no scan of that name")

// errTwice says that several scans have that name, in different folders.
var errTwice = errors.New("stock: several scans of that name")

// annexes finds scans by name, in an archive or a folder.
type annexes interface {
	open(name string) (io.ReadCloser, error)
	named(name string) // a row names it, whether it is opened or not
	unused() []string  // what no row named
	Close() error
}

// noAnnexes is where none were handed in.
type noAnnexes struct{}

func (noAnnexes) open(string) (io.ReadCloser, error) { return nil, errNoAnnex }
func (noAnnexes) named(string)                       {}
func (noAnnexes) unused() []string                   { return nil }
func (noAnnexes) Close() error                       { return nil }

// folder is where the command finds scans. A name leads nowhere else.
type folder struct{ root *os.Root }

func (f folder) open(name string) (io.ReadCloser, error) {
	r, err := f.root.Open(filepath.FromSlash(name))
	if err != nil {
		return nil, errNoAnnex
	}
	if info, err := r.Stat(); err != nil || !info.Mode().IsRegular() {
		r.Close()
		return nil, errNoAnnex
	}
	return r, nil
}

func (f folder) named(string)     {}
func (f folder) unused() []string { return nil } // a folder may have anything else in it
func (f folder) Close() error     { return f.root.Close() }

// archive is a ZIP file of scans; names are told apart without their folders
// when the whole name is not there.
type archive struct {
	file   io.Closer
	byName map[string]*packedScan
	all    []*packedScan
}

// packedScan is a file of an archive.
type packedScan struct {
	*zip.File
	name  string
	twice bool // others have its name: nobody knows which is meant
	used  bool
}

func annexFault(zh, en string) error {
	return ErrAnnexes.With("problem", catalogue.Text{Zh: zh, En: en})
}

// openArchive looks at what an archive says of itself before anything is
// unpacked: how many files, how large each and all of them, and how much they
// swell.
func openArchive(r source.Reader, size int64, closer io.Closer) (*archive, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, annexFault("附图压缩包损坏或者不是 ZIP 文件。重新打包", "the archive of scans is damaged or no ZIP file. Pack it again")
	}
	if len(z.File) > maxAnnexes {
		return nil, annexFault("附图压缩包里文件太多。分几次导入", "the archive holds too many files. Import it in parts")
	}
	a := &archive{file: closer, byName: make(map[string]*packedScan, 2*len(z.File))}
	total := int64(0)
	for _, f := range z.File {
		if f.FileInfo().IsDir() {
			continue
		}
		n := int64(f.UncompressedSize64)
		if total += n; n < 0 || total < 0 || total > maxCommand || n > harmless && n > int64(f.CompressedSize64)*annexRatio {
			return nil, annexFault("附图压缩包解开后大得不合理，没有读", "the archive unpacks to an unreasonable size and was not read")
		}
		a.all = append(a.all, &packedScan{File: f, name: entryName(f)})
	}
	a.index()
	return a, nil
}

// index gives every scan its whole name, and that without folders unless a
// whole name is the same. A name that several have is of none: the scan of one
// holder is not kept with the certificate of another.
func (a *archive) index() {
	for _, f := range a.all {
		if a.byName[f.name] != nil {
			a.byName[f.name] = &packedScan{twice: true}
			continue
		}
		a.byName[f.name] = f
	}
	whole := len(a.byName)
	short := make(map[string]*packedScan, whole)
	for _, f := range a.all {
		if base := path.Base(f.name); short[base] != nil {
			short[base] = &packedScan{twice: true}
		} else {
			short[base] = f
		}
	}
	for base, f := range short {
		if a.byName[base] == nil {
			a.byName[base] = f
		}
	}
}

// entryName is the name of a packed file; older programs write Chinese names in
// GB 18030 and do not say so.
func entryName(f *zip.File) string {
	name := f.Name
	if f.NonUTF8 {
		if s, err := simplifiedchinese.GB18030.NewDecoder().String(name); err == nil {
			name = s
		}
	}
	return strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(name, `\`, "/")), "/")
}

func (a *archive) find(name string) *packedScan {
	return a.byName[strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(name, `\`, "/")), "/")]
}

func (a *archive) named(name string) {
	if f := a.find(name); f != nil {
		f.used = true
	}
}

func (a *archive) unused() (out []string) {
	for _, f := range a.all {
		if same := a.byName[path.Base(f.name)]; !f.used && !a.byName[f.name].used && !(same.twice && same.used) {
			out = append(out, f.name)
		}
	}
	return out
}

func (a *archive) open(name string) (io.ReadCloser, error) {
	f := a.find(name)
	switch {
	case f == nil:
		return nil, errNoAnnex
	case f.twice:
		return nil, errTwice
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(r, int64(min(f.UncompressedSize64, maxAnnex))+1), r}, nil
}

func (a *archive) Close() error { return a.file.Close() }

// annexesOf opens the scans of a run.
func (s *Service) annexesOf(run Run) (annexes, error) {
	if run.folder != "" {
		root, err := os.OpenRoot(run.folder)
		if err != nil {
			return nil, annexFault("附图文件夹打不开", "the folder of scans cannot be opened")
		}
		return folder{root}, nil
	}
	if run.Annexes.Hash == "" {
		return noAnnexes{}, nil
	}
	f, err := s.Files.Open(run.Annexes.Hash)
	if err != nil {
		return nil, err
	}
	at, ok := f.(source.Reader)
	if !ok {
		f.Close()
		return nil, ErrFile
	}
	a, err := openArchive(at, run.Annexes.Size, f)
	if err != nil {
		f.Close()
		return nil, err
	}
	return a, nil
}

// annex looks at the scan of a row, and keeps it unless it is only a try.
// The rule that it breaks is "" when it is sound.
func (s *Service) annex(ctx context.Context, in annexes, name string, keep bool) (ref files.Ref, rule string, err error) {
	r, err := in.open(name)
	if errors.Is(err, errNoAnnex) {
		return ref, "annex_missing", nil
	}
	if errors.Is(err, errTwice) {
		return ref, "annex_twice", nil
	}
	if err != nil {
		return ref, "annex_kind", nil
	}
	defer r.Close()
	if keep {
		ref, err = s.Files.Put(ctx, r, maxAnnex, annexKinds)
	} else {
		ref.Kind, err = sniff(r)
	}
	if err != nil && ctx.Err() == nil && !fault.IsKind(err, fault.KindUnavailable) { // of the file and not of the disk
		return ref, "annex_kind", nil
	}
	return ref, "", err
}

// sniff finds out what a scan is without keeping it.
func sniff(r io.Reader) (files.Kind, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxAnnex+1))
	if err != nil {
		return "", err
	}
	if len(raw) > maxAnnex {
		return "", files.ErrTooBig
	}
	return files.Sniff(strings.NewReader(string(raw)), int64(len(raw)), annexKinds)
}
