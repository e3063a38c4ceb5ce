package feel

// Scope is what names stand for, innermost first. A Scope never changes; nil is
// the empty one.
type Scope struct {
	name string
	val  Value
	ctx  *Context         // when set: the names of a context
	vars map[string]Value // when set: many names
	up   *Scope
}

// With gives a scope in which name stands for val.
func (s *Scope) With(name string, val Value) *Scope { return &Scope{name: name, val: val, up: s} }

// WithContext gives a scope in which the names of a context are known.
func (s *Scope) WithContext(c *Context) *Scope { return &Scope{ctx: c, up: s} }

// WithMap gives a scope with many names. The map must not be changed afterwards.
func (s *Scope) WithMap(m map[string]Value) *Scope { return &Scope{vars: m, up: s} }

// Lookup gives what a name stands for.
func (s *Scope) Lookup(name string) (Value, bool) {
	for ; s != nil; s = s.up {
		switch {
		case s.ctx != nil:
			if v, ok := s.ctx.Get(name); ok {
				return v, true
			}
		case s.vars != nil:
			if v, ok := s.vars[name]; ok {
				return v, true
			}
		case s.name == name:
			return s.val, true
		}
	}
	return nil, false
}
