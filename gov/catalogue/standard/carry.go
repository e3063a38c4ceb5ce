package standard

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"

	"tongban/gov/catalogue/content"
)

// rest are the parts of a base item that the directory of the exchange has no
// column for, by their names in JSON.
func (b *Base) rest() map[string]any {
	return map[string]any{"name_en": &b.NameEn, "basis": &b.Basis, "predecessors": &b.Predecessors, "successors": &b.Successors,
		"fields": &b.Fields, "tiers": &b.Tiers, "source": &b.Source, "parent": &b.Parent}
}

// Rest is what a base item says beyond a plainer reading of it; Take puts it back.
func (b *Base) Rest(plain *Base) map[string]string {
	out, was := map[string]string{}, plain.rest()
	for name, p := range b.rest() {
		v := reflect.ValueOf(p).Elem()
		w := reflect.ValueOf(was[name]).Elem()
		if v.Kind() != reflect.String && v.Len()+w.Len() == 0 || reflect.DeepEqual(v.Interface(), w.Interface()) {
			continue
		}
		raw, err := json.Marshal(v.Interface())
		if err != nil {
			panic(fmt.Sprintf("standard: %s does not marshal: %v", name, err)) // plain text and numbers
		}
		out[name] = string(raw)
	}
	return out
}

// Take puts one part back.
func (b *Base) Take(name, raw string) error {
	p, ok := b.rest()[name]
	if !ok {
		return &content.RestError{Name: name, Zh: "不认识这一项，可能由更新的版本导出。升级后再导入", En: "this part is not known; a newer version may have written it. Upgrade first"}
	}
	d := json.NewDecoder(bytes.NewReader([]byte(raw)))
	d.DisallowUnknownFields()
	next := reflect.New(reflect.TypeOf(p).Elem())
	if err := d.Decode(next.Interface()); err != nil {
		return &content.RestError{Name: name, Zh: fmt.Sprintf("读不懂（%v）。照导出的样子写", err), En: fmt.Sprintf("cannot be read (%v). Write it as an export does", err)}
	}
	reflect.ValueOf(p).Elem().Set(next.Elem())
	return nil
}

// Plainly forgets what Rest carries.
func (b *Base) Plainly() {
	for _, p := range b.rest() {
		reflect.ValueOf(p).Elem().SetZero()
	}
}
