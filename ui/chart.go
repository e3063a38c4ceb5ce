package ui

import (
	"strconv"
)

// Bar is one value of a chart.
type Bar struct {
	Label string
	Value float64
	Text  string // the value in words: "4.2 个工作日"
	Tone  Tone
	Href  string // the list behind the value
}

// ChartProps describe a small chart. Its numbers are always readable as text.
type ChartProps struct {
	Title   string
	Bars    []Bar
	Head    string // of the labels: "部门"
	Unit    string // of the values: "平均用时（工作日）"
	Target  float64
	Aim     string // words for the target: "承诺 8 个工作日"
	Columns bool   // upright, for days in order; otherwise lying, for things to compare
}

// top is the value at the end of the scale.
func (c ChartProps) top() float64 {
	t := c.Target
	for _, b := range c.Bars {
		t = max(t, b.Value)
	}
	if t <= 0 {
		return 1
	}
	return t
}

// share places a value on a scale of n.
func (c ChartProps) share(v float64, n int) string {
	return strconv.FormatFloat(max(v, 0)/c.top()*float64(n), 'f', 1, 64)
}

// column places the upright bar i on a field of 600 by 160.
func (c ChartProps) column(i int) (x, y, w, h string) {
	step := 600 / float64(max(len(c.Bars), 1))
	height := max(c.Bars[i].Value, 0) / c.top() * 150
	f := func(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }
	return f(float64(i)*step + step*0.14), f(160 - height), f(step * 0.72), f(height)
}

// aim is the height of the target line on the same field.
func (c ChartProps) aim() string {
	return strconv.FormatFloat(160-c.Target/c.top()*150, 'f', 1, 64)
}

// chartTable is the same data as rows.
func chartTable(c ChartProps) TableProps {
	t := TableProps{Caption: c.Title, HideTitle: true, Cols: []Col{{Title: c.Head}, {Title: c.Unit, End: true}}}
	for _, b := range c.Bars {
		t.Rows = append(t.Rows, Row{Cells: []Cell{{Text: b.Label, Link: Link{Text: b.Label, Href: b.Href}}, {Text: b.Text}}})
	}
	return t
}
