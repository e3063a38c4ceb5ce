package content

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf16"

	"tongban/platform/pdf/syntax"
)

// ErrForeign says that a file is not built the way package pdf builds files.
var ErrForeign = errors.New("not a paper of ours")

// ErrNoAttachment says that a file carries no data of the given name.
var ErrNoAttachment = errors.New("no such attachment")

// Attachment is data that travels inside a paper.
type Attachment struct {
	Name        string // "paper.json"
	Type        string // media type
	Description string // for people who open the list of attachments
	Data        []byte
	At          time.Time // MUST be given
}

// maxAttachment bounds what is put in and taken out, in bytes.
const maxAttachment = 1 << 20

// Attach adds one attachment to a file that package pdf made.
func Attach(pdf []byte, a Attachment) ([]byte, error) {
	if len(a.Data) > maxAttachment || a.At.IsZero() || a.Name == "" {
		return nil, errors.New("content: attachment without name or time, or too large")
	}
	f, err := syntax.Open(pdf)
	if err != nil {
		return nil, err
	}
	root := f.Trailer.Get("Root")
	catalog, err := f.Dict(root)
	if err != nil {
		return nil, err
	}
	if root.Kind != syntax.Ref || catalog.Get("Names").Kind != syntax.Null || catalog.Get("AF").Kind != syntax.Null {
		return nil, ErrForeign
	}
	u := update{b: append(make([]byte, 0, len(pdf)+len(a.Data)+2048), pdf...)}
	file, spec := f.Size, f.Size+1
	u.begin(file)
	u.b = fmt.Appendf(u.b, "<</Type /EmbeddedFile /Subtype %s /Params <</Size %d /ModDate %s>> /Length %d>>\nstream\n",
		syntax.Append(nil, syntax.NewName(a.Type)), len(a.Data), pdfDate(a.At), len(a.Data))
	u.b = append(append(u.b, a.Data...), "\nendstream\nendobj\n"...)
	u.begin(spec)
	u.b = fmt.Appendf(u.b, "<</Type /Filespec /F %s /UF %s /Desc %s /AFRelationship /Source /EF <</F %d 0 R /UF %d 0 R>>>>\nendobj\n",
		textString(a.Name), textString(a.Name), textString(a.Description), file, file)
	catalog = catalog.Clone()
	tree := syntax.Value{Kind: syntax.Dict}
	tree.Set("Names", syntax.NewArray(syntax.NewBytes(a.Name), syntax.NewRef(spec)))
	names := syntax.Value{Kind: syntax.Dict}
	names.Set("EmbeddedFiles", tree)
	catalog.Set("Names", names)
	catalog.Set("AF", syntax.NewArray(syntax.NewRef(spec)))
	u.begin(int(root.Int))
	u.b = append(syntax.Append(u.b, catalog), "\nendobj\n"...)
	return u.finish(f, spec+1), nil
}

// update is an incremental update in the making.
type update struct {
	b       []byte
	objects []int // numbers, in the order written
	offsets []int
}

func (u *update) begin(n int) {
	u.objects = append(u.objects, n)
	u.offsets = append(u.offsets, len(u.b))
	u.b = fmt.Appendf(u.b, "%d 0 obj\n", n)
}

func (u *update) finish(f *syntax.File, size int) []byte {
	start := len(u.b)
	u.b = append(u.b, "xref\n"...)
	for i, n := range u.objects {
		u.b = fmt.Appendf(u.b, "%d 1\n%010d 00000 n \n", n, u.offsets[i])
	}
	t := syntax.Value{Kind: syntax.Dict}
	t.Set("Size", syntax.NewInt(size))
	t.Set("Prev", syntax.NewInt(f.Start))
	t.Set("Root", f.Trailer.Get("Root"))
	if v := f.Trailer.Get("Info"); v.Kind != syntax.Null {
		t.Set("Info", v)
	}
	if id := f.Trailer.Get("ID"); len(id.Items) == 2 && id.Items[0].Kind == syntax.String {
		sum := sha256.Sum256(u.b)
		t.Set("ID", syntax.NewArray(syntax.NewBytes(id.Items[0].Text), syntax.NewBytes(string(sum[:16]))))
	}
	return append(syntax.Append(append(u.b, "trailer\n"...), t), fmt.Sprintf("\nstartxref\n%d\n%%%%EOF\n", start)...)
}

// Attached gives the data of the attachment with this name. The bytes point
// into pdf.
func Attached(pdf []byte, name string) ([]byte, error) {
	f, err := syntax.Open(pdf)
	if err != nil {
		return nil, err
	}
	v, err := f.Dict(f.Trailer.Get("Root"))
	if err != nil {
		return nil, err
	}
	for _, key := range []string{"Names", "EmbeddedFiles"} {
		next := v.Get(key)
		if next.Kind == syntax.Null {
			return nil, ErrNoAttachment
		}
		if v, err = f.Dict(next); err != nil {
			return nil, err
		}
	}
	list := v.Get("Names").Items
	for i := 0; i+1 < len(list); i += 2 {
		if list[i].Kind == syntax.String && list[i].Text == name {
			return embedded(f, list[i+1])
		}
	}
	return nil, ErrNoAttachment
}

func embedded(f *syntax.File, ref syntax.Value) ([]byte, error) {
	spec, err := f.Dict(ref)
	if err != nil {
		return nil, err
	}
	files, err := f.Dict(spec.Get("EF"))
	if err != nil {
		return nil, err
	}
	file, err := f.Resolve(files.Get("F"))
	if err != nil {
		return nil, err
	}
	if file.Kind != syntax.Stream || file.Get("Filter").Kind != syntax.Null || len(file.Raw) > maxAttachment {
		return nil, ErrForeign
	}
	return file.Raw, nil
}

// textString writes a text as UTF-16BE with a byte order mark.
func textString(s string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	b.WriteByte('>')
	return b.String()
}

func pdfDate(t time.Time) string {
	s := t.Format("20060102150405-0700")
	return "(D:" + s[:17] + "'" + s[17:] + ")"
}
