package certificates

import (
	"encoding/json"
	"strconv"
	"strings"
	"sync"
	"time"
)

// cover reads the signed bytes as far as a check shows them: everything but the
// lists, which take longest to read. Bytes that are not as canonical wrote them
// are read in full.
func (r record) cover() (Paper, error) {
	var p Paper
	texts := map[string]*string{"region": &p.Region, "id": &p.ID, "kind": (*string)(&p.Kind), "code": &p.Code, "number": &p.Number, "case": &p.Case,
		"item_name": &p.ItemName, "issuer": &p.Issuer, "issuer_name": &p.IssuerName, "holder_name": &p.HolderName, "holder_number": &p.HolderNumber, "title": &p.Title, "identifier": &p.Identifier, "predecessor": &p.Predecessor}
	times := map[string]*time.Time{"issued_at": &p.IssuedAt, "valid_from": &p.ValidFrom, "valid_until": &p.ValidUntil}
	ok := members(r.data, func(name, value string) (err error) {
		if to := texts[name]; to != nil {
			*to, err = plainText(value)
		} else if to := times[name]; to != nil {
			err = to.UnmarshalJSON([]byte(value))
		} else if name == "version" {
			p.Version, err = strconv.Atoi(value)
		}
		return err
	})
	if !ok {
		return r.paper()
	}
	return p, nil
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
			for i++; i < len(s) && s[i] != '"'; i++ {
				if s[i] == '\\' {
					i++
				}
			}
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
