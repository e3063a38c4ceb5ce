package offers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"sync"
	"time"

	"tongban/gov/casework/people"
	"tongban/gov/casework/rights"
	"tongban/gov/catalogue"
	"tongban/gov/catalogue/caseflow"
	"tongban/platform/bpmn"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/forms"
)

// ErrFlow says that the flow of an item cannot be run.
var ErrFlow = fault.Internal("casework.flow")

// ErrManyParts refuses to make one case of a one thing: its parts become cases.
var ErrManyParts = fault.Conflict("casework.many_parts")

// Items gives what is needed to apply for an item. Versions never change.
type Items interface {
	Offer(ctx context.Context, region, code string) (*catalogue.Offer, error)
	OfferVersion(ctx context.Context, region, code string, version int) (*catalogue.Offer, error)
}

// Missing says that something has to be fetched before the transaction can run.
type Missing struct {
	Fetch func(ctx context.Context) error
}

// Error is for logs; Write never returns it.
func (m *Missing) Error() string { return "casework: something has to be fetched first" }

// Shelf keeps what never changes (items in one version, their flows) or
// changes rarely (names of offices, for a minute), so that a transaction finds
// it without asking anybody.
type Shelf struct {
	items   Items
	seats   people.Offices
	lists   forms.Sources
	mu      sync.Mutex
	offers  map[string]*Ready
	flows   map[string]*bpmn.Process // by the bytes of the model; many items share one
	orders  map[*bpmn.Process]*steps
	offices map[string]shelved
}

// Ready is an offer with its flow, ready to run.
type Ready struct {
	*catalogue.Offer
	Process *bpmn.Process
	fields  map[string]forms.Field // of its form
	order   *steps
	rights  map[string]rights.Step // by element
	Wanted  []string               // questions and fields that the flow mentions
	Lists   forms.Lists            // that its form takes answers from
}

type shelved struct {
	office people.Office
	known  bool
	at     time.Time
}

const (
	maxShelved    = 4096
	officesFreshS = 60
)

// NewShelf returns an empty shelf.
func NewShelf(items Items, offices people.Offices, lists forms.Sources) *Shelf {
	return &Shelf{items: items, seats: offices, lists: lists, offers: map[string]*Ready{}, flows: map[string]*bpmn.Process{}, orders: map[*bpmn.Process]*steps{}, offices: map[string]shelved{}}
}

func (h *Shelf) look(key string) *Ready {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.offers[key]
}

func offerKey(region, code string, version int) string {
	return fmt.Sprintf("%s/%s/%d", region, code, version)
}

// Stock parses the flow of an offer and keeps both.
func (h *Shelf) Stock(o *catalogue.Offer) (*Ready, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	key := offerKey(o.Region, o.Code, o.Version)
	if st := h.offers[key]; st != nil {
		return st, nil
	}
	p := h.flows[string(o.Flow)]
	if p == nil && o.Bundle != nil {
		p, h.orders[p] = &bpmn.Process{}, &steps{} // its parts have flows; it has none
	}
	if p == nil {
		m, err := bpmn.Parse(bytes.NewReader(o.Flow))
		if err != nil {
			return nil, ErrFlow.Because(err)
		}
		if p = m.Process(""); p == nil {
			return nil, ErrFlow.Because(fmt.Errorf("item %s has no executable process", o.Code))
		}
		order, err := readSteps(o.Flow)
		if err != nil {
			return nil, ErrFlow.Because(err)
		}
		h.flows[string(o.Flow)], h.orders[p] = p, order
	}
	if len(h.offers) >= maxShelved {
		clear(h.offers)
	}
	st := &Ready{Offer: o, Process: p, order: h.orders[p], fields: map[string]forms.Field{}, rights: map[string]rights.Step{}}
	for _, t := range caseflow.UserTasks(p) {
		st.rights[t.ID] = rights.Of(t.Attrs)
	}
	for _, f := range o.Form.Fields() {
		st.fields[f.ID] = f
	}
	named := map[string]bool{}
	for _, e := range expressions.FindAll(o.Flow, -1) {
		for _, word := range words.FindAll(e, -1) {
			named[string(word)] = true
		}
	}
	for _, id := range o.Decisions.Inputs() {
		named[id] = true
	}
	for _, id := range st.AnswerIDs() {
		if named[id] {
			st.Wanted = append(st.Wanted, id)
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

// Offer gives the item of a case from the shelf, or asks for it to be fetched.
func (h *Shelf) Offer(region, code string, version int) (*Ready, error) {
	if st := h.look(offerKey(region, code, version)); st != nil {
		if lists, ok := h.lists.Last(st.Form); ok {
			return st.with(lists), nil
		}
	}
	return nil, &Missing{func(ctx context.Context) error {
		_, err := h.Fetch(ctx, region, code, version)
		return err
	}}
}

// Fetch gets an item in one version, and shelves it.
func (h *Shelf) Fetch(ctx context.Context, region, code string, version int) (*Ready, error) {
	st := h.look(offerKey(region, code, version))
	if st == nil {
		o, err := h.items.OfferVersion(ctx, region, code, version)
		if err != nil {
			return nil, err
		}
		if st, err = h.Stock(o); err != nil {
			return nil, err
		}
	}
	lists, err := h.lists.Lists(ctx, st.Form)
	return st.with(lists), err
}

// with adds the lists as they are now; what is on the shelf stays as it is.
func (o *Ready) with(lists forms.Lists) *Ready {
	if len(lists) == 0 {
		return o
	}
	out := *o
	out.Lists = lists
	return &out
}

// Office finds an office by code or name. known is false when there is none.
func (h *Shelf) Office(region, name string) (o people.Office, known bool, err error) {
	key := region + "/" + name
	h.mu.Lock()
	e, ok := h.offices[key]
	h.mu.Unlock()
	if ok && clock.Elapsed(e.at) < officesFreshS*time.Second {
		return e.office, e.known, nil
	}
	return people.Office{}, false, &Missing{func(ctx context.Context) error {
		o, err := h.seats.Office(ctx, region, name)
		if err != nil && !fault.IsKind(err, fault.KindNotFound) && !fault.IsKind(err, fault.KindInvalid) {
			return err
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		if len(h.offices) >= maxShelved {
			clear(h.offices)
		}
		h.offices[key] = shelved{office: o, known: err == nil, at: clock.Start()}
		return nil
	}}
}

// Write runs f in one transaction. Every decision in f rests on rows that f
// then updates under the version that it read, so two transactions on one case
// cannot both commit; who loses runs again and sees what the other did. That is
// what Tidy asks for, and why cases side by side never wait for each other.
//
// When f needs something that is read outside (an item, an office) it fails
// with *Missing; then that is fetched and f runs again. Because: reading another
// connection inside a transaction could starve, all connections being held by
// transactions that wait for one.
func Write(ctx context.Context, d *db.DB, f func(tx *db.Tx) error) error {
	for try := 0; ; try++ {
		err := d.Tidy(ctx, f)
		var m *Missing
		switch {
		case err == nil || try == maxTries:
			return err
		case errors.As(err, &m):
			if err := m.Fetch(ctx); err != nil {
				return err
			}
		case !errors.Is(err, db.ErrStale):
			return err
		}
	}
}

// maxTries bounds how often a transaction runs again because another one on
// the same case came first.
const maxTries = 40
