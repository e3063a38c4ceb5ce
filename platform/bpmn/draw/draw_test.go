package draw

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// randomChart connects any elements with any others, with events on the borders
// of some and sub-processes inside others.
func randomChart(seed uint64) *Chart {
	rng := rand.New(rand.NewPCG(seed, 3))
	c := &Chart{Name: "chart"}
	var fill func(parent *Node, n int)
	fill = func(parent *Node, n int) {
		var here []*Node
		for range n {
			x := &Node{ID: fmt.Sprintf("n%d", len(c.Nodes)), Name: "名称", Parent: parent, Kind: []Kind{User, Exclusive, Parallel, Catch, Sub, Script}[rng.IntN(6)]}
			c.Nodes, here = append(c.Nodes, x), append(here, x)
			switch {
			case x.Kind == Sub && parent == nil:
				fill(x, 1+rng.IntN(4))
			case x.Kind.Activity() && rng.IntN(3) == 0:
				b := &Node{ID: x.ID + "b", Kind: Boundary, Parent: parent, Host: x}
				x.Boundaries = append(x.Boundaries, b)
				c.Nodes, here = append(c.Nodes, b), append(here, b)
			}
		}
		for i, from := range here {
			for range 1 + rng.IntN(2) {
				to := here[min(len(here)-1, rng.IntN(i+3))]
				if to.Kind == Boundary {
					continue
				}
				e := &Edge{ID: fmt.Sprintf("e%d", len(c.Edges)), From: from, To: to}
				from.Out, to.In = append(from.Out, e), append(to.In, e)
				c.Edges = append(c.Edges, e)
			}
		}
	}
	fill(nil, 2+rng.IntN(14))
	return c
}

// TestLayout_invariants lays out random charts: boxes of one scope never touch,
// inner ones lie inside, and every flow runs at right angles between its
// elements.
func TestLayout_invariants(t *testing.T) {
	for seed := range uint64(1000) {
		c := randomChart(seed)
		d := Layout(c)
		for i, a := range c.Nodes {
			r := d.Shapes[a.ID]
			if a.Parent != nil {
				if q := d.Shapes[a.Parent.ID]; r.x < q.x || r.y < q.y || r.x+r.w > q.x+q.w || r.y+r.h > q.y+q.h {
					t.Fatalf("seed %d: %s %v is outside %s %v", seed, a.ID, r, a.Parent.ID, q)
				}
			}
			for _, b := range c.Nodes[:i] {
				q := d.Shapes[b.ID]
				if a.Parent == b.Parent && a.Host != b && b.Host != a && r.x < q.x+q.w && q.x < r.x+r.w && r.y < q.y+q.h && q.y < r.y+r.h {
					t.Fatalf("seed %d: %s %v covers %s %v", seed, a.ID, r, b.ID, q)
				}
			}
		}
		for _, e := range c.Edges {
			line := d.Lines[e.ID]
			if len(line) < 2 || !touches(d.Shapes[e.From.ID], line[0]) || !touches(d.Shapes[e.To.ID], line[len(line)-1]) {
				t.Fatalf("seed %d: %s %v from %v to %v", seed, e.ID, line, d.Shapes[e.From.ID], d.Shapes[e.To.ID])
			}
			for i := 0; i+1 < len(line); i++ {
				if line[i].x != line[i+1].x && line[i].y != line[i+1].y {
					t.Fatalf("seed %d: %s is not at right angles: %v", seed, e.ID, line)
				}
			}
		}
		var once, twice bytes.Buffer
		if SVG(&once, c, Options{}) != nil || SVG(&twice, c, Options{}) != nil || !bytes.Equal(once.Bytes(), twice.Bytes()) {
			t.Fatalf("seed %d: two pictures of one chart differ", seed)
		}
	}
}

func touches(r Rect, p Point) bool {
	return p.x >= r.x-1 && p.x <= r.x+r.w+1 && p.y >= r.y-1 && p.y <= r.y+r.h+1
}

func TestWrapText(t *testing.T) {
	for _, c := range []struct {
		s     string
		width float64
		most  int
		want  []string
	}{
		{"消防部门审查", 60, 3, []string{"消防部门审", "查"}},
		{"材料齐全，进入审查", 60, 3, []string{"材料齐全，", "进入审查"}},
		{"见《消防法》第五条", 36, 9, []string{"见《消", "防法》", "第五条"}},
		{"Review the plan", 60, 3, []string{"Review", "the plan"}},
		{"一二三四五六七八九十", 36, 2, []string{"一二三", "四五…"}},
		{"签发（Chief 代表）", 60, 3, []string{"签发", "（Chief 代", "表）"}},
		{"", 36, 2, nil},
		{"Donaudampfschiff", 40, 9, nil},
	} {
		got := wrapText(c.s, c.width, 12, c.most)
		if c.want != nil && !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.s, got, c.want)
		}
		if c.most == 9 && strings.Join(got, "") != strings.ReplaceAll(c.s, " ", "") {
			t.Errorf("%s: letters lost: %q", c.s, got)
		}
	}
}

func TestSVG_namesOfTheReader(t *testing.T) {
	a, b := &Node{ID: "a", Name: "审查", Kind: User}, &Node{ID: "b", Name: "办结", Kind: End}
	e := &Edge{ID: "e", Name: "准予", From: a, To: b}
	a.Out, b.In = []*Edge{e}, []*Edge{e}
	c := &Chart{Name: "流程", Nodes: []*Node{a, b}, Edges: []*Edge{e}}
	words := map[string]string{"流程": "Flow", "审查": "Examination", "准予": "Granted"}
	var zh, en bytes.Buffer
	if err := SVG(&zh, c, Options{}); err != nil {
		t.Fatal(err)
	}
	if err := SVG(&en, c, Options{Names: func(s string) string {
		if w := words[s]; w != "" {
			return w
		}
		return s
	}}); err != nil {
		t.Fatal(err)
	}
	for was, now := range words {
		if !strings.Contains(zh.String(), was) || strings.Contains(en.String(), was) || !strings.Contains(en.String(), now) {
			t.Errorf("%s should be %s:\n%s", was, now, en.String())
		}
	}
	if !strings.Contains(en.String(), "办结") {
		t.Error("a name without a translation is gone")
	}
}
