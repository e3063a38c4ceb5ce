package number

import (
	"fmt"
	"strings"
)

// CertificateID is the identifier of one version of an electronic certificate (电子证照标识).
// Law: GB/T 36904-2018 — root 1.2.156.3005.2, type 21, issuer 18, serial, version 3, check 1, joined by dots.
type CertificateID struct {
	Type    string // 证照类型代码: the USCC of the defining authority and three more characters
	Issuer  USCC   // 颁发机构代码
	Serial  string // 流水号, unique under type and issuer; capitals and digits
	Version string // 版本号, three digits
}

const (
	certificateRoot = "1.2.156.3005.2."
	base36          = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	maxSerial       = 32
)

// String builds the identifier with its check character.
func (c CertificateID) String() string {
	return certificateRoot + c.Type + "." + string(c.Issuer) + "." + c.Serial + "." + c.Version + "." +
		string(mod37_36(c.Type+string(c.Issuer)+c.Serial+c.Version))
}

// NewCertificateID checks the parts and joins them.
func NewCertificateID(typ string, issuer USCC, serial string, version int) (CertificateID, error) {
	c := CertificateID{Type: typ, Issuer: issuer, Serial: serial, Version: fmt.Sprintf("%03d", version)}
	return c, c.check()
}

func (c CertificateID) check() error {
	if len(c.Type) != 21 || c.Serial == "" || len(c.Serial) > maxSerial || len(c.Version) != 3 {
		return Length
	}
	if !ascii(c.Type, base36) || !ascii(c.Serial, base36) || !ascii(c.Version, digits) {
		return Character
	}
	if _, err := ParseUSCC(c.Type[:18]); err != nil {
		return err
	}
	_, err := ParseUSCC(string(c.Issuer))
	return err
}

// ParseCertificateID reads an identifier and checks every part of it.
func ParseCertificateID(s string) (CertificateID, error) {
	s = strings.ToUpper(strings.TrimSpace(s))
	if s == "" {
		return CertificateID{}, Empty
	}
	rest, ok := strings.CutPrefix(s, certificateRoot)
	if !ok {
		return CertificateID{}, Kind
	}
	f := strings.Split(rest, ".")
	if len(f) != 5 || len(f[4]) != 1 {
		return CertificateID{}, Length
	}
	c := CertificateID{Type: f[0], Issuer: USCC(f[1]), Serial: f[2], Version: f[3]}
	if err := c.check(); err != nil {
		return CertificateID{}, err
	}
	if c.String() != s {
		return CertificateID{}, Check
	}
	return c, nil
}

// mod37_36 computes the check character of ISO/IEC 7064 MOD 37,36, the hybrid system over 36 characters.
func mod37_36(s string) byte {
	p := 36
	for i := 0; i < len(s); i++ {
		p = (p + strings.IndexByte(base36, s[i])) % 36
		if p == 0 {
			p = 36
		}
		p = p * 2 % 37
	}
	return base36[(37-p)%36]
}
