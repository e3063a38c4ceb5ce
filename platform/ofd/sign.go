package ofd

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"path"
	"strings"
	"time"

	"tongban/platform/pdf"
	"tongban/platform/sign"
	"tongban/platform/sign/shangmi"
)

// Seal is whose seal is pressed, where and when.
type Seal struct {
	ID, Name    string // number of the seal; whose it is
	Key         sign.KeyHolder
	Certificate *shangmi.Certificate
	At          time.Time     // the time that is stated
	Box         *pdf.StampBox // where the stamp stands; nil: the seal is not shown
	// Vouch, when given, says something with another key of the digest of the
	// description of all other files. It is a file of the package, which the seal
	// covers too: extensions of the seal are lost on programs that read structures
	// and write them again before they check. Report.Vouch gives it back.
	Vouch func(digest []byte) ([]byte, error)
}

// Where the signature lies in a package.
const (
	signaturesFile = "Doc_0/Signs/Signatures.xml"
	signatureFile  = "Doc_0/Signs/Sign_0/Signature.xml"
	valueFile      = "Doc_0/Signs/Sign_0/SignedValue.dat"
	vouchFile      = "Doc_0/Signs/Sign_0/Vouch.dat"
)

// signatures is the list of the one signature. It MUST NOT change, nor how pack
// writes: files that people have are compared with both.
const signatures = prologue + `<ofd:Signatures ` + namespace + `><ofd:Signature ID="s1" Type="Seal" BaseLoc="/` + signatureFile + `"/></ofd:Signatures>`

// Sign writes a document with an electronic seal over every byte of it.
func Sign(d Document, s Seal) ([]byte, error) {
	if s.Key == nil || s.Key.Algorithm() != sign.SM2 || s.Certificate == nil {
		return nil, sign.ErrUnsupported.With("algorithm", "SM2")
	}
	parts, err := build(d)
	if err != nil {
		return nil, err
	}
	parts[0].data = entrance(d, signaturesFile)
	look, err := seen(d, s)
	if err != nil {
		return nil, err
	}
	if s.Vouch != nil {
		vouch, err := s.Vouch(shangmi.Sum([]byte(described(parts, d, s))))
		if err != nil {
			return nil, fmt.Errorf("vouch: %w", err)
		}
		parts = append(parts, part{vouchFile, vouch})
	}
	signature := []byte(described(parts, d, s))
	value, err := press(s, look, shangmi.Sum(signature), "/"+signatureFile)
	if err != nil {
		return nil, fmt.Errorf("press seal: %w", err)
	}
	return pack(append(parts, part{signaturesFile, []byte(signatures)}, part{signatureFile, signature}, part{valueFile, value}))
}

// seen is the picture of the seal: the stamp on the page, as an OFD of its own.
func seen(d Document, s Seal) (picture, error) {
	box := [4]float64{0, 0, 40 * pdf.MM, 40 * pdf.MM}
	stamp := &pdf.Drawing{Meta: d.Meta, Width: box[2], Height: box[3], Pages: [][]pdf.Object{nil}}
	if s.Box != nil {
		box = s.Box.Rect
		stamp = d.Crop(s.Box.Page, box, pdf.Red)
	}
	b, err := Write(Document{Drawing: stamp})
	return picture{"ofd", b, int(math.Round((box[2] - box[0]) * mm)), int(math.Round((box[3] - box[1]) * mm))}, err
}

// described is Signature.xml: the digest of every file.
func described(parts []part, d Document, s Seal) string {
	var b strings.Builder
	fmt.Fprintf(&b, prologue+`<ofd:Signature %s><ofd:SignedInfo><ofd:Provider ProviderName="Tongban" Version="1.0" Company="Tongban"/><ofd:SignatureMethod>%s</ofd:SignatureMethod>`+
		`<ofd:SignatureDateTime>%s</ofd:SignatureDateTime><ofd:References CheckMethod="%s">`, namespace, shangmi.OIDSM2SM3, s.At.UTC().Format("20060102150405Z"), shangmi.OIDSM3)
	for _, p := range parts {
		b.WriteString(reference(p))
	}
	b.WriteString(`</ofd:References>`)
	if s.Box != nil {
		r := s.Box.Rect
		_, high := d.Size(s.Box.Page)
		fmt.Fprintf(&b, `<ofd:StampAnnot ID="a1" PageRef="%d" Boundary="%s %s %s %s"/>`, pageID(parts, s.Box.Page), num(r[0]*mm), num((high-r[3])*mm), num((r[2]-r[0])*mm), num((r[3]-r[1])*mm))
	}
	fmt.Fprintf(&b, `</ofd:SignedInfo><ofd:SignedValue>/%s</ofd:SignedValue></ofd:Signature>`, valueFile)
	return b.String()
}

func reference(p part) string {
	return fmt.Sprintf(`<ofd:Reference FileRef="/%s"><ofd:CheckValue>%s</ofd:CheckValue></ofd:Reference>`, escape(p.name), base64.StdEncoding.EncodeToString(shangmi.Sum(p.data)))
}

// pageID is the number that the document gives to a page.
func pageID(parts []part, page int) int {
	root, err := parse(parts[1].data)
	if err != nil {
		return 0
	}
	pages := root.child("Pages").children
	if page >= len(pages) {
		return 0
	}
	id := 0
	fmt.Sscan(pages[page].attrs["ID"], &id)
	return id
}

