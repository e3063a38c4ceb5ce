package rights

import (
	"strings"

	"tongban/platform/fault"
)

// The operations that a flow may allow or not at a step (tongban:operations).
const (
	Return     = "return"     // 退回 to an earlier step
	Transfer   = "transfer"   // 转办
	Delegate   = "delegate"   // 委派
	Add        = "add"        // 加签、减签
	Supplement = "supplement" // 退回申请人补正
)

// Operations lists them.
var Operations = []string{Return, Transfer, Delegate, Add, Supplement}

// ErrOperation refuses an operation that the flow does not allow at this step.
var ErrOperation = fault.Forbidden("casework.operation")

// Step is what a flow allows at one of its steps; the zero Step allows everything.
type Step struct {
	operations, groups, materials []string
	narrow                        bool // operations are listed, even if none
}

// Of reads the attributes of a step. An attribute that is not there allows all.
func Of(attrs map[string]string) Step {
	s := Step{groups: strings.Fields(attrs["groups"]), materials: strings.Fields(attrs["materials"])}
	if list, ok := attrs["operations"]; ok {
		s.operations, s.narrow = strings.Fields(list), true
	}
	return s
}

// Allows refuses an operation that the flow does not allow at this step.
func (s Step) Allows(operation string) error {
	if !s.narrow {
		return nil
	}
	for _, o := range s.operations {
		if o == operation {
			return nil
		}
	}
	return ErrOperation.With("operation", operation)
}

// Sees is what the holder of the step sees.
func (s Step) Sees() Sight {
	return Sight{groups: some(s.groups), materials: some(s.materials)}
}

func some(ids []string) set {
	if len(ids) == 0 {
		return set{all: true}
	}
	out := set{ids: map[string]bool{}}
	for _, id := range ids {
		out.ids[id] = true
	}
	return out
}

// Sight is how much of an application somebody sees; the zero Sight sees none
// of its form and none of its materials.
type Sight struct{ groups, materials set }

type set struct {
	all bool
	ids map[string]bool
}

// Whole sees everything.
func Whole() Sight { return Sight{set{all: true}, set{all: true}} }

// IsWhole tells whether nothing is hidden.
func (s Sight) IsWhole() bool { return s.groups.all && s.materials.all }

// Group tells whether a group of the form is seen.
func (s Sight) Group(id string) bool { return s.groups.has(id) }

// Material tells whether a material is seen.
func (s Sight) Material(id string) bool { return s.materials.has(id) }

// Or sees what either sees: who works on two steps sees both.
func (s Sight) Or(o Sight) Sight {
	return Sight{s.groups.or(o.groups), s.materials.or(o.materials)}
}

func (s set) has(id string) bool { return s.all || s.ids[id] }

func (s set) or(o set) set {
	out := set{all: s.all || o.all, ids: map[string]bool{}}
	for _, from := range []set{s, o} {
		for id := range from.ids {
			out.ids[id] = true
		}
	}
	return out
}
