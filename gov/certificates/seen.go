package certificates

import (
	"strconv"
	"sync"

	"tongban/gov/certificates/members"
)

// cover reads the signed bytes as far as a check shows them: everything but the
// lists, which take longest to read. Bytes that are not as canonical wrote them
// are read in full.
func (r record) cover() (Paper, error) {
	var p Paper
	if !members.Each(r.data, p.member) {
		return r.paper()
	}
	return p, nil
}

// member takes one member of the signed bytes.
func (p *Paper) member(name, value string) (err error) {
	switch name {
	case "region":
		p.Region, err = members.Text(value)
	case "id":
		p.ID, err = members.Text(value)
	case "kind":
		value, err = members.Text(value)
		p.Kind = Kind(value)
	case "code":
		p.Code, err = members.Text(value)
	case "number":
		p.Number, err = members.Text(value)
	case "case":
		p.Case, err = members.Text(value)
	case "item_name":
		p.ItemName, err = members.Text(value)
	case "issuer":
		p.Issuer, err = members.Text(value)
	case "issuer_name":
		p.IssuerName, err = members.Text(value)
	case "holder_name":
		p.HolderName, err = members.Text(value)
	case "holder_number":
		p.HolderNumber, err = members.Text(value)
	case "title":
		p.Title, err = members.Text(value)
	case "type":
		p.Type, err = members.Text(value)
	case "identifier":
		p.Identifier, err = members.Text(value)
	case "predecessor":
		p.Predecessor, err = members.Text(value)
	case "version":
		p.Version, err = strconv.Atoi(value)
	case "issued_at":
		err = p.IssuedAt.UnmarshalJSON([]byte(value))
	case "granted":
		err = p.Granted.UnmarshalJSON([]byte(value))
	case "valid_from":
		err = p.ValidFrom.UnmarshalJSON([]byte(value))
	case "valid_until":
		err = p.ValidUntil.UnmarshalJSON([]byte(value))
	case "grade":
		p.Grade, err = members.Text(value)
	case "copy_of":
		err = p.copyOf(value)
	}
	return err
}

// seen remembers papers whose signature was good, with the bytes it was good
// for: a code on a wall is checked again and again. Whatever differs by one byte
// is checked anew; what became of the paper is always read from its row.
type seen struct {
	mu   sync.Mutex
	list map[string]proof // by id
}

type proof struct {
	data, signature, keyID string
	paper                  Paper
}

const maxSeen = 1024

func (s *seen) look(r record) (Paper, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.list[r.id]
	return p.paper, ok && p.data == r.data && p.signature == r.signature && p.keyID == r.keyID
}

func (s *seen) keep(r record, p Paper) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.list == nil || len(s.list) >= maxSeen {
		s.list = map[string]proof{}
	}
	s.list[r.id] = proof{r.data, r.signature, r.keyID, p}
}
