package bundles

import (
	"slices"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/content"
)

// Move is one thing that has to happen next.
type Move struct {
	Do      Deed
	Part    string
	Because string // the part that failed
}

// Deed is what a Move does.
type Deed string

// The deeds.
const (
	StartPart Deed = "start" // hand a part in
	StopPart  Deed = "stop"  // do not start it any more
	EndPart   Deed = "end"   // take its case back
	CloseAll  Deed = "close" // everything has ended
)

// Moves says what follows from where the parts stand. Of several cases that end
// because another part failed, each ends in a commit of its own, and the next
// when it has; so everything has ended only when no case is open. It knows nothing of time
// or storage: the same standing gives the same moves, so that a reaction that
// runs again finds nothing left to do.
func Moves(def *catalogue.Bundle, standing map[string]Standing) []Move {
	at := map[string]Standing{}
	for _, p := range def.Parts {
		at[p.ID] = standing[p.ID]
	}
	var out []Move
	if failed := stopsAll(def, at); failed != "" {
		for _, p := range def.Parts {
			switch at[p.ID] {
			case Ahead:
				out, at[p.ID] = append(out, Move{StopPart, p.ID, failed}), Halted
			case Running:
				out, at[p.ID] = append(out, Move{EndPart, p.ID, failed}), Failed
			}
		}
	}
	for grown := true; grown; { // one that is stopped may stop others
		grown = false
		for _, p := range def.Parts {
			if at[p.ID] != Ahead {
				continue
			}
			because, ready := before(def, p, at)
			switch {
			case because != "":
				out, at[p.ID], grown = append(out, Move{StopPart, p.ID, because}), Halted, true
			case ready:
				out, at[p.ID], grown = append(out, Move{StartPart, p.ID, ""}), Running, true
			}
		}
	}
	for _, m := range out {
		if m.Do == EndPart {
			return out
		}
	}
	for _, s := range at {
		if s == Ahead || s == Running {
			return out
		}
	}
	return append(out, Move{Do: CloseAll})
}

// stopsAll finds a part that failed and stops everything.
func stopsAll(def *catalogue.Bundle, at map[string]Standing) string {
	i := slices.IndexFunc(def.Parts, func(p catalogue.Part) bool { return at[p.ID] == Failed && p.Failed == content.StopAll })
	if i < 0 {
		return ""
	}
	return def.Parts[i].ID
}

// before looks at what a part waits for: whether one of them keeps it from
// starting, and whether all are done. One that is not needed is done.
func before(def *catalogue.Bundle, p catalogue.Part, at map[string]Standing) (because string, ready bool) {
	ready = true
	for _, id := range p.After {
		q, _ := def.Part(id)
		switch at[id] {
		case Failed, Halted:
			if q.Failed != content.GoOn {
				return id, false
			}
		case Ahead, Running:
			ready = false
		}
	}
	return "", ready
}
