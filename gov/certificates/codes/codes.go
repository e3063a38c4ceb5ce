package codes

import (
	"bytes"
	"compress/flate"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"
)

// Claims are what a certificate says, in short. The JSON is what is signed:
// names and meanings never change.
type Claims struct {
	Code       string      `json:"c"` // for checking, twelve characters
	Kind       string      `json:"k"`
	Title      string      `json:"t"`
	Number     string      `json:"n"`
	Identifier string      `json:"x,omitempty"`
	Issuer     string      `json:"i"` // unified code of the office
	IssuerName string      `json:"in"`
	Holder     string      `json:"h"`
	HolderCode string      `json:"hn,omitempty"`
	Item       string      `json:"s,omitempty"` // name of the item
	Issued     int64       `json:"d"`           // seconds since 1970
	From       int64       `json:"df,omitempty"`
	Until      int64       `json:"du,omitempty"`
	Grade      string      `json:"g,omitempty"` // trust grade as signed
	Fields     [][2]string `json:"f,omitempty"` // label and value
	Left       int         `json:"o,omitempty"` // how many fields were left out
	Data       []byte      `json:"p"`           // first 16 bytes of the SHA-256 of the signed data
}

// Bare are the claims without fields.
func (c Claims) Bare() Claims {
	c.Left += len(c.Fields)
	c.Fields = nil
	return c
}

// letters may stand in a QR code without taking the room of a byte, and after
// the # of an address.
const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*+-./:"

// What codes begin with.
const (
	signedMark = "T1"
	digestMark = "D1"
)

// The refusals.
var (
	ErrCode = errors.New("codes: not a code of a certificate, or not whole")
)

// Bounds of what is read.
const (
	maxLetters = 4300 // what the largest code holds
	maxClaims  = 64 << 10
	keySize    = 8
)

// message separates claims from everything else that the key signs.
func message(claims []byte) []byte { return append([]byte(messageMark), claims...) }

const messageMark = "tongban claims v1\n"

// IssuedAt reads when unproved claims say that they were issued: of what Open
// hands to be checked.
func IssuedAt(message []byte) time.Time {
	var c struct {
		At int64 `json:"d"`
	}
	if json.Unmarshal(bytes.TrimPrefix(message, []byte(messageMark)), &c) != nil {
		return time.Time{}
	}
	return time.Unix(c.At, 0)
}

// Key is the key that a code claims to be signed with, before anything is
// checked; "" when it cannot be read.
func Key(b []byte) string {
	_, key, _ := Open(b, func(string, []byte, []byte) error { return ErrCode })
	return key
}

// Sign writes the claims with their signature. The key is named by sixteen
// hexadecimal digits.
func (c Claims) Sign(key string, sign func([]byte) ([]byte, error)) (string, error) {
	id, err := hex.DecodeString(key)
	if err != nil || len(id) != keySize {
		return "", ErrCode
	}
	claims, err := json.Marshal(c)
	if err != nil {
		return "", err
	}
	signature, err := sign(message(claims))
	if err != nil || len(signature) != ed25519.SignatureSize {
		return "", errors.Join(ErrCode, err)
	}
	packed := bytes.NewBuffer(append(id, signature...))
	z, err := flate.NewWriter(packed, flate.BestCompression)
	if err != nil {
		return "", err
	}
	if _, err := z.Write(claims); err != nil {
		return "", err
	}
	if err := z.Close(); err != nil {
		return "", err
	}
	return signedMark + spell(packed.Bytes()), nil
}

// DataDigest is what claims hold of the signed data.
func DataDigest(data []byte) []byte {
	sum := sha256.Sum256(data)
	return sum[:16]
}

// Digest is what stands in a code that has no room for claims.
func Digest(data []byte) string { return digestMark + spell(DataDigest(data)) }

// spell writes bytes in letters, three for two.
func spell(b []byte) string {
	var s strings.Builder
	for i := 0; i < len(b); i += 2 {
		n, places := int(b[i]), 2
		if i+1 < len(b) {
			n, places = n<<8|int(b[i+1]), 3
		}
		for range places {
			s.WriteByte(letters[n%len(letters)])
			n /= len(letters)
		}
	}
	return s.String()
}

// unspell is the way back; false for what spell does not write.
func unspell(s string) ([]byte, bool) {
	if len(s)%3 == 1 || len(s) > maxLetters {
		return nil, false
	}
	out := make([]byte, 0, len(s)/3*2+1)
	for len(s) > 0 {
		n := min(3, len(s))
		value := 0
		for i := n - 1; i >= 0; i-- {
			at := strings.IndexByte(letters, s[i])
			if at < 0 {
				return nil, false
			}
			value = value*len(letters) + at
		}
		switch {
		case n == 3 && value < 1<<16:
			out = append(out, byte(value>>8), byte(value))
		case n == 2 && value < 1<<8:
			out = append(out, byte(value))
		default:
			return nil, false
		}
		s = s[n:]
	}
	return out, true
}

// part is what of a scanned text holds claims: all of it, or what follows the #
// of an address. Messages break long lines: white space says nothing.
func part(s string) string {
	s = s[strings.LastIndexByte(s, '#')+1:]
	return strings.Join(strings.Fields(s), "")
}

// Looks tells whether a text could be what a code of a certificate says.
func Looks(b []byte) bool {
	if len(b) > maxLetters+2000 || bytes.ContainsAny(b, "{}") || bytes.ContainsAny(bytes.TrimSpace(b[:bytes.LastIndexByte(b, '#')+1]), " \n\t") {
		return false
	}
	s := part(string(b))
	return strings.HasPrefix(s, signedMark) || strings.HasPrefix(s, digestMark)
}

// OnlyDigest tells whether a code holds a digest and no claims.
func OnlyDigest(b []byte) bool { return strings.HasPrefix(part(string(b)), digestMark) }

// Open reads what a code says. The claims are nobody's until check has found
// the signature good.
func Open(b []byte, check func(key string, message, signature []byte) error) (c Claims, key string, err error) {
	s, ok := strings.CutPrefix(part(string(b)), signedMark)
	if !ok {
		return c, "", ErrCode
	}
	raw, ok := unspell(s)
	if !ok || len(raw) <= keySize+ed25519.SignatureSize {
		return c, "", ErrCode
	}
	key = hex.EncodeToString(raw[:keySize])
	signature, packed := raw[keySize:keySize+ed25519.SignatureSize], raw[keySize+ed25519.SignatureSize:]
	in := bytes.NewReader(packed)
	claims, err := io.ReadAll(io.LimitReader(flate.NewReader(in), maxClaims+1))
	if err != nil || len(claims) > maxClaims || in.Len() > 0 {
		return c, key, ErrCode
	}
	if err := check(key, message(claims), signature); err != nil {
		return c, key, err
	}
	if err := json.Unmarshal(claims, &c); err != nil {
		return c, key, ErrCode
	}
	if again, err := json.Marshal(c); err != nil || !bytes.Equal(again, claims) || c.Code == "" || len(c.Data) != 16 {
		return Claims{}, key, ErrCode
	}
	return c, key, nil
}
