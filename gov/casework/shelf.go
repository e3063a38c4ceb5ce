package casework

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"

	"tongban/gov/catalogue"
	"tongban/platform/bpmn"
	"tongban/platform/clock"
	"tongban/platform/fault"
	"tongban/platform/forms"
)

// missing says that something has to be fetched before the transaction can run.
type missing struct {
	fetch func(ctx context.Context) error
}

// Error is for logs; write never returns it.
func (m *missing) Error() string { return "casework: something has to be fetched first" }

// shelf keeps what never changes (items in one version, their flows) or
// changes rarely (names of offices, for a minute), so that a transaction finds
// it without asking anybody.
type shelf struct {
	mu      sync.Mutex
	offers  map[string]*stocked
	flows   map[string]*bpmn.Process // by the bytes of the model; many items share one
	offices map[string]shelved
}

// stocked is an offer with its flow, ready to run.
type stocked struct {
	*catalogue.Offer
	process *bpmn.Process
	fields  map[string]forms.Field // of its form
	wanted  []string               // questions and fields that the flow mentions
}

type shelved struct {
	office Office
	known  bool
	at     time.Time
}

const (
	maxShelved    = 4096
	officesFreshS = 60
)

func newShelf() *shelf {
	return &shelf{offers: map[string]*stocked{}, flows: map[string]*bpmn.Process{}, offices: map[string]shelved{}}
}

func (h *shelf) offer(key string) *stocked {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.offers[key]
}

func offerKey(region, code string, version int) string {
	return fmt.Sprintf("%s/%s/%d", region, code, version)
}

// stock parses the flow of an offer and keeps both.
func (h *shelf) stock(o *catalogue.Offer) (*stocked, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	key := offerKey(o.Region, o.Code, o.Version)
	if st := h.offers[key]; st != nil {
		return st, nil
	}
	p := h.flows[string(o.Flow)]
	if p == nil {
		m, err := bpmn.Parse(bytes.NewReader(o.Flow))
		if err != nil {
			return nil, ErrFlow.Because(err)
		}
		if p = m.Process(""); p == nil {
			return nil, ErrFlow.Because(fmt.Errorf("item %s has no executable process", o.Code))
		}
		h.flows[string(o.Flow)] = p
	}
	if len(h.offers) >= maxShelved {
		clear(h.offers)
	}
	st := &stocked{Offer: o, process: p, fields: map[string]forms.Field{}}
	for _, f := range o.Form.Fields() {
		st.fields[f.ID] = f
	}
	named := map[string]bool{}
	for _, e := range expressions.FindAll(o.Flow, -1) {
		for _, word := range words.FindAll(e, -1) {
			named[string(word)] = true
		}
	}
	for _, id := range st.answerIDs() {
		if named[id] {
			st.wanted = append(st.wanted, id)
		}
	}
	h.offers[key] = st
	return st, nil
}

// Only what expressions name goes into the flow. Because: its state is written
// at every step, and the less of a person it holds the better.
var (
	expressions = regexp.MustCompile(`[$#]\{[^<"]*`)
	words       = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*`)
)

// offer gives the item of a case from the shelf, or asks for it to be fetched.
func (s *Service) offer(region, code string, version int) (*stocked, error) {
	if st := s.cold.offer(offerKey(region, code, version)); st != nil {
		return st, nil
	}
	return nil, &missing{func(ctx context.Context) error {
		_, err := s.fetchOffer(ctx, region, code, version)
		return err
	}}
}

// fetchOffer gets an item in one version, and shelves it.
func (s *Service) fetchOffer(ctx context.Context, region, code string, version int) (*stocked, error) {
	if st := s.cold.offer(offerKey(region, code, version)); st != nil {
		return st, nil
	}
	o, err := s.Items.OfferVersion(ctx, region, code, version)
	if err != nil {
		return nil, err
	}
	return s.cold.stock(o)
}

// office finds an office by code or name. known is false when there is none.
func (s *Service) office(region, name string) (o Office, known bool, err error) {
	key := region + "/" + name
	s.cold.mu.Lock()
	e, ok := s.cold.offices[key]
	s.cold.mu.Unlock()
	if ok && clock.Elapsed(e.at) < officesFreshS*time.Second {
		return e.office, e.known, nil
	}
	return Office{}, false, &missing{func(ctx context.Context) error {
		o, err := s.Offices.Office(ctx, region, name)
		if err != nil && !fault.IsKind(err, fault.KindNotFound) && !fault.IsKind(err, fault.KindInvalid) {
			return err
		}
		s.cold.mu.Lock()
		defer s.cold.mu.Unlock()
		if len(s.cold.offices) >= maxShelved {
			clear(s.cold.offices)
		}
		s.cold.offices[key] = shelved{office: o, known: err == nil, at: clock.Start()}
		return nil
	}}
}

// isCode tells whether s looks like a unified code rather than a name.
func isCode(s string) bool {
	if len(s) != 18 {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool { return !(r >= '0' && r <= '9' || r >= 'A' && r <= 'Z') }) < 0
}
