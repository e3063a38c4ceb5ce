package state

import "slices"

// Frame finds a frame. The pointer is good until the next fork.
func (in *Instance) Frame(id int) *Frame {
	for i := range in.Frames {
		if in.Frames[i].ID == id {
			return &in.Frames[i]
		}
	}
	return nil
}

// Chain lists the frames around a token, outermost first.
func (in *Instance) Chain(t *Token) []int {
	var c []int
	for f := in.Frame(t.Frame); f != nil; f = in.Frame(f.Up) {
		c = append(c, f.ID)
	}
	slices.Reverse(c)
	return c
}

// Branch reports whether a token is one of the branches of a fork, which those
// of non-interrupting events inside it are not: no join waits for them.
func (in *Instance) Branch(t *Token, id int) bool {
	for f := in.Frame(t.Frame); f != nil; f = in.Frame(f.Up) {
		if f.ID == id {
			return true
		}
		if f.Side {
			return false
		}
	}
	return false
}

// Within reports whether a token was born by that passing of a fork.
func (in *Instance) Within(t *Token, id int) bool {
	for f := in.Frame(t.Frame); f != nil; f = in.Frame(f.Up) {
		if f.ID == id {
			return true
		}
	}
	return false
}

// Forget drops frames that no token belongs to.
func (in *Instance) Forget() {
	if len(in.Frames) == 0 {
		return
	}
	used := map[int]bool{}
	for _, t := range in.Tokens {
		for f := in.Frame(t.Frame); f != nil && !used[f.ID]; f = in.Frame(f.Up) {
			used[f.ID] = true
		}
	}
	in.Frames = slices.DeleteFunc(in.Frames, func(f Frame) bool { return !used[f.ID] })
	if len(in.Frames) == 0 {
		in.Frames = nil
	}
}

// Token finds a token; nil when there is none.
func (in *Instance) Token(id int) *Token {
	for _, t := range in.Tokens {
		if t.ID == id {
			return t
		}
	}
	return nil
}
