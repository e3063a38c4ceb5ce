package certificates

import (
	"time"

	"tongban/gov/certificates/mask"
	"tongban/gov/certificates/metadata"
)

// GrantedOn is the day on which the certificate was issued: of one from the stock
// that on the original, not the moment at which its data were signed.
func (p Paper) GrantedOn() time.Time {
	if !p.Granted.IsZero() {
		return p.Granted
	}
	return p.IssuedAt
}

// described is what the metadata of a paper are made of. Its seal has the name of
// the office, in OFD too.
func (p Paper) described() metadata.Paper {
	d := metadata.Paper{Name: p.TypeName, Type: p.Type, Number: p.Number, Identifier: p.Identifier, Issuer: p.Issuer, IssuerName: p.IssuerName, Seal: p.IssuerName,
		Holder: p.HolderName, HolderNumber: p.HolderNumber, Organisation: mask.Organisation(p.HolderNumber), Granted: p.GrantedOn(), From: p.ValidFrom, Until: p.ValidUntil, Issued: p.IssuedAt}
	if d.Name == "" {
		d.Name = p.Title
	}
	if p.CopyOf != nil {
		d.Copy, d.Purpose = true, p.CopyOf.Purpose
	}
	for _, f := range p.Fields {
		d.Fields = append(d.Fields, [2]string{f.Key, f.Value})
	}
	return d
}
