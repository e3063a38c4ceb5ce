package province

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
)

// WriteGuides writes the rows as a guide file, one JSON object a line.
func (p *Province) WriteGuides(w io.Writer) error {
	out := bufio.NewWriterSize(w, 1<<16)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	if err := p.Each(func(r *Row) error { return enc.Encode(r) }); err != nil {
		return err
	}
	return out.Flush()
}

// The tables of the national exchange that WriteNational fills.
var Tables = []string{"up_task_general_basic", "up_task_general_extend", "up_task_general_material"}

// WriteNational writes the rows as tables of the national exchange, one JSON
// object a line, each table to what open gives for its name. batch is the number
// of the batch and at its time, as YYYY-MM-DD HH:MM:SS.
func (p *Province) WriteNational(open func(table string) (io.WriteCloser, error), batch, at string) (err error) {
	var outs [3]*bufio.Writer
	var encoders [3]*json.Encoder
	for i, table := range Tables {
		f, openErr := open(table)
		if openErr != nil {
			return openErr
		}
		defer func() {
			if closeErr := f.Close(); err == nil {
				err = closeErr
			}
		}()
		outs[i] = bufio.NewWriterSize(f, 1<<16)
		encoders[i] = json.NewEncoder(outs[i])
		encoders[i].SetEscapeHTML(false)
	}
	n := 0
	err = p.Each(func(r *Row) error {
		n++
		stamp := map[string]any{"cd_operation": "I", "cd_batch": batch, "cd_time": at, "data_source": r.Source}
		if err := encoders[0].Encode(with(stamp, basic(r, n))); err != nil {
			return err
		}
		if err := encoders[1].Encode(with(stamp, extend(r, n))); err != nil {
			return err
		}
		for i, m := range r.Materials {
			row := map[string]any{"row_guid": guid(n, i+1), "task_guid": guid(n, 0), "task_code": r.Code, "task_version": 1, "material_name": m, "is_need": "1", "order_num": i + 1}
			if err := encoders[2].Encode(with(stamp, row)); err != nil {
				return err
			}
		}
		return nil
	})
	for _, out := range outs {
		if flushErr := out.Flush(); err == nil {
			err = flushErr
		}
	}
	return err
}

func with(stamp, row map[string]any) map[string]any {
	for k, v := range stamp {
		row[k] = v
	}
	return row
}

// guid is the same for the same place in the same province.
func guid(item, part int) string { return fmt.Sprintf("generated-%08d-%03d", item, part) }

// national are the type codes of GB/T 39046 for those of the shipped guides,
// in which 20 and 21 stand for 10 and 20.
var national = map[string]string{"20": "10", "21": "20"}

func basic(r *Row, n int) map[string]any {
	row := map[string]any{
		"row_guid": guid(n, 0), "catalog_code": r.Base, "task_code": r.Code, "task_name": r.Name, "task_type": r.TypeCode, "task_version": 1, "task_state": "1",
		"use_level": r.LevelCode, "dept_name": r.OrgName, "dept_code": r.Org, "area_code": r.Region, "accept_condition": r.Conditions, "limit_scene_num": *r.Visits,
		"server_type": serverTypes(r.Audience), "is_fee": "0",
	}
	if to, ok := national[r.TypeCode]; ok {
		row["task_type"] = to
	}
	for name, limit := range map[string]*int{"anticipate": r.Legal, "promise": r.Promise} {
		unit := r.LegalUnit
		if name == "promise" {
			unit = r.PromiseUnit
		}
		if limit != nil && *limit > 0 {
			row[name+"_day"], row[name+"_type"] = *limit, dayTypes[unit]
		}
	}
	return row
}

var dayTypes = map[string]string{"workday": "1", "day": "2", "hour": "3"}

// serverTypes writes audiences as the codes of GB/T 39046 A.4.
func serverTypes(audience []string) string {
	codes := map[string]string{"自然人": "1", "企业法人": "2", "事业法人": "3", "社会组织法人": "4", "行政机关": "5", "非法人企业": "6", "其他组织": "6"}
	out, six := "", false
	for _, a := range audience {
		c, ok := codes[a]
		if !ok || c == "6" && six {
			continue
		}
		six = six || c == "6"
		if out != "" {
			out += ","
		}
		out += c
	}
	return out
}

func extend(r *Row, n int) map[string]any {
	yes := map[bool]string{true: "1", false: "0"}
	return map[string]any{
		"row_guid": guid(n, 999), "task_guid": guid(n, 0), "task_code": r.Code, "task_version": 1, "is_online": yes[r.Online], "online_handle_depth": fmt.Sprint(r.Depth),
		"is_express": yes[r.Express], "is_schedule": yes[r.Booking],
	}
}
