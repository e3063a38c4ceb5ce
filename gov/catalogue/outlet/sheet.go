package outlet

import (
	"context"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/intake/fields"
)

// Names of the tables for spreadsheets.
const (
	sheetItems     = "事项"
	sheetMaterials = "材料"
	sheetFees      = "收费"
	sheetFAQ       = "问答"
	sheetExtras    = "其他要素"
)

// shown are the fields that have a column; other elements have a table.
var shown = slices.DeleteFunc(slices.Clone(fields.All), func(f fields.Field) bool { return f.Kind == fields.Elements })

// sheets gives the rows of the tables for spreadsheets: values in words.
func (s *Service) sheets(ctx context.Context, opt Options, sum *Summary, row func(table string, columns, cells []string) error) error {
	var columns []string
	for i := range shown {
		columns = append(columns, shown[i].Zh)
	}
	return s.Catalogue.EachItem(ctx, opt.Region, opt.Since, func(p catalogue.PublishedItem) error {
		all := sum.left(&p.Content)
		cells := make([]string, len(shown))
		for i := range shown {
			if f := &shown[i]; p.Item.Package == "" || f.Key != "materials" {
				if v := f.Get(&p.Content); f.Fits(v) && f.Listed(v) {
					cells[i] = inWords(f, v)
				}
			}
		}
		if err := row(sheetItems, columns, cells); err != nil {
			return err
		}
		if all {
			return nil
		}
		return parts(&p.Content, row)
	})
}

// inWords is the value of a field as a person writes it.
func inWords(f *fields.Field, v string) string {
	if v == "" {
		return ""
	}
	switch {
	case f.Kind == fields.Flag:
		return map[string]string{"true": "是", "false": "否"}[v]
	case f.List != "":
		var out []string
		for _, one := range strings.Split(v, "\n") {
			if w, ok := fields.ValueOf(f.List, one); ok {
				one = w.Zh
			}
			out = append(out, one)
		}
		return strings.Join(out, "\n")
	}
	return v
}

// parts gives the rows of an item's materials, charges, questions and of what
// has no column.
func parts(c *content.Content, row func(table string, columns, cells []string) error) error {
	write := func(table string, subs []fields.Sub, id, mark, order string, values map[string]string) error {
		if mark == "" {
			mark = fields.Mark(c.Item.Code, id)
		}
		columns, cells := []string{"实施编码", "记录唯一标识", "排序"}, []string{c.Item.Code, mark, order}
		for _, sub := range subs {
			columns, cells = append(columns, sub.Zh), append(cells, values[sub.Key])
			delete(values, sub.Key)
		}
		if err := row(table, columns, cells); err != nil {
			return err
		}
		delete(values, "row_guid")
		delete(values, "order_num")
		return rest(c, mark, values, row)
	}
	for _, m := range c.Materials {
		if err := write(sheetMaterials, fields.Materials, m.ID, m.Fields["row_guid"], m.Fields["order_num"], fields.MaterialValues(m)); err != nil {
			return err
		}
	}
	for _, p := range c.Item.Fees {
		if err := write(sheetFees, fields.Fees, p.ID, p.Fields["row_guid"], p.Fields["order_num"], fields.FeeValues(p)); err != nil {
			return err
		}
	}
	for _, q := range c.Item.FAQ {
		if err := write(sheetFAQ, fields.FAQs, q.ID, q.Fields["row_guid"], q.Fields["order_num"], fields.FAQValues(q)); err != nil {
			return err
		}
	}
	left := map[string]string{}
	for k, v := range c.Item.Fields {
		if fields.Find(k) == nil {
			left[k] = v
		}
	}
	for i := range shown {
		if f := &shown[i]; !f.Listed(f.Get(c)) {
			left[f.Key] = f.Get(c)
		}
	}
	plain := fields.Plain(c)
	for name, raw := range c.Rest(&plain) {
		left[fields.MoreField(name)] = string(raw)
	}
	return rest(c, "", left, row)
}

func rest(c *content.Content, part string, values map[string]string, row func(table string, columns, cells []string) error) error {
	for _, k := range slices.Sorted(maps.Keys(values)) {
		if err := row(sheetExtras, []string{"实施编码", "部分", "要素", "值"}, []string{c.Item.Code, part, k, values[k]}); err != nil {
			return err
		}
	}
	return nil
}

// Bounds of a workbook.
const (
	maxSheetRows = 1 << 20
	maxCellRunes = 32767
)

// workbook writes the tables as sheets; every cell is text, so that none is
// computed and no code loses its zeros.
func (s *Service) workbook(ctx context.Context, opt Options, w io.Writer, sum *Summary) error {
	f := excelize.NewFile()
	defer f.Close()
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	streams := map[string]*excelize.StreamWriter{}
	err = s.sheets(ctx, opt, sum, func(table string, columns, cells []string) error {
		sw := streams[table]
		if sw == nil {
			var err error
			if sw, err = newSheet(f, table, columns, len(streams) == 0, bold); err != nil {
				return err
			}
			streams[table] = sw
		}
		sum.Rows[table]++
		if table == sheetItems {
			sum.Items++
		}
		if sum.Rows[table] >= maxSheetRows {
			return ErrTooBig.With("rows", maxSheetRows)
		}
		return writeRow(sw, sum.Rows[table]+1, cells)
	})
	if err != nil {
		return err
	}
	if len(streams) == 0 {
		var columns []string
		for i := range shown {
			columns = append(columns, shown[i].Zh)
		}
		if streams[sheetItems], err = newSheet(f, sheetItems, columns, true, bold); err != nil {
			return err
		}
	}
	for _, sw := range streams {
		if err := sw.Flush(); err != nil {
			return err
		}
	}
	return f.Write(w)
}

func newSheet(f *excelize.File, table string, columns []string, first bool, bold int) (*excelize.StreamWriter, error) {
	if first {
		if err := f.SetSheetName("Sheet1", table); err != nil {
			return nil, err
		}
	} else if _, err := f.NewSheet(table); err != nil {
		return nil, err
	}
	sw, err := f.NewStreamWriter(table)
	if err != nil {
		return nil, err
	}
	if err := sw.SetColWidth(1, len(columns), 22); err != nil {
		return nil, err
	}
	if err := sw.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return nil, err
	}
	head := make([]any, len(columns))
	for i, c := range columns {
		head[i] = excelize.Cell{StyleID: bold, Value: c}
	}
	return sw, sw.SetRow("A1", head)
}

func writeRow(sw *excelize.StreamWriter, n int, cells []string) error {
	at, err := excelize.CoordinatesToCellName(1, n)
	if err != nil {
		return err
	}
	row := make([]any, len(cells))
	for i, c := range cells {
		if len(c) > maxCellRunes && utf8.RuneCountInString(c) > maxCellRunes {
			return ErrTooBig.With("rows", n)
		}
		if c != "" {
			row[i] = c
		}
	}
	return sw.SetRow(at, row)
}
