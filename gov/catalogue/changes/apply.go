package changes

import (
	"cmp"
	"context"
	"maps"
	"reflect"
	"slices"
	"time"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/codes"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/standard"
	"tongban/platform/calendar"
	"tongban/platform/db"
	"tongban/platform/fault"
)

// fill completes a draft: versions of what it begins from, codes for what it
// makes, and, when nothing is drafted yet, what there is now.
func (s *Service) fill(ctx context.Context, tx *db.Tx, c *Change) error {
	c.Targets, c.Bases, c.Items = slices.Clone(c.Targets), slices.Clone(c.Bases), slices.Clone(c.Items)
	if c.Kind == New {
		c.Targets = nil
	} else if len(c.Targets) == 0 {
		return ErrNoTarget.With("code", "")
	}
	if c.Level == standard.BaseLevel {
		return s.fillBases(ctx, tx, c)
	}
	return s.fillItems(ctx, tx, c)
}

func (s *Service) fillBases(ctx context.Context, tx *db.Tx, c *Change) error {
	var names []string
	for _, t := range c.Targets {
		names = append(names, t.Code)
	}
	there, err := standard.Newest(ctx, tx, c.Region, names)
	if err != nil {
		return err
	}
	for i, t := range c.Targets {
		b, ok := there[t.Code]
		if !ok {
			return ErrNoTarget.With("code", t.Code)
		}
		c.Targets[i].Seen = cmp.Or(t.Seen, b.Version)
	}
	if len(c.Bases) == 0 && c.Kind != New {
		first := there[c.Targets[0].Code]
		switch c.Kind {
		case Alter:
			c.Bases = []standard.Base{first}
		case Split:
			c.Bases = []standard.Base{offspring(first), offspring(first)}
		case Merge:
			c.Bases = []standard.Base{offspring(first)}
		}
	}
	for i := range c.Bases {
		b := &c.Bases[i]
		b.Region, b.Version, b.Keeper, b.Origin = c.Region, 0, standard.KeptByChanges, ""
		if c.Kind == Alter {
			b.Code = c.Targets[0].Code
		}
		if c.Kind == Split || c.Kind == Merge {
			b.Predecessors = names
		}
		if err := s.code(ctx, tx, c, b); err != nil {
			return err
		}
	}
	return nil
}

// offspring is a base item to be drafted from another one: without its code.
func offspring(b standard.Base) standard.Base {
	b.Code, b.Version, b.State, b.Successors = b.Code[:6], 0, content.InForce, nil
	return b
}

// code gives a base item the next free code: below its parent, or in the line
// that the six characters (province, kind, line) name.
func (s *Service) code(ctx context.Context, tx *db.Tx, c *Change, b *standard.Base) error {
	if len(b.Code) == codes.BasicLength {
		return nil
	}
	stem := b.Code
	if b.Parent != "" {
		stem = b.Parent[:min(9, len(b.Parent))]
	}
	if len(stem) < 6 {
		return standard.Problems{{Field: "code", Key: "stem"}}
	}
	used, err := standard.CodesUnder(ctx, tx, c.Region, stem)
	if err != nil {
		return err
	}
	for _, o := range c.Bases {
		used = append(used, o.Code)
	}
	var made string
	if b.Parent != "" {
		made, err = codes.NextSub(b.Parent, used)
	} else {
		made, err = codes.NextMain(stem[:2], stem[2:4], stem[4:6], used)
	}
	if err != nil {
		return standard.Problems{{Field: "code", Key: "stem"}}
	}
	b.Code = made
	return nil
}

func (s *Service) fillItems(ctx context.Context, tx *db.Tx, c *Change) error {
	for i, t := range c.Targets {
		was, v, err := s.Catalogue.Newest(ctx, tx, c.Region, t.Code)
		if err != nil {
			return ErrNoTarget.With("code", t.Code).Because(err)
		}
		c.Targets[i].Seen = cmp.Or(t.Seen, v)
		if c.Kind == Alter && len(c.Items) == 0 {
			fields, err := s.Catalogue.Fields(ctx, c.Region)
			if err != nil {
				return err
			}
			c.Items = []ItemDraft{draftOf(&was.Item, fields)}
		}
		if c.Kind == Alter {
			c.Items[0].Code, c.Items[0].Base = t.Code, was.Item.Base
		}
	}
	for i := range c.Items {
		d := &c.Items[i]
		if d.Values == nil {
			d.Values = map[string][]string{}
		}
		if c.Kind == Alter {
			continue
		}
		if err := s.itemCode(ctx, tx, c, d); err != nil {
			return err
		}
	}
	return nil
}