// Report says what is known about a signed file. Only a nil error of Verify
// means that it is true.
type Report struct {
	Signer, Organization string // in the certificate
	Seal                 string // name of the seal
	At                   time.Time
	WholeDocument        bool   // every byte of the file counts
	Digest               []byte // of the description of the files: what Seal.Vouch was given
	Vouch                []byte // what Seal.Vouch returned, not checked here
	Certificate          *shangmi.Certificate
}

// Verify checks the one signature of a file: every file of the package, the
// seal, the certificate by one of the roots, and that no byte lies outside.
func Verify(b []byte, roots []*shangmi.Certificate) (Report, error) {
	parts, err := unpack(b)
	if err != nil {
		return Report{}, err
	}
	r, covered, err := verify(parts)
	if err != nil {
		return r, err
	}
	again, err := pack(parts)
	listed, listErr := find(parts, signaturesFile)
	r.WholeDocument = err == nil && listErr == nil && bytes.Equal(again, b) && string(listed) == signatures && covered == len(parts)-3
	if err := sign.SealIssuer(r.Certificate, roots, r.At); err != nil {
		return r, err
	}
	if !r.WholeDocument {
		return r, sign.ErrPartial
	}
	return r, nil
}

// verify checks the last signature of a package by the certificate that it
// carries; covered is how many files it covers.
func verify(parts []part) (r Report, covered int, err error) {
	base, description, err := lastSignature(parts)
	if err != nil {
		return r, 0, err
	}
	root, err := parse(description)
	if err != nil {
		return r, 0, err
	}
	value, err := find(parts, resolve(base, root.child("SignedValue").value()))
	if err != nil {
		return r, 0, sign.ErrTampered.With("part", "signature").Because(err)
	}
	p, err := readPressed(value)
	if err != nil {
		return r, 0, unread(value, err)
	}
	r = Report{Signer: p.signer.Name, Organization: p.signer.Organization, Seal: p.name, At: p.at, Digest: p.digest, Vouch: p.vouch, Certificate: p.signer}
	switch {
	case !bytes.Equal(p.digest, shangmi.Sum(description)):
		return r, 0, sign.ErrTampered.With("part", "description")
	case !p.signer.Public.Verify(p.signed, p.signature):
		return r, 0, sign.ErrTampered.With("part", "signature")
	case !p.maker.Public.Verify(p.info, p.sealMark) || !p.holds():
		return r, 0, sign.ErrTampered.With("part", "seal")
	}
	if covered, err = references(parts, base, root); err != nil {
		return r, covered, err
	}
	return r, covered, r.vouched(parts, description)
}

// vouched reads what vouches for the files, and the digest that it is about: of
// the description without its own line.
func (r *Report) vouched(parts []part, description []byte) error {
	vouch, err := find(parts, vouchFile)
	if err != nil {
		return nil // nothing vouches, or an extension of the seal
	}
	before, after, ok := strings.Cut(string(description), reference(part{vouchFile, vouch}))
	if !ok {
		return sign.ErrTampered.With("part", vouchFile)
	}
	r.Vouch, r.Digest = vouch, shangmi.Sum([]byte(before+after))
	return nil
}

// unread tells a signature that was damaged from one of another making.
func unread(value []byte, err error) error {
	if len(value) > 4 && value[0] == 0x30 && errors.Is(err, errSES) {
		return sign.ErrUnsupported.With("part", "signature").Because(err)
	}
	return sign.ErrTampered.With("part", "signature").Because(err)
}

// lastSignature finds the description of the last signature, and its folder.
func lastSignature(parts []part) (base string, description []byte, err error) {
	entrance, err := find(parts, "OFD.xml")
	if err != nil {
		return "", nil, err
	}
	root, err := parse(entrance)
	if err != nil {
		return "", nil, err
	}
	list := root.child("DocBody", "Signatures").value()
	if list == "" {
		return "", nil, sign.ErrNotSigned
	}
	name := resolve("", list)
	b, err := find(parts, name)
	if err != nil {
		return "", nil, sign.ErrTampered.With("part", "signatures").Because(err)
	}
	if root, err = parse(b); err != nil {
		return "", nil, err
	}
	all := root.all("Signature")
	if len(all) == 0 {
		return "", nil, sign.ErrNotSigned
	}
	name = resolve(path.Dir(name), all[len(all)-1].attrs["BaseLoc"])
	description, err = find(parts, name)
	if err != nil {
		return "", nil, sign.ErrTampered.With("part", "signatures").Because(err)
	}
	return path.Dir(name), description, nil
}

// resolve gives the name in the package of a place: from its root when it
// begins with a slash, otherwise from the folder where it is written.
func resolve(base, place string) string {
	if !strings.HasPrefix(place, "/") {
		place = "/" + base + "/" + place
	}
	return path.Clean(place)[1:]
}

// references checks the digest of every file that a signature covers.
func references(parts []part, base string, root *element) (int, error) {
	list := root.child("SignedInfo", "References")
	if m := list.attrs["CheckMethod"]; m != shangmi.OIDSM3.String() && m != "SM3" { // some write the name
		return 0, sign.ErrUnsupported.With("algorithm", m)
	}
	byName := map[string][]byte{}
	for _, p := range parts {
		byName[p.name] = p.data
	}
	seen := map[string]bool{}
	for _, ref := range list.all("Reference") {
		name := resolve(base, ref.attrs["FileRef"])
		want, err := base64.StdEncoding.DecodeString(ref.child("CheckValue").value())
		data, ok := byName[name]
		if err != nil || !ok || seen[name] || !bytes.Equal(want, shangmi.Sum(data)) {
			return 0, sign.ErrTampered.With("part", name)
		}
		seen[name] = true
	}
	return len(seen), nil
}
