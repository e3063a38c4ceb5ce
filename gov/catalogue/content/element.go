package content

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// element reads and writes one field of an item as plain values, so that
// forms, imports and exports go through one place.
type element struct {
	get func(*Item) []string
	set func(*Item, []string) error
}

// Elements are the keys of elements that have a field of their own in Item.
func Elements() []string { return slices.Sorted(maps.Keys(elements)) }

// Get is the value of an element: one text, several, or none when the item does
// not say. Elements without a field of their own are looked up in Fields.
func Get(it *Item, key string) []string {
	if e, ok := elements[key]; ok {
		return e.get(it)
	}
	if v, ok := it.Fields[key]; ok {
		return strings.Split(v, "\n")
	}
	return nil
}

// Set gives an element its value; no values mean that it is not said.
func Set(it *Item, key string, values []string) error {
	values = tidy(values)
	if e, ok := elements[key]; ok {
		return e.set(it, values)
	}
	next := maps.Clone(it.Fields)
	if next == nil {
		next = map[string]string{}
	}
	if delete(next, key); len(values) > 0 {
		next[key] = strings.Join(values, "\n")
	}
	if it.Fields = next; len(next) == 0 {
		it.Fields = nil
	}
	return nil
}

func tidy(in []string) (out []string) {
	for _, v := range in {
		if v = strings.TrimSpace(v); v != "" {
			out = append(out, v)
		}
	}
	return out
}

// ValidElement tells whether a text can be the key of an element; marks of rows
// that sources give, such as item.row_guid, have a dot.
func ValidElement(key string) bool {
	for part := range strings.SplitSeq(key, ".") {
		if !ValidID(part) {
			return false
		}
	}
	return true
}

// ValueError says why a value does not fit an element.
type ValueError struct{ Key, Want string }

// Error implements error.
func (e *ValueError) Error() string { return fmt.Sprintf("%s: want %s", e.Key, e.Want) }

func text(of func(*Item) *string) element {
	return element{
		func(it *Item) []string { return tidy([]string{*of(it)}) },
		func(it *Item, v []string) error { *of(it) = strings.Join(v, "\n"); return nil },
	}
}

func bilingual(of func(*Item) *Text) element {
	return text(func(it *Item) *string { return &of(it).Zh })
}

func several(of func(*Item) *[]string) element {
	return element{
		func(it *Item) []string { return *of(it) },
		func(it *Item, v []string) error { *of(it) = slices.Clone(v); return nil },
	}
}

// yesNo is an element that is either; what is not said counts as no.
func yesNo(key string, of func(*Item) *bool) element {
	return element{
		func(it *Item) []string { return []string{strconv.FormatBool(*of(it))} },
		func(it *Item, v []string) error {
			b, err := strconv.ParseBool(first(v, "false"))
			if err != nil {
				return &ValueError{key, "true or false"}
			}
			*of(it) = b
			return nil
		},
	}
}

func first(v []string, other string) string {
	if len(v) > 0 {
		return v[0]
	}
	return other
}

// limit is an element of an amount and its unit.
func limit(key string, of func(*Item) *Limit) element {
	return element{
		func(it *Item) []string {
			if l := of(it); l.Known() {
				return []string{strconv.Itoa(l.Amount), string(l.Unit)}
			}
			return nil
		},
		func(it *Item, v []string) error {
			l := of(it)
			if len(v) == 0 {
				l.Amount, l.Unit = 0, ""
				return nil
			}
			n, err := strconv.Atoi(v[0])
			unit := Workdays
			if len(v) > 1 {
				unit = Unit(v[1])
			}
			if err != nil || n < 0 || n > 3660 || unit != Workdays && unit != Days && unit != Hours {
				return &ValueError{key, "a number up to 3660 and workday, day or hour"}
			}
			l.Amount, l.Unit = n, unit
			return nil
		},
	}
}

// visits is how often one comes in person; -1 in the item is not said.
var visits = element{
	func(it *Item) []string {
		if it.Visits < 0 {
			return nil
		}
		return []string{strconv.Itoa(it.Visits)}
	},
	func(it *Item, v []string) error {
		n, err := strconv.Atoi(first(v, "-1"))
		if err != nil || n < -1 || n > 99 {
			return &ValueError{"visits", "a number from 0 to 99"}
		}
		it.Visits = n
		return nil
	},
}