// draftOf is an item as it stands: what its level may give.
func draftOf(it *content.Item, fields []standard.Field) ItemDraft {
	d := ItemDraft{Code: it.Code, Base: it.Base, Tier: it.Tier, Values: map[string][]string{}}
	for _, f := range fields {
		if v := content.Get(it, f.Key); f.Editable(LevelOf(it.Code)) && len(v) > 0 {
			d.Values[f.Key] = slices.Clone(v)
		}
	}
	return d
}

// LevelOf is the level of an item by its code.
func LevelOf(code string) standard.Level {
	if len(code) == codes.HandlingLength {
		return standard.HandlingLevel
	}
	return standard.ImplementationLevel
}

// itemCode makes the code of a new item: of its office, level and base item, or
// the next handling item under an implementation code that is given.
func (s *Service) itemCode(ctx context.Context, tx *db.Tx, c *Change, d *ItemDraft) error {
	if len(d.Code) == codes.HandlingLength || len(d.Code) == codes.ImplementationLength && first(d.Values["variant"]) == "" {
		return nil
	}
	implementation := d.Code
	if implementation == "" {
		made, err := codes.Make(first(d.Values["org"]), first(d.Values["use_level"]), d.Base)
		if err != nil {
			return standard.Problems{{Field: "org", Key: "item_code"}}
		}
		implementation = made
	}
	if d.Code = implementation; first(d.Values["variant"]) == "" {
		return nil
	}
	used, err := itemsUnder(ctx, tx, c.Region, implementation)
	if err != nil {
		return err
	}
	for _, o := range c.Items {
		used = append(used, o.Code)
	}
	made, err := codes.NextHandling(implementation, used)
	if err != nil {
		return standard.Problems{{Field: "code", Key: "item_code"}}
	}
	d.Code = made
	return nil
}

func first(v []string) string {
	if len(v) == 0 {
		return ""
	}
	return v[0]
}

// edited lists what an edit changed, by key.
func edited(was, now *Change) []string {
	keys := map[string]bool{}
	for i := range now.Bases {
		if i >= len(was.Bases) {
			keys["results"] = true
			continue
		}
		for _, d := range was.Bases[i].Differences(&now.Bases[i]) {
			keys[d.Key] = true
		}
	}
	for i := range now.Items {
		if i >= len(was.Items) {
			keys["results"] = true
			continue
		}
		for k := range maps.Keys(now.Items[i].Values) {
			keys[k] = keys[k] || !reflect.DeepEqual(now.Items[i].Values[k], was.Items[i].Values[k])
		}
		for k := range maps.Keys(was.Items[i].Values) {
			keys[k] = keys[k] || !reflect.DeepEqual(now.Items[i].Values[k], was.Items[i].Values[k])
		}
		keys["tier"] = was.Items[i].Tier != now.Items[i].Tier
	}
	keys["reason"], keys["from"] = was.Reason != now.Reason, was.From != now.From
	maps.DeleteFunc(keys, func(_ string, changed bool) bool { return !changed })
	return slices.Sorted(maps.Keys(keys))
}

// sound checks everything that taking effect needs, so that it cannot fail
// half-way.
func (s *Service) sound(ctx context.Context, tx *db.Tx, c *Change) error {
	bad := c.check(calendar.DateOf(s.Clock.Now()))
	if c.State == Approved { // its day has come
		bad = slices.DeleteFunc(bad, func(p standard.Problem) bool { return p.Key == "past" })
	}
	check := s.soundItems
	if c.Level == standard.BaseLevel {
		check = s.soundBases
	}
	more, err := check(ctx, tx, c)
	if err != nil {
		return err
	}
	if bad = append(bad, more...); len(bad) > 0 {
		return bad
	}
	return nil
}

