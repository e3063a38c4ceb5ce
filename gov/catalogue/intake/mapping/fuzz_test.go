package mapping

import (
	"errors"
	"testing"

	"tongban/gov/catalogue/intake/source"
)

// Whatever is given as a mapping, it is refused with words or it can be used.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"name":"x","format":"sheet","tables":{"t":"item"},"columns":{"item":{"a":"task_code","b":"level"}},"codes":{"level":{"2":"省级"}},"fixed":{"online":"true"}}`))
	f.Add([]byte(`{"format":"national"}`))
	f.Add([]byte(`{"format":"guides","codes":{"":{"":""}}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := Parse(raw)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || len(e.Zh) == 0 || len(e.Zh) != len(e.En) {
				t.Errorf("refused without words: %v", err)
			}
			return
		}
		if _, err := Parse(m.Write()); err != nil {
			t.Errorf("what was written cannot be read: %v", err)
		}
		whole := Default(m.Format).Overlay(m)
		header := []string{"a", "b", "task_code", "up_task"}
		whole.Compile(0, "t", header).Read(source.Row{Line: 2, Cells: []string{"1", "2", "3"}}, header)
	})
}