// charged tells whether there is a fee; the amount is kept beside it. That
// something is charged is known before the amount is, and is kept apart then.
var charged = element{
	func(it *Item) []string {
		if v := it.Fields[feeUnknown]; v != "" {
			return []string{v}
		}
		if !it.Fee.Known {
			return nil
		}
		return []string{strconv.FormatBool(it.Fee.Cents > 0)}
	},
	func(it *Item, v []string) error {
		paid, err := strconv.ParseBool(first(v, "false"))
		if err != nil {
			return &ValueError{"is_fee", "true or false"}
		}
		if it.Fee.Known = len(v) > 0 && (!paid || it.Fee.Cents > 0); !paid {
			it.Fee.Cents = 0
		}
		keepField(it, feeUnknown, paid && it.Fee.Cents == 0)
		return nil
	},
}

// feeUnknown is the element under which it stands that something is charged and
// nobody has said how much.
const feeUnknown = "is_fee"

func keepField(it *Item, key string, yes bool) {
	if _, there := it.Fields[key]; there == yes {
		return
	}
	next := maps.Clone(it.Fields)
	if next == nil {
		next = map[string]string{}
	}
	if delete(next, key); yes {
		next[key] = "true"
	}
	if it.Fields = next; len(next) == 0 {
		it.Fields = nil
	}
}

// feeCents is the amount; without one it stays known whether there is a fee.
var feeCents = element{
	func(it *Item) []string {
		if !it.Fee.Known {
			return nil
		}
		return []string{strconv.FormatInt(it.Fee.Cents, 10)}
	},
	func(it *Item, v []string) error {
		n, err := strconv.ParseInt(first(v, "0"), 10, 64)
		if err != nil || n < 0 {
			return &ValueError{"fee_cents", "an amount in fen"}
		}
		if len(v) == 0 {
			if it.Fee.Cents > 0 {
				keepField(it, feeUnknown, true)
			}
			it.Fee.Known, it.Fee.Cents = it.Fee.Known && it.Fee.Cents == 0, 0
			return nil
		}
		it.Fee.Known, it.Fee.Cents = true, n
		keepField(it, feeUnknown, false)
		return nil
	},
}

var elements = map[string]element{
	"name": text(func(it *Item) *string { return &it.Name }), "name_en": text(func(it *Item) *string { return &it.NameEn }),
	"variant": text(func(it *Item) *string { return &it.Variant }), "code": text(func(it *Item) *string { return &it.Code }),
	"base_code": text(func(it *Item) *string { return &it.Base }), "type": text(func(it *Item) *string { return &it.TypeCode }),
	"org": text(func(it *Item) *string { return &it.Org }), "org_name": text(func(it *Item) *string { return &it.OrgName }),
	"region": text(func(it *Item) *string { return &it.Region }), "exercise_level_name": text(func(it *Item) *string { return &it.Level }),
	"audience": several(func(it *Item) *[]string { return &it.Audience }), "themes": several(func(it *Item) *[]string { return &it.Themes }),
	"keywords": several(func(it *Item) *[]string { return &it.Keywords }),
	"summary":  bilingual(func(it *Item) *Text { return &it.Summary }), "life_event": bilingual(func(it *Item) *Text { return &it.LifeEvent }),
	"legal_limit":         limit("legal_limit", func(it *Item) *Limit { return &it.Legal }),
	"legal_limit_note":    bilingual(func(it *Item) *Text { return &it.Legal.Citation }),
	"promise_limit":       limit("promise_limit", func(it *Item) *Limit { return &it.Promise }),
	"promise_limit_note":  bilingual(func(it *Item) *Text { return &it.Promise.Citation }),
	"visits":              visits,
	"is_online":           yesNo("is_online", func(it *Item) *bool { return &it.Online }),
	"is_express":          yesNo("is_express", func(it *Item) *bool { return &it.Express }),
	"is_schedule":         yesNo("is_schedule", func(it *Item) *bool { return &it.Booking }),
	"is_fee":              charged,
	"fee_cents":           feeCents,
	"fee_basis":           bilingual(func(it *Item) *Text { return &it.Fee.Citation }),
	"accept_condition":    text(func(it *Item) *string { return &it.Conditions }),
	"transact_addr":       text(func(it *Item) *string { return &it.Location }),
	"online_handle_url":   text(func(it *Item) *string { return &it.OnlineURL }),
	"running_system":      text(func(it *Item) *string { return &it.OnlineSystem }),
	"link_way":            text(func(it *Item) *string { return &it.Phone }),
	"supervise_way":       text(func(it *Item) *string { return &it.ComplaintPhone }),
	"project_type":        text(func(it *Item) *string { return &it.Handling }),
	"joint_offices":       text(func(it *Item) *string { return &it.PartnersText }),
	"source":              bilingual(func(it *Item) *Text { return &it.Source }),
	"source_organisation": text(func(it *Item) *string { return &it.OrgID }),
}