// transition tells whether a kind of change can begin in a state.
func transition(k Kind, from content.State) bool {
	switch k {
	case Suspend:
		return from == content.InForce
	case Resume:
		return from == content.Suspended
	}
	return from != content.Cancelled
}

func (s *Service) soundBases(ctx context.Context, tx *db.Tx, c *Change) (bad standard.Problems, err error) {
	var ask []string
	for _, t := range c.Targets {
		ask = append(ask, t.Code)
	}
	for _, b := range c.Bases {
		ask = append(ask, b.Code, b.Parent)
		ask = append(ask, b.Predecessors...)
	}
	there, err := standard.Newest(ctx, tx, c.Region, ask)
	if err != nil {
		return nil, err
	}
	for _, t := range c.Targets {
		b := there[t.Code]
		if b.Version != t.Seen {
			return nil, catalogue.ErrChanged.With("code", t.Code).With("version", b.Version).With("by", b.Publisher)
		}
		if !transition(c.Kind, b.State) {
			bad = append(bad, standard.Problem{Field: "kind", Key: "transition", With: []any{"code", t.Code}})
		}
	}
	for _, b := range c.Bases {
		if _, taken := there[b.Code]; taken && c.Kind != Alter {
			bad = append(bad, standard.Problem{Field: "code", Key: "code_taken", With: []any{"code", b.Code}})
		}
		if _, ok := there[b.Parent]; b.Parent != "" && !ok {
			bad = append(bad, standard.Problem{Field: "parent", Key: "parent", With: []any{"code", b.Parent}})
		}
		circle, err := s.circle(ctx, tx, c.Region, b)
		if err != nil {
			return nil, err
		}
		if circle {
			bad = append(bad, standard.Problem{Field: "predecessors", Key: "cycle", With: []any{"code", b.Code}})
		}
	}
	return bad, nil
}

// circle follows parents and predecessors upwards and tells whether they come
// back.
func (s *Service) circle(ctx context.Context, tx *db.Tx, region string, b standard.Base) (bool, error) {
	seen := map[string]bool{}
	at := []string{b.Parent}
	at = append(at, b.Predecessors...)
	for len(at) > 0 {
		var next []string
		at = slices.DeleteFunc(at, func(code string) bool { return code == "" || seen[code] })
		if slices.Contains(at, b.Code) {
			return true, nil
		}
		there, err := standard.Newest(ctx, tx, region, at)
		if err != nil {
			return false, err
		}
		for _, code := range at {
			seen[code] = true
			next = append(append(next, there[code].Parent), there[code].Predecessors...)
		}
		at = next
	}
	return false, nil
}

func (s *Service) soundItems(ctx context.Context, tx *db.Tx, c *Change) (bad standard.Problems, err error) {
	for _, t := range c.Targets {
		was, v, err := s.Catalogue.Newest(ctx, tx, c.Region, t.Code)
		if err != nil {
			return nil, err
		}
		if v != t.Seen {
			return nil, catalogue.ErrChanged.With("code", t.Code).With("version", v)
		}
		if !transition(c.Kind, was.Item.State) {
			bad = append(bad, standard.Problem{Field: "kind", Key: "transition", With: []any{"code", t.Code}})
		}
	}
	fields, err := s.Catalogue.Fields(ctx, c.Region)
	if err != nil {
		return nil, err
	}
	for _, d := range c.Items {
		more, err := s.soundItem(ctx, tx, c, d, fields)
		if err != nil {
			return nil, err
		}
		bad = append(bad, more...)
	}
	if len(bad) > 0 {
		return bad, nil
	}
	return nil, s.goodEnough(ctx, tx, c)
}

// goodEnough refuses items whose guides would be published below the gate of
// quality: new ones as packages are, others when they get worse.
func (s *Service) goodEnough(ctx context.Context, tx *db.Tx, c *Change) error {
	if s.Catalogue.Gate == nil {
		return nil
	}
	for _, d := range c.Items {
		made, was, _, err := s.made(ctx, tx, c, d, s.Clock.Now())
		if err != nil {
			return err
		}
		if err := s.Catalogue.Gate(ctx, was, &made); err != nil {
			return err
		}
	}
	return nil
}

