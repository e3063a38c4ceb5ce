package rows

import (
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
)

type pair struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

func (p *pair) Set(column, value string) *Problem {
	switch column {
	case "code":
		p.Code = value
	case "name":
		p.Name = value
	}
	return nil
}

var start = regexp.MustCompile(`^c[0-9]`)

// read goes through a file and writes what it holds: code=name, or !line.
func read(t testing.TB, file string) string {
	t.Helper()
	r, err := Open(strings.NewReader(file), []string{"code", "name"}, start)
	if err != nil {
		return err.Error()
	}
	var out []string
	for {
		line, row, err := r.Next()
		if err == io.EOF {
			return strings.Join(out, " ")
		}
		if err != nil {
			t.Fatal(err)
		}
		var p pair
		if bad := row.Decode(&p); bad != nil {
			out = append(out, "!"+string(rune('0'+line)))
			continue
		}
		out = append(out, p.Code+"="+p.Name)
	}
}

func TestOpen(t *testing.T) {
	for _, c := range []struct{ name, file, want string }{
		{"nothing", "", ErrEmpty.Error()},
		{"blank", " \r\n", ErrEmpty.Error()},
		{"json", "{\"code\":\"c1\",\"name\":\"甲\"}\n\n{\"code\":\"c2\"}", "c1=甲 c2="},
		{"json with a broken line", "{\"code\":\"c1\"}\n{\n{\"code\":1}\n{\"code\":\"c2\"}\n", "c1= !2 !3 c2="},
		{"csv", "\ufeffcode,name\r\nc1,甲\r\nc2,\"乙,\"\"丙\"\"\"\r\n", `c1=甲 c2=乙,"丙"`},
		{"csv over two lines", "code,name\nc1,\"甲\n乙\"\nc2,丙\n", "c1=甲\n乙 c2=丙"},
		{"csv with an open quote", "code,name\nc1,\"甲\nc2,乙\nc3,丙\n", "!2 c2=乙 c3=丙"},
		{"csv with too few cells", "code,name\nc1\nc2,乙\n", "!2 c2=乙"},
		{"csv without a column", "code,more\nc1,x\n", (&HeaderError{"name"}).Error()},
		{"not UTF-8", "code,name\nc1,\xff\nc2,乙\n", "!2 c2=乙"},
	} {
		if got := read(t, c.file); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if got := read(t, "name,code\n甲,c1\n"); got != "!1 !2" { // it begins with neither a brace nor the first column
		t.Errorf("a file that is neither: %q", got)
	}
}

func TestLines_bounded(t *testing.T) {
	in := NewLines(strings.NewReader("a\n" + strings.Repeat("x", 3*maxLine) + "\nb"))
	var got []string
	for {
		l, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if len(l.Text) > maxLine {
			t.Errorf("line %d keeps %d bytes", l.Number, len(l.Text))
		}
		if l.Long {
			got = append(got, "long")
			continue
		}
		got = append(got, string(l.Text))
	}
	if strings.Join(got, " ") != "a long b" {
		t.Errorf("got %v", got)
	}
}

// Whatever a file holds, reading it ends, and every row is either read or has
// a problem with words.
func FuzzOpen(f *testing.F) {
	for _, s := range []string{"", "{}", "code,name\nc1,\"a\nc2,b", "\ufeff{\"code\":\"\\ud800\"}", "code,name\n\"", "{\"code\":[[[[["} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, file string) {
		r, err := Open(strings.NewReader(file), []string{"code"}, start)
		if err != nil {
			return
		}
		for range len(file) + 2 {
			line, row, err := r.Next()
			if err != nil {
				return
			}
			var p pair
			if bad := row.Decode(&p); bad != nil && (bad.Zh == "" || bad.En == "") {
				t.Errorf("line %d: a problem without words", line)
			}
		}
		t.Error("the file never ends")
	})
}
