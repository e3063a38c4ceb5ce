package remote

import (
	"bytes"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"tongban/platform/sign"
)

// What a message can be. Framed data and tokens have their purpose or type
// behind the colon, such as "data:paper" and "token:statuslist+jwt".
const (
	Data        = "data:"
	Token       = "token:"
	Checkpoint  = "checkpoint"  // of a log: origin, size, root
	PDF         = "pdf"         // attributes of a signature in a PDF file
	Seal        = "seal"        // an electronic seal, or its use on a document
	Certificate = "certificate" // for a key that is no authority
	Authority   = "authority"   // for a key that issues certificates
)

// Recognise tells what a message is from its bytes; ErrPurpose is that it is
// nothing that is signed here.
func Recognise(message []byte) (string, error) {
	if purpose, ok := sign.FramedPurpose(message); ok {
		return Data + purpose, nil
	}
	if len(message) == 0 {
		return "", ErrPurpose
	}
	switch {
	case sign.IsPDFAttributes(message):
		return PDF, nil
	case message[0] == 0x30:
		return recogniseDER(message)
	}
	if typ, ok := tokenType(message); ok {
		return Token + typ, nil
	}
	if isCheckpoint(message) {
		return Checkpoint, nil
	}
	return "", ErrPurpose
}

// tokenType reads the type in the header of what a token signs (RFC 7515 §5.1).
func tokenType(message []byte) (string, bool) {
	head, body, ok := bytes.Cut(message, []byte("."))
	if !ok || len(head) > 64<<10 || !isBase64URL(body) {
		return "", false
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(string(head))
	if err != nil {
		return "", false
	}
	var h struct {
		Algorithm string `json:"alg"`
		Type      string `json:"typ"`
	}
	if json.Unmarshal(raw, &h) != nil || h.Algorithm == "" || h.Algorithm == "none" {
		return "", false
	}
	return h.Type, h.Type != ""
}

func isBase64URL(b []byte) bool {
	for _, c := range b {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return true
}

// isCheckpoint: an origin, a size, the hash of a root, then lines of any text.
func isCheckpoint(message []byte) bool {
	if len(message) > 64<<10 || !utf8.Valid(message) || message[len(message)-1] != '\n' || bytes.Contains(message, []byte("\n\n")) {
		return false
	}
	lines := strings.Split(string(message), "\n")
	if len(lines) < 4 || lines[0] == "" {
		return false
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	root, bad := base64.StdEncoding.Strict().DecodeString(lines[2])
	return err == nil && size >= 0 && strconv.FormatInt(size, 10) == lines[1] && bad == nil && len(root) == 32
}

// recogniseDER tells certificates and seals apart.
func recogniseDER(message []byte) (string, error) {
	if c, err := readRequest(message); err == nil {
		if c.authority {
			return Authority, nil
		}
		return Certificate, nil
	}
	in := cryptobyte.String(message)
	var body, inner cryptobyte.String
	if !in.ReadASN1(&body, cbasn1.SEQUENCE) || !in.Empty() {
		return "", ErrPurpose
	}
	if body.PeekASN1Tag(cbasn1.INTEGER) { // TBS_Sign of GB/T 38540: version, the seal, time, digest
		var version int64
		var at, property cryptobyte.String
		var digest []byte
		if body.ReadASN1Integer(&version) && body.ReadASN1(&inner, cbasn1.SEQUENCE) && body.ReadASN1(&at, cbasn1.GeneralizedTime) &&
			body.ReadASN1BitStringAsBytes(&digest) && len(digest) == 32 && body.ReadASN1(&property, cbasn1.IA5String) {
			return Seal, nil
		}
		return "", ErrPurpose
	}
	var head, id cryptobyte.String // SES_SealInfo: header, identifier, properties, picture
	if body.ReadASN1(&head, cbasn1.SEQUENCE) && head.ReadASN1(&id, cbasn1.IA5String) && string(id) == "ES" {
		return Seal, nil
	}
	return "", ErrPurpose
}

// request is what is to be signed of a certificate (TBSCertificate of RFC 5280 §4.1).
type request struct {
	authority bool
	public    []byte // SubjectPublicKeyInfo
}

var oidBasicConstraints = asn1.ObjectIdentifier{2, 5, 29, 19}

func readRequest(message []byte) (r request, err error) {
	in := cryptobyte.String(message)
	var tbs, public, rest, list cryptobyte.String
	context := func(n uint8) cbasn1.Tag { return cbasn1.Tag(n).ContextSpecific().Constructed() }
	ok := in.ReadASN1(&tbs, cbasn1.SEQUENCE) && in.Empty() && tbs.SkipASN1(context(0)) && tbs.SkipASN1(cbasn1.INTEGER) &&
		tbs.SkipASN1(cbasn1.SEQUENCE) && tbs.SkipASN1(cbasn1.SEQUENCE) && tbs.SkipASN1(cbasn1.SEQUENCE) && tbs.SkipASN1(cbasn1.SEQUENCE) &&
		tbs.ReadASN1Element(&public, cbasn1.SEQUENCE) && tbs.ReadASN1(&rest, context(3)) && tbs.Empty() &&
		rest.ReadASN1(&list, cbasn1.SEQUENCE) && rest.Empty()
	if !ok {
		return r, ErrPurpose
	}
	r.public = public
	for !list.Empty() {
		var one, value, constraints cryptobyte.String
		var oid asn1.ObjectIdentifier
		if !list.ReadASN1(&one, cbasn1.SEQUENCE) || !one.ReadASN1ObjectIdentifier(&oid) || !one.SkipOptionalASN1(cbasn1.BOOLEAN) || !one.ReadASN1(&value, cbasn1.OCTET_STRING) {
			return r, ErrPurpose
		}
		if oid.Equal(oidBasicConstraints) {
			if !value.ReadASN1(&constraints, cbasn1.SEQUENCE) {
				return r, ErrPurpose
			}
			r.authority = constraints.PeekASN1Tag(cbasn1.BOOLEAN) // FALSE is never written in DER
		}
	}
	return r, nil
}