// made is an item as a draft makes it, and what it was before; nil for a new one.
func (s *Service) made(ctx context.Context, tx *db.Tx, c *Change, d ItemDraft, now time.Time) (made content.Content, old *content.Content, seen int, err error) {
	if c.Kind == Alter {
		was, v, err := s.Catalogue.Newest(ctx, tx, c.Region, d.Code)
		if err != nil {
			return made, nil, 0, err
		}
		made, old, seen = was, &was, v
	} else {
		made.Item = content.Item{Region: c.Region, Code: d.Code, Base: d.Base, Visits: -1, Audience: []string{}, Themes: []string{}}
		made.Materials = []content.Material{}
	}
	made.Item.Fields = maps.Clone(made.Item.Fields) // old stays as it is
	return made, old, seen, s.give(ctx, tx, &made.Item, d, now)
}

func (s *Service) soundItem(ctx context.Context, tx *db.Tx, c *Change, d ItemDraft, fields []standard.Field) (bad standard.Problems, err error) {
	add := func(field, key string, with ...any) {
		bad = append(bad, standard.Problem{Field: field, Key: key, With: with})
	}
	parsed, err := codes.Parse(d.Code)
	if err != nil || parsed.Kind == codes.Basic || parsed.BasicCode() != d.Base {
		add("code", "item_code")
		return bad, nil
	}
	b, err := standard.At(ctx, tx, parsed.Province(), d.Base, s.Clock.Now())
	switch {
	case fault.IsKind(err, fault.KindNotFound):
		add("base", "base_missing", "code", d.Base)
	case err != nil:
		return nil, err
	case b.State == content.Cancelled && c.Kind != Cancel:
		add("base", "base_gone", "code", d.Base)
	}
	if _, ok := b.Tier(d.Tier); d.Tier != "" && !ok {
		add("tier", "no_tier", "tier", d.Tier)
	}
	if _, _, err := s.Catalogue.Newest(ctx, tx, c.Region, d.Code); c.Kind != Alter && err == nil {
		add("code", "code_taken", "code", d.Code)
	}
	level := LevelOf(d.Code)
	for _, f := range fields {
		v, given := d.Values[f.Key]
		if given && !f.Editable(level) && f.Key != "use_level" {
			add(f.Key, "refers", "name", f.Zh, "name_en", f.En)
		}
		if p := f.CheckValues(v); p != nil && f.Kind != standard.OwnKind {
			bad = append(bad, *p)
		}
		if f.Required && f.Editable(level) && len(v) == 0 && !slices.Contains([]string{"code", "region", "org"}, f.Key) {
			add(f.Key, "required", "name", f.Zh, "name_en", f.En)
		}
	}
	return bad, nil
}

// apply publishes what the change makes; sound has looked at everything.
func (s *Service) apply(ctx context.Context, tx *db.Tx, c *Change, now time.Time) error {
	do := s.applyItems
	if c.Level == standard.BaseLevel {
		do = s.applyBases
	}
	if err := do(ctx, tx, c, now); err != nil {
		return err
	}
	c.State = InEffect
	s.note(tx, c, "effective", nil, "")
	return nil
}

