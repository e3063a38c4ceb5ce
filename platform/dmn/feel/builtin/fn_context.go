package builtin

import (
	"tongban/platform/dmn/feel/value"
)

func init() {
	Define("get value(m:x, key:a)", func(_ *value.Run, a []value.Value) value.Value { return deep(a[0].(*value.Context), a[1]) })
	Define("get value(context:x, key:a)", func(_ *value.Run, a []value.Value) value.Value { return deep(a[0].(*value.Context), a[1]) })
	Define("get value(context:x, keys:l)", func(_ *value.Run, a []value.Value) value.Value { return deep(a[0].(*value.Context), a[1]) })
	for _, name := range []string{"m", "context"} {
		Define("get entries("+name+":x)", fnEntries)
	}
	Define("context(entries:l)", fnContext)
	Define("context put(context:x, key:a, value:a)", func(r *value.Run, a []value.Value) value.Value { return fnPut(r, a) })
	Define("context put(context:x, keys:l, value:a)", func(r *value.Run, a []value.Value) value.Value { return fnPut(r, a) })
	Define("context merge(contexts:l)", func(r *value.Run, a []value.Value) value.Value {
		out := value.NewContext(nil)
		for _, e := range a[0].([]any) {
			c, ok := e.(*value.Context)
			if !ok || !r.Spend(c.Len()) {
				return nil
			}
			for i := range c.Len() {
				out.Append(c.At(i))
			}
		}
		return out
	})
	Define("is defined(value:a)", func(_ *value.Run, a []value.Value) value.Value { return a[0] != nil })
	Define("get or else(value:a, default:a)", func(_ *value.Run, a []value.Value) value.Value {
		if a[0] == nil {
			return a[1]
		}
		return a[0]
	})
}

// deep follows one key, or a list of keys.
func deep(c *value.Context, key value.Value) value.Value {
	if l, ok := key.([]any); ok {
		var v value.Value = c
		for _, k := range l {
			inner, ok := v.(*value.Context)
			if !ok {
				return nil
			}
			v = deep(inner, k)
		}
		return v
	}
	k, ok := key.(string)
	if !ok {
		return nil
	}
	v, _ := c.Get(k)
	return v
}

func fnEntries(_ *value.Run, a []value.Value) value.Value {
	c := a[0].(*value.Context)
	out := []any{}
	for i := range c.Len() {
		k, v := c.At(i)
		e := value.NewContext(nil)
		e.Append("key", k)
		e.Append("value", v)
		out = append(out, e)
	}
	return out
}

func fnContext(_ *value.Run, a []value.Value) value.Value {
	out := value.NewContext(nil)
	for _, e := range a[0].([]any) {
		c, ok := e.(*value.Context)
		if !ok {
			return nil
		}
		k, ok1 := c.Get("key")
		v, ok2 := c.Get("value")
		key, ok3 := k.(string)
		if !ok1 || !ok2 || !ok3 || has(out, key) {
			return nil
		}
		out.Append(key, v)
	}
	return out
}

func fnPut(r *value.Run, a []value.Value) value.Value {
	c := a[0].(*value.Context)
	switch k := a[1].(type) {
	case string:
		return c.Put(k, a[2])
	case []any:
		if len(k) == 0 || !r.Shallow(len(k)) {
			return nil
		}
		key, ok := k[0].(string)
		if !ok {
			return nil
		}
		if len(k) == 1 {
			return c.Put(key, a[2])
		}
		inner, _ := c.Get(key)
		below, ok := inner.(*value.Context)
		if !ok {
			return nil
		}
		v := fnPut(r, []value.Value{below, k[1:], a[2]})
		if v == nil {
			return nil
		}
		return c.Put(key, v)
	}
	return nil
}

func has(c *value.Context, key string) bool {
	_, ok := c.Get(key)
	return ok
}
