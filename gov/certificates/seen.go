package certificates

import (
	"encoding/json"
	"strconv"
	"strings"
	"sync"
)

// cover reads the signed bytes as far as a check shows them: everything but the
// lists, which take longest to read. Bytes that are not as canonical wrote them
// are read in full.
func (r record) cover() (Paper, error) {
	var p Paper
	if !members(r.data, p.member) {
		return r.paper()
	}
	return p, nil
}

// member takes one member of the signed bytes.
func (p *Paper) member(name, value string) (err error) {
	switch name {
	case "region":
		p.Region, err = plainText(value)
	case "id":
		p.ID, err = plainText(value)
	case "kind":
		var kind string
		kind, err = plainText(value)
		p.Kind = Kind(kind)
	case "code":
		p.Code, err = plainText(value)
	case "number":
		p.Number, err = plainText(value)
	case "case":
		p.Case, err = plainText(value)
	case "item_name":
		p.ItemName, err = plainText(value)
	case "issuer":
		p.Issuer, err = plainText(value)
	case "issuer_name":
		p.IssuerName, err = plainText(value)
	case "holder_name":
		p.HolderName, err = plainText(value)
	case "holder_number":
		p.HolderNumber, err = plainText(value)
	case "title":
		p.Title, err = plainText(value)
	case "type":
		p.Type, err = plainText(value)
	case "identifier":
		p.Identifier, err = plainText(value)
	case "predecessor":
		p.Predecessor, err = plainText(value)
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
		p.Grade, err = plainText(value)
	case "copy_of":
		err = p.copyOf(value)
	}
	return err
}

// members calls each with the name and the bytes of every member of a JSON
// object without white space; false when it is none, or each fails.
func members(s string, each func(name, value string) error) bool {
	s, ok := strings.CutPrefix(s, "{")
	for ok {
		name, rest, found := strings.Cut(s, `":`)
		n := length(rest)
		if !found || n == 0 || !strings.HasPrefix(name, `"`) || each(name[1:], rest[:n]) != nil {
			return false
		}
		if rest[n:] == "}" {
			return true
		}
		s, ok = strings.CutPrefix(rest[n:], ",")
	}
	return false
}

// length is how long the JSON value at the beginning of s is; 0 when it does not end.
func length(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			i += quoted(s[i:]) - 1
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		if depth == 0 && (i+1 >= len(s) || s[i+1] == ',' || s[i+1] == '}') {
			return min(i+1, len(s))
		}
		if depth < 0 {
			return 0
		}
	}
	return 0
}

// quoted is how long the JSON string at the beginning of s is; more than s when
// it does not end.
func quoted(s string) int {
	for i := 1; i < len(s); i++ {
		n := strings.IndexByte(s[i:], '"')
		if n < 0 {
			break
		}
		if i += n; s[i-1] != '\\' || escaped(s[:i]) {
			return i + 1
		}
	}
	return len(s) + 1
}

// escaped tells whether the backslashes at the end of s are characters themselves.
func escaped(s string) bool {
	return (len(s)-len(strings.TrimRight(s, `\`)))%2 == 0
}

// plainText decodes a JSON string.
func plainText(value string) (text string, err error) {
	if len(value) >= 2 && value[0] == '"' && !strings.Contains(value, `\`) {
		return value[1 : len(value)-1], nil
	}
	return text, json.Unmarshal([]byte(value), &text)
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