func (s *Service) applyBases(ctx context.Context, tx *db.Tx, c *Change, now time.Time) error {
	var results []string
	for _, b := range c.Bases {
		seen := 0
		if c.Kind == Alter {
			seen = c.Targets[0].Seen
		} else {
			results = append(results, b.Code)
		}
		b.Effective = now
		if err := s.Catalogue.PublishBaseTx(ctx, tx, b, seen); err != nil {
			return err
		}
	}
	if c.Kind == New || c.Kind == Alter {
		return nil
	}
	for _, t := range c.Targets {
		b, err := standard.Load(ctx, tx, c.Region, t.Code, t.Seen)
		if err != nil {
			return err
		}
		b.State, b.Effective, b.Keeper = c.Kind.stateAfter(), now, standard.KeptByChanges
		b.Successors = append(slices.Clone(b.Successors), results...)
		if err := s.Catalogue.PublishBaseTx(ctx, tx, b, t.Seen); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) applyItems(ctx context.Context, tx *db.Tx, c *Change, now time.Time) error {
	var before, names, after []string
	for _, t := range c.Targets {
		was, _, err := s.Catalogue.Newest(ctx, tx, c.Region, t.Code)
		if err != nil {
			return err
		}
		before, names = append(before, t.Code), append(names, was.Item.FullName())
	}
	for _, d := range c.Items {
		made, _, seen, err := s.made(ctx, tx, c, d, now)
		if err != nil {
			return err
		}
		if c.Kind != Alter {
			made.Item.Predecessors = before
		}
		if c.Kind == Split || c.Kind == Merge { // who looks for the old name finds what follows it
			after = append(after, d.Code)
			made.Item.Keywords = known(made.Item.Keywords, names)
		}
		if _, err := s.Catalogue.PublishItemTx(ctx, tx, made, now, seen); err != nil {
			return err
		}
	}
	if c.Kind == New || c.Kind == Alter {
		return nil
	}
	for _, t := range c.Targets {
		was, v, err := s.Catalogue.Newest(ctx, tx, c.Region, t.Code)
		if err != nil {
			return err
		}
		was.Item.State, was.Item.ByChanges = c.Kind.stateAfter(), true
		if len(after) > 0 {
			was.Item.Successors = after
		}
		if _, err := s.Catalogue.PublishItemTx(ctx, tx, was, now, v); err != nil {
			return err
		}
	}
	return nil
}

// give fills an item from a draft: first what it refers to, then its own.
func (s *Service) give(ctx context.Context, tx *db.Tx, it *content.Item, d ItemDraft, now time.Time) error {
	c, err := codes.Parse(d.Code)
	if err != nil {
		return err
	}
	b, err := standard.At(ctx, tx, c.Province(), d.Base, now)
	if err != nil {
		return err
	}
	if it.BaseVersion > 0 {
		old, err := standard.Load(ctx, tx, c.Province(), it.Base, it.BaseVersion)
		if err != nil {
			return err
		}
		old.Bind(it)
	}
	fields, err := s.Catalogue.Fields(ctx, it.Region)
	if err != nil {
		return err
	}
	for _, f := range fields {
		if v := d.Values[f.Key]; f.Editable(LevelOf(d.Code)) && f.Key != "code" && f.Key != "region" {
			if err := content.Set(it, f.Key, v); err != nil {
				return standard.Problems{{Field: f.Key, Key: "value." + string(f.Kind)}}
			}
		}
	}
	it.Org, it.Tier, it.ByChanges = c.Org, d.Tier, true
	b.Onto(it)
	before, err := standard.Newest(ctx, tx, c.Province(), b.Predecessors)
	for _, code := range b.Predecessors {
		it.Keywords = known(it.Keywords, []string{before[code].Name})
	}
	return err
}

// known adds words by which an item is found.
func known(words, more []string) []string {
	out := slices.Clone(words)
	for _, w := range more {
		if w != "" && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// Reach is whom a change touches.
type Reach struct {
	Items int // that refer to what is changed
	Cases int // under way; they go on under their own version
}

// counted bounds the items whose cases are counted one by one.
const counted = 500

// Reach counts the items and the open cases that a change touches, for who
// decides about it.
func (s *Service) Reach(ctx context.Context, c Change) (r Reach, err error) {
	var items [][2]string
	for _, t := range c.Targets {
		if c.Level == standard.BaseLevel {
			n, err := countReferring(ctx, s.DB, c.Region, t.Code)
			if err != nil {
				return r, err
			}
			r.Items += n
			part, err := referring(ctx, s.DB, t.Code, counted)
			if err != nil {
				return r, err
			}
			items = append(items, part...)
			continue
		}
		r.Items++
		items = append(items, [2]string{c.Region, t.Code})
	}
	if s.Cases == nil {
		return r, nil
	}
	for _, it := range items {
		n, err := s.Cases.OpenCases(ctx, it[0], it[1])
		if err != nil {
			return r, err
		}
		r.Cases += n
	}
	return r, nil
}
