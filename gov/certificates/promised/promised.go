package promised

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"

	"tongban/gov/certificates/codes"
	"tongban/gov/certificates/pages"
	"tongban/platform/jws"
	"tongban/platform/ofd"
	"tongban/platform/pdf"
	"tongban/platform/pdf/content"
	"tongban/platform/sdjwt"
	"tongban/platform/sign"
	"tongban/platform/sign/shangmi"
)

// Check tells whether a key signed a message.
type Check func(key string, message, signature []byte) bool

// Enclosed is what a file carries inside: the signed data under their name.
type Enclosed struct {
	Name string
	Data []byte
	// Vouched checks what the key of the data says of the whole file: Message gives
	// what is signed of a digest.
	Check   Check
	Message func(digest []byte) []byte
}

func (e Enclosed) whole(vouch, digest []byte) error {
	key, signature, _ := bytes.Cut(vouch, []byte(":"))
	if !e.Check(string(key), e.Message(digest), signature) {
		return errors.New("the key of the data does not vouch for the file")
	}
	return nil
}

func (e Enclosed) inside(data []byte, err error) error {
	if err != nil || !bytes.Equal(data, e.Data) {
		return errors.Join(errors.New("the signed data inside are not those of the record"), err)
	}
	return nil
}

// Token compares a signed token with the payload that it should carry.
func Token(b []byte, key crypto.PublicKey, typ string, payload []byte) error {
	t, err := jws.Parse(b)
	if err != nil {
		return err
	}
	if err := t.Verify(key); err != nil {
		return err
	}
	if t.Type != typ || !bytes.Equal(t.Payload, payload) {
		return errors.New("the token says something else")
	}
	return nil
}

// PDF compares a signed PDF, read by whoever checks files: by the certificate that
// should have signed it, over every byte. Its pages are compared by package pages.
func PDF(b []byte, read func([]byte) (sign.PDFReport, error), by *x509.Certificate, e Enclosed) error {
	r, err := read(b)
	if err != nil {
		return err
	}
	if !r.WholeDocument || r.Certificate == nil || !r.Certificate.Equal(by) {
		return errors.New("the signature is not over the whole file, or by another certificate")
	}
	if err := e.inside(content.Attached(b, e.Name)); err != nil {
		return err
	}
	return e.whole(r.Vouch, r.Digest)
}

// OFD compares a sealed OFD: by the authority of the seal, over every byte, with
// its metadata, everything that the pages promise, and the photographs.
func OFD(b []byte, root *shangmi.Certificate, e Enclosed, entries []ofd.Entry, paper pages.Paper, photos map[string]pdf.Picture) error {
	r, err := ofd.Verify(b, []*shangmi.Certificate{root})
	if err != nil {
		return err
	}
	file, err := ofd.Open(b)
	if err != nil {
		return err
	}
	if err := e.inside(file.Attachment(e.Name)); err != nil {
		return err
	}
	if err := e.whole(r.Vouch, r.Digest); err != nil {
		return err
	}
	if !reflect.DeepEqual(file.Entries, entries) {
		return errors.New("the metadata are not those of the record")
	}
	text, err := file.Text()
	if err != nil {
		return err
	}
	if what := paper.Lacks(text, photos); what != "" {
		return fmt.Errorf("%s is missing on the pages of the OFD", what)
	}
	for key, picture := range photos {
		if !file.Holds(picture.JPEG) {
			return fmt.Errorf("photograph %s is not in the OFD", key)
		}
	}
	return nil
}

// Code compares what a printed code says with the claims that it should.
func Code(letters string, want codes.Claims, check Check) error {
	said, _, err := codes.Open([]byte(letters), func(key string, message, signature []byte) error {
		if !check(key, message, signature) {
			return errors.New("the signature of the code is not good")
		}
		return nil
	})
	if err != nil {
		return err
	}
	return same(said, want)
}

// Credential compares an SD-JWT with the claims that were put into it, hidden ones
// included.
func Credential(token string, key crypto.PublicKey, want sdjwt.Claims, typ string, now time.Time) error {
	r, err := sdjwt.Verify(token, sdjwt.Check{Key: func(sdjwt.Header) (crypto.PublicKey, error) { return key, nil }, Types: []string{typ}, Now: now, Loose: true})
	if err != nil {
		return err
	}
	flat := map[string]any{}
	for k, v := range want {
		if h, hidden := v.(sdjwt.Hidden); hidden {
			v = h.Value
		}
		flat[k] = v
	}
	return same(r.Claims, flat)
}

// same compares by what stands in JSON: numbers and times have one spelling there.
func same(said, want any) error {
	a, err := spelt(said)
	if err != nil {
		return err
	}
	b, err := spelt(want)
	if err != nil {
		return err
	}
	if !bytes.Equal(a, b) {
		return errors.New("the claims are not those of the record")
	}
	return nil
}

func spelt(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var plain any
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(&plain); err != nil {
		return nil, err
	}
	return json.Marshal(plain) // members in order
}
