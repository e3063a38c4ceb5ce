package catalogue

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"tongban/gov/catalogue/codes"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/shelf"
	"tongban/gov/catalogue/standard"
	"tongban/platform/audit"
	"tongban/platform/db"
	"tongban/platform/schedule"
)

// reference is what an item's document refers to instead of saying it.
type reference struct {
	directory string // region of the base item; "" for items in no directory
	version   int
}

// JobFollow gives the items of a base item their next version.
const JobFollow = "catalogue.follow"

// directoryOf is the region whose directory holds a basic code, "" for what is
// no such code.
func directoryOf(base string) string {
	c, err := codes.Parse(base)
	if err != nil || c.Kind != codes.Basic {
		return ""
	}
	return c.Province()
}

// normal leaves the variant out of the name: what all items of a base item have
// in common is its name, what distinguishes a handling item is its variant.
func normal(it *content.Item) {
	v := strings.TrimSpace(it.Variant)
	if v == "" || directoryOf(it.Base) == "" {
		return
	}
	bare := strings.Trim(v, "（）()")
	for _, tail := range []string{"(" + v + ")", "（" + v + "）", "(" + bare + ")", "（" + bare + "）"} {
		if name, ok := strings.CutSuffix(it.Name, tail); ok && name != "" {
			if it.Name = name; it.Parent == name {
				it.Parent, it.ParentID = "", ""
			}
			return
		}
	}
}

// sealed names the content. The basic code of a package is that in its code, and
// adds nothing to it.
func sealed(c *Content) string {
	own := ""
	if parsed, err := codes.Parse(c.Item.Code); err == nil && c.Item.Package != "" {
		own = parsed.BasicCode()
	}
	if c.Item.Base == own {
		c.Item.Base = ""
	}
	hash, _ := c.Seal()
	if c.Item.Base == "" {
		c.Item.Base = own
	}
	return hash
}

// document is what is kept of a content: without what its base item says and
// without what all imported guides say alike.
func (p *publication) document(b *standard.Base) []byte {
	kept := *p.content
	if p.general = ""; p.alike != nil && p.alike.Bind(&kept) {
		p.general = p.alike.hash
	}
	if b != nil {
		b.Bind(&kept.Item)
	}
	kept.Item.Version, kept.Item.BaseVersion = 0, 0 // in columns
	doc, err := json.Marshal(&kept)
	if err != nil {
		panic(fmt.Sprintf("catalogue: content does not marshal: %v", err)) // it did when it was sealed
	}
	return doc
}

// bindTx gives every publication its base version: the one in the directory, or
// one made from the item when its source brings no directory. What the base
// item says holds: a name that differs is kept beside it as the published name.
func (s *Service) bindTx(ctx context.Context, tx *db.Tx, list []*publication, now time.Time) error {
	byDirectory := inDirectories(list)
	for directory, part := range byDirectory {
		if err := s.bindIn(ctx, tx, directory, part, now); err != nil {
			return fmt.Errorf("directory %s: %w", directory, err)
		}
	}
	return nil
}

// inDirectories groups what belongs to a base item by directory.
func inDirectories(list []*publication) map[string][]*publication {
	out := map[string][]*publication{}
	for _, p := range list {
		if d := directoryOf(p.content.Item.Base); d != "" {
			out[d] = append(out[d], p)
		}
	}
	return out
}

