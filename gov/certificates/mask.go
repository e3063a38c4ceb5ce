package certificates

import "tongban/gov/certificates/mask"

// Masked is the paper as strangers may see it: what was issued, by whom, until
// when, and just enough of the holder to recognise him.
//
// Law: 个人信息保护法 art. 6: no more than the purpose needs; a check needs to
// match a face with a paper, not to learn a number.
func (p Paper) Masked() Paper {
	m := p
	m.Owners, m.Fields, m.Text, m.Case = nil, nil, nil, ""
	if !mask.Organisation(p.HolderNumber) { // names and codes of organisations are public
		m.HolderName, m.HolderNumber = MaskName(p.HolderName), MaskNumber(p.HolderNumber)
	}
	return m
}

// MaskName and MaskNumber are those of package mask.
func MaskName(name string) string { return mask.Name(name) }

// MaskNumber hides the middle of an identity number.
func MaskNumber(number string) string { return mask.Number(number) }
