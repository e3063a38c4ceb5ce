package ofd

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// File is an OFD file that was read.
type File struct {
	parts    []part
	folder   string // of the document
	document *element
	// Title and others are the metadata of its first document.
	Title, Author, Subject, Created string
	Entries                         []Entry
	Pages                           int
	Signatures                      int
}

// Open reads a file; signatures are not checked.
func Open(b []byte) (*File, error) {
	parts, err := unpack(b)
	if err != nil {
		return nil, err
	}
	f := &File{parts: parts}
	entrance, err := f.markup("OFD.xml")
	if err != nil {
		return nil, err
	}
	body := entrance.child("DocBody")
	info := body.child("DocInfo")
	f.Title, f.Author, f.Subject, f.Created = info.child("Title").value(), info.child("Author").value(), info.child("Subject").value(), info.child("CreationDate").value()
	for _, e := range info.child("CustomDatas").all("CustomData") {
		f.Entries = append(f.Entries, Entry{e.attrs["Name"], e.text})
	}
	root := resolve("", body.child("DocRoot").value())
	if f.document, err = f.markup(root); err != nil {
		return nil, err
	}
	f.folder = path.Dir(root)
	f.Pages = len(f.document.child("Pages").children)
	if list := body.child("Signatures").value(); list != "" {
		if signatures, err := f.markup(resolve("", list)); err == nil {
			f.Signatures = len(signatures.all("Signature"))
		}
	}
	return f, nil
}

func (f *File) markup(name string) (*element, error) {
	b, err := find(f.parts, name)
	if err != nil {
		return nil, err
	}
	return parse(b)
}

// Text is the text of the pages, one line for each that was set, pages in
// order.
func (f *File) Text() (string, error) {
	var s strings.Builder
	for _, p := range f.document.child("Pages").children {
		page, err := f.markup(resolve(f.folder, p.attrs["BaseLoc"]))
		if err != nil {
			return "", err
		}
		for _, line := range page.all("TextCode") {
			s.WriteString(line.text)
			s.WriteByte('\n')
		}
	}
	return s.String(), nil
}

// Attachment gives a file that travels inside, by its name.
func (f *File) Attachment(name string) ([]byte, error) {
	list := resolve(f.folder, f.document.child("Attachments").value())
	root, err := f.markup(list)
	if err != nil {
		return nil, err
	}
	for _, a := range root.all("Attachment") {
		if a.attrs["Name"] == name {
			return find(f.parts, resolve(path.Dir(list), a.child("FileLoc").value()))
		}
	}
	return nil, ErrNotOFD
}

// Holds tells whether a file inside has exactly these bytes.
func (f *File) Holds(b []byte) bool {
	return slices.ContainsFunc(f.parts, func(p part) bool { return bytes.Equal(p.data, b) })
}