// basesOf are the codes of the base items that publications name.
func basesOf(list []*publication) []string {
	var names []string
	for _, p := range list {
		names = append(names, p.content.Item.Base)
		if h := headOf(&p.content.Item); h != "" {
			names = append(names, h)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// makes tells whether the item gives its base item the next version.
func (p *publication) makes(b *standard.Base) bool {
	return !p.fixed && b.Keeper != standard.KeptByChanges && b.Origin == p.content.Item.Code
}

// expect does before the transaction what can be done there: the item is bound
// to the base version that was seen last. When the transaction sees another,
// it is bound anew.
func (s *Service) expect(p *publication) {
	if p.hash == "" { // a package keeps it
		return
	}
	p.alike, _ = s.alike() // without it the document says everything
	if d := directoryOf(p.content.Item.Base); d != "" && p.expected == nil {
		b, ok := s.seen.Of(d, p.content.Item.Base)
		if !ok || p.makes(&b) {
			return
		}
		p.expected = &b
		p.refer(&b)
	}
	p.ready()
}

// foresee reads beside the transaction what publications need of what is there.
func (s *Service) foresee(ctx context.Context, list []*publication) error {
	for directory, part := range inDirectories(list) {
		if err := s.seen.Read(ctx, s.DB, directory, basesOf(part)); err != nil {
			return err
		}
	}
	stamp, err := importStamp(ctx, s.DB)
	if err != nil {
		return err
	}
	var entries []*shelf.Entry
	for _, p := range list {
		if s.expect(p); p.entry != nil {
			entries = append(entries, p.entry)
		}
	}
	return s.shelf.Recall(ctx, entries, stamp)
}

func (s *Service) bindIn(ctx context.Context, tx *db.Tx, directory string, list []*publication, now time.Time) error {
	there, missing, err := s.seen.Newest(ctx, tx, directory, basesOf(list))
	if err != nil {
		return err
	}
	more, err := standard.Newest(ctx, tx, directory, missing)
	if err != nil {
		return err
	}
	maps.Copy(there, more)
	for _, p := range list {
		b, ok := there[p.content.Item.Base]
		if p.reference.version > 0 && (p.expected == nil || !ok || p.expected.Version != b.Version) { // bound to another, or in an attempt that failed
			p.content.Item, p.expected, p.reference, p.doc, p.entry = p.before, nil, reference{}, nil, nil
		}
		if !ok || p.makes(&b) {
			made := baseFrom(p.content, directory, p.from)
			made.Tiers, made.Fields, made.Levels, made.Predecessors, made.Successors, made.State = b.Tiers, b.Fields, b.Levels, b.Predecessors, b.Successors, b.State
			if !made.Same(&b) {
				if err := putBase(ctx, tx, &made, b.Version, now); err != nil {
					return err
				}
				b, there[made.Code] = made, made
			}
		}
		if err := headTx(ctx, tx, &p.content.Item, directory, there, p.from, now); err != nil {
			return err
		}
		if p.expected == nil {
			p.refer(&b)
		}
	}
	return nil
}

// putBase writes the version after last. Items that refer to the older one
// follow as soon as it takes effect.
func putBase(ctx context.Context, tx *db.Tx, b *standard.Base, last int, now time.Time) error {
	b.Version = last + 1
	audit.Record(ctx, tx, audit.Entry{Region: b.Region, Action: "catalogue.base.published", Object: b.Code, Details: map[string]any{"version": b.Version, "keeper": b.Keeper, "effective": b.Effective}})
	if err := standard.InsertTx(ctx, tx, *b, now); err != nil {
		return err
	}
	if last > 0 {
		at := b.Effective
		if at.Before(now) {
			at = now
		}
		schedule.Set(tx, schedule.Job{Region: b.Region, Kind: JobFollow, Key: b.Code, At: at})
	}
	return nil
}

// refer takes over what the base item says, and keeps the rest.
func (p *publication) refer(b *standard.Base) {
	it := &p.content.Item
	p.reference, p.before = reference{b.Region, b.Version}, *it
	whole := *it
	whole.Basis = slices.DeleteFunc(slices.Clone(it.Basis), func(c Clause) bool { return slices.Contains(b.Basis, c) })
	b.Onto(&whole)
	if !reflect.DeepEqual(whole, *it) {
		if whole.Name != it.Name && it.Name != "" {
			_ = content.Set(&whole, "published_name", []string{it.Name}) // a text fits
		}
		*it, p.entry = whole, nil
	}
	p.doc = p.document(b)
}

// baseFrom makes a base item from an item whose source has no directory. Of a
// package's clauses those are its setting basis that its conditions rest on;
// without conditions, all but the general ones.
func baseFrom(c *Content, directory string, from time.Time) standard.Base {
	it := &c.Item
	b := standard.Base{Region: directory, Code: it.Base, Name: it.Name, NameEn: it.NameEn, Type: it.TypeCode, Parent: headOf(it),
		Keeper: standard.KeptByImport, Origin: it.Code, Source: it.Source.Zh, Effective: from}
	if it.Package != "" {
		b.Keeper = standard.KeptByPackage
	}
	sets := func(id string) bool { return !IsGeneral(id) }
	if len(it.ConditionList) > 0 {
		sets = func(id string) bool {
			return slices.ContainsFunc(it.ConditionList, func(c content.Condition) bool { return c.Clause == id })
		}
	}
	for _, cl := range it.Basis {
		if sets(cl.ID) {
			b.Basis = append(b.Basis, cl)
		}
	}
	return b
}

// headOf is the main item above the item, "" when it stands alone.
func headOf(it *content.Item) string {
	if it.ParentID == it.Base || it.Parent == "" || directoryOf(it.ParentID) == "" || directoryOf(it.ParentID) != directoryOf(it.Base) {
		return ""
	}
	return it.ParentID
}

// headTx makes the base item of a main item that only its sub-items name.
func headTx(ctx context.Context, tx *db.Tx, it *content.Item, directory string, there map[string]standard.Base, from, now time.Time) error {
	head := headOf(it)
	if _, ok := there[head]; head == "" || ok {
		return nil
	}
	b := standard.Base{Region: directory, Code: head, Name: it.Parent, Type: it.TypeCode, Keeper: standard.KeptByImport, Origin: it.Code, Source: it.Source.Zh, Effective: from}
	if len(b.Check()) > 0 {
		return nil // a name that is no name makes no base item
	}
	there[head] = b
	return putBase(ctx, tx, &b, 0, now)
}

// ready makes what the tables keep, as far as it is not made yet.
func (p *publication) ready() {
	if p.doc == nil {
		p.doc = p.document(nil)
	}
	if p.entry == nil {
		p.entry = shelf.Prepare(p.content, p.from, p.names)
		card, err := json.Marshal(p.entry.Card())
		if err != nil {
			panic(fmt.Sprintf("catalogue: a card does not marshal: %v", err)) // plain text and numbers
		}
		p.card = card
	}
}
