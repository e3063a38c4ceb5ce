// Package identifier makes, reads and checks the identifier (证照标识) by which a
// certificate is known in the whole country.
//
// # Purpose
//
// A name for a certificate that two offices which never spoke cannot give to two
// certificates, and in which a slip of the pen shows.
//
// # Law
//
// GB/T 36904-2018: the root 1.2.156.3005.2, the type code (unified code of the
// office that defines the type and three characters), the unified code of the
// office that issues, a serial number, a version and a check character by
// ISO/IEC 7064 MOD 37,36 over all of them, dots and root left out.
//
// # Words
//
// Identifier (证照标识), type (证照类型代码), issuer (颁发机构代码), serial (流水号),
// version (版本号): counts the renewals and changes of one certificate.
package identifier

import (
	"fmt"
	"strings"

	"tongban/platform/fault"
)

// Root opens every identifier.
const Root = "1.2.156.3005.2."

// Lengths of the parts, in characters.
const (
	typeLength    = 21
	issuerLength  = 18
	maxSerial     = 64
	versionLength = 3
)

// MaxVersion is the last version that three digits can say.
const MaxVersion = 999

// ErrIdentifier refuses what is no identifier; its detail "part" names what is
// wrong: root, parts, type, issuer, serial, version or check.
var ErrIdentifier = fault.Invalid("certificates.identifier")

// Identifier is one certificate in one version.
type Identifier struct {
	Type    string // 21 characters
	Issuer  string // unified code, 18 characters
	Serial  string // digits and capital letters, at most 64
	Version int    // 1 to 999
}

// String is the identifier as it is printed and exchanged.
func (i Identifier) String() string {
	version := fmt.Sprintf("%03d", i.Version)
	return Root + i.Type + "." + i.Issuer + "." + i.Serial + "." + version + "." + string(check(i.Type+i.Issuer+i.Serial+version))
}

// Check tells which part cannot be written, if any.
func (i Identifier) Check() error {
	switch {
	case len(i.Type) != typeLength || !plain(i.Type):
		return ErrIdentifier.With("part", "type")
	case len(i.Issuer) != issuerLength || !plain(i.Issuer):
		return ErrIdentifier.With("part", "issuer")
	case i.Serial == "" || len(i.Serial) > maxSerial || !plain(i.Serial):
		return ErrIdentifier.With("part", "serial")
	case i.Version < 1 || i.Version > MaxVersion:
		return ErrIdentifier.With("part", "version")
	}
	return nil
}

// Parse reads an identifier and checks its check character.
func Parse(s string) (Identifier, error) {
	rest, ok := strings.CutPrefix(s, Root)
	if !ok {
		return Identifier{}, ErrIdentifier.With("part", "root")
	}
	parts := strings.Split(rest, ".")
	if len(parts) != 5 {
		return Identifier{}, ErrIdentifier.With("part", "parts")
	}
	i := Identifier{Type: parts[0], Issuer: parts[1], Serial: parts[2]}
	if len(parts[3]) != versionLength || strings.Trim(parts[3], "0123456789") != "" {
		return i, ErrIdentifier.With("part", "version")
	}
	i.Version = int(parts[3][0]-'0')*100 + int(parts[3][1]-'0')*10 + int(parts[3][2]-'0')
	if err := i.Check(); err != nil {
		return i, err
	}
	if i.String() != s {
		return i, ErrIdentifier.With("part", "check")
	}
	return i, nil
}

// Next is the same certificate in its next version.
func (i Identifier) Next() (Identifier, error) {
	i.Version++
	return i, i.Check()
}

// Looks tells whether s could be meant as an identifier, for choosing where to
// look it up.
func Looks(s string) bool { return strings.HasPrefix(s, Root) }

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

func plain(s string) bool { return strings.Trim(s, alphabet) == "" }

// check is the check character of ISO/IEC 7064 MOD 37,36; s consists of digits
// and capital letters.
func check(s string) byte {
	p := 36
	for _, c := range []byte(s) {
		p += strings.IndexByte(alphabet, c)
		if p %= 36; p == 0 {
			p = 36
		}
		p = p * 2 % 37
	}
	return alphabet[(37-p)%36]
}

// RegionOf is the region in the unified code of an office: the division of the
// authority that registered it (GB 32100, characters 3 to 8); "" when it is none.
func RegionOf(office string) string {
	if len(office) != 18 || strings.Trim(office[2:8], "0123456789") != "" {
		return ""
	}
	return office[2:8]
}
