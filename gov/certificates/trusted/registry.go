package trusted

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"tongban/gov/certificates"
	"tongban/platform/auth"
	"tongban/platform/authz"
	"tongban/platform/db"
)

// registry is the trust list as it counts: what is entered here, then what
// followed lists say.
type registry struct {
	stamp string
	nodes []Node // one a site, proposals left out
	byKey map[string]int
	open  []Node // proposals
	lists []Followed
}

func (s *Service) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept = nil
}

// registry reads the list; one look at the database tells whether what is in
// memory still holds, so that a node that was removed is removed everywhere.
func (s *Service) registry(ctx context.Context) (*registry, error) {
	now, err := stamp(ctx, s.DB, s.Region)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept != nil && s.kept.stamp == now {
		return s.kept, nil
	}
	r, err := s.read(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	r.stamp = now
	s.kept = r
	return r, nil
}

func (s *Service) read(ctx context.Context, reader db.Reader) (*registry, error) {
	own, err := allNodes(ctx, reader, s.Region)
	if err != nil {
		return nil, err
	}
	r := &registry{byKey: map[string]int{}}
	mine := map[string]bool{}
	for _, n := range own {
		switch {
		case n.State == Proposed:
			r.open = append(r.open, n)
		case !mine[n.ID]:
			mine[n.ID] = true
			r.nodes = append(r.nodes, n)
		}
	}
	if r.lists, err = allLists(ctx, reader, s.Region); err != nil {
		return nil, err
	}
	for _, n := range s.listed(r) {
		if !mine[n.ID] {
			r.nodes = append(r.nodes, n)
		}
	}
	slices.SortFunc(r.nodes, func(a, b Node) int {
		return cmp.Or(strings.Compare(a.File.Region, b.File.Region), strings.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID))
	})
	r.index()
	return r, nil
}

// listed are the nodes of followed lists, one a site. Of two lists that differ
// the worse counts. A list counts while its publisher does.
func (s *Service) listed(r *registry) (out []Node) {
	at := map[string]int{}
	for _, l := range r.lists {
		i := slices.IndexFunc(r.nodes, func(n Node) bool { return n.ID == l.Node && n.Follow && n.State == Active })
		if i < 0 || l.Text == "" {
			continue
		}
		list, err := readList([]byte(l.Text), r.nodes[i].Trust)
		if err != nil {
			continue // its publisher has other keys now; the next fetch says so
		}
		nodes, _ := list.nodes(s.Region, l.Node)
		for _, n := range nodes {
			if n.ID == nodeID(s.Site) {
				continue
			}
			j, there := at[n.ID]
			switch {
			case !there:
				at[n.ID] = len(out)
				out = append(out, n)
			case worse[n.State] > worse[out[j].State]:
				out[j] = n
			}
		}
	}
	return out
}

var worse = map[State]int{Active: 0, Suspended: 1, Removed: 2}

// index finds nodes by their keys. A key belongs to the first that has it, and
// those entered here come first.
func (r *registry) index() {
	order := make([]int, len(r.nodes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return strings.Compare(r.nodes[a].List, r.nodes[b].List) })
	for _, i := range order {
		n := &r.nodes[i]
		n.verifier = certificates.NewVerifier(n.Trust)
		for _, k := range n.keys() {
			if _, taken := r.byKey[k]; !taken {
				r.byKey[k] = i
			}
		}
	}
}

// Nodes is the trust list as it counts here.
func (s *Service) Nodes(ctx context.Context) ([]Node, error) {
	r, err := s.registry(ctx)
	if err != nil {
		return nil, err
	}
	return slices.Clone(r.nodes), nil
}

// Open are the proposals that wait, for who may propose or approve.
func (s *Service) Open(ctx context.Context) ([]Node, error) {
	if err := s.staff(ctx); err != nil {
		return nil, err
	}
	r, err := s.registry(ctx)
	if err != nil {
		return nil, err
	}
	return slices.Clone(r.open), nil
}

func (s *Service) staff(ctx context.Context) error {
	at := authz.Object{Region: s.Region}
	if auth.From(ctx).Kind == auth.KindSystem || authz.Require(ctx, MayPropose, at) == nil {
		return nil
	}
	return authz.Require(ctx, MayApprove, at)
}

// Node finds one by its id.
func (s *Service) Node(ctx context.Context, id string) (Node, error) {
	r, err := s.registry(ctx)
	if err != nil {
		return Node{}, err
	}
	if i := slices.IndexFunc(r.nodes, func(n Node) bool { return n.ID == id }); i >= 0 {
		return r.nodes[i], nil
	}
	return Node{}, ErrNoNode
}

// AtSite finds the node that an address belongs to, such as the one in a QR code.
func (s *Service) AtSite(ctx context.Context, address string) (Node, bool) {
	scheme, rest, ok := strings.Cut(address, "://")
	authority, _, _ := strings.Cut(rest, "/")
	site, err := siteOf(scheme + "://" + authority)
	if !ok || err != nil {
		return Node{}, false
	}
	n, err := s.Node(ctx, nodeID(site))
	return n, err == nil
}

// Versions are all versions of a node entered here, the newest first.
func (s *Service) Versions(ctx context.Context, id string) ([]Node, error) {
	if err := s.staff(ctx); err != nil {
		return nil, err
	}
	return versionsOf(ctx, s.DB, s.Region, id)
}

// Lists are the lists that are followed.
func (s *Service) Lists(ctx context.Context) ([]Followed, error) {
	r, err := s.registry(ctx)
	if err != nil {
		return nil, err
	}
	return slices.Clone(r.lists), nil
}

// Published is this installation's own list, signed now.
func (s *Service) Published(ctx context.Context) (string, error) {
	own, err := allNodes(ctx, s.DB, s.Region)
	if err != nil {
		return "", err
	}
	sequence, err := lastChange(ctx, s.DB, s.Region)
	if err != nil {
		return "", err
	}
	now := s.Clock.Now().UTC()
	l := List{Format: listFormat, Publisher: s.Name(), Region: s.Region, Site: strings.TrimRight(s.Site, "/"), Sequence: sequence, IssuedAt: now, NextUpdate: now.Add(listFresh), ValidUntil: now.Add(listLife), Nodes: []Entry{}}
	seen := map[string]bool{}
	for _, n := range own {
		if n.State == Proposed || seen[n.ID] {
			continue
		}
		seen[n.ID] = true
		l.Nodes = append(l.Nodes, Entry{File: n.Text, Newer: n.Keys.Text, Kinds: n.Kinds, Grade: n.Grade, State: n.State, Reason: n.Reason, From: n.From, Until: n.Until, Since: n.ChangedAt})
	}
	return l.sign(s.Key)
}
