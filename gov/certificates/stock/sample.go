package stock

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"time"

	"tongban/gov/certificates/kinds"
	"tongban/gov/identity"
	"tongban/gov/identity/number"
	"tongban/platform/i18n"
)

// Example is a small file of plainly invented certificates of a type, for trying:
// one of somebody in the practice town, one under another name than he has
// there, one of somebody nobody knows, the same row twice, and one with a day
// that is none.
func Example(t kinds.Type, issuer string, now time.Time) []byte {
	list := Targets(t)
	list = slices.DeleteFunc(list, func(x Target) bool { return x.Key == toIdentifier || x.Key == toState || x.Key == toAnnex })
	for _, f := range t.Fields {
		if f.Kind == kinds.Photo {
			list = slices.DeleteFunc(list, func(x Target) bool { return x.Key == fieldPrefix+f.Key })
		}
	}
	// What says the same of the holder needs no column of its own.
	m := Map{Columns: map[string]string{toHolderName: "x", toHolderNumber: "x", toGranted: "x", toUntil: "x", toFrom: "x"}, Fixed: map[string]string{}}
	m.lend(t, issuer)
	list = slices.DeleteFunc(list, func(x Target) bool {
		return strings.HasPrefix(x.Key, fieldPrefix) && (m.Columns[x.Key] != "" || m.Fixed[x.Key] != "")
	})
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	var head []string
	for _, x := range list {
		head = append(head, x.Label.Zh)
	}
	rows := [][]string{head}
	for i, who := range []struct {
		name string
		n    int
	}{{"王示例", 1}, {"李虚构", 2}, {"赵虚构", 9001}, {"孙虚构", 9002}} {
		rows = append(rows, sampleRow(t, list, who.name, who.n, i+1, now))
	}
	bad := slices.Clone(rows[4])
	bad[slices.Index(head, targetLabel(list, toGranted))] = "某年某日"
	bad[0] += "-1"
	rows = append(rows, rows[3], bad)
	if err := w.WriteAll(rows); err != nil {
		panic(err) // a buffer takes everything
	}
	return b.Bytes()
}

func targetLabel(list []Target, key string) string {
	for _, x := range list {
		if x.Key == key {
			return x.Label.Zh
		}
	}
	return ""
}

func sampleRow(t kinds.Type, list []Target, name string, n, i int, now time.Time) []string {
	holder := string(number.Fictional(identity.SampleDistrict, n))
	if t.Holder == "1" {
		name, holder = "示例区"+name+"有限公司", string(number.FictionalUSCC("91", identity.SampleDistrict, n))
		if n == 1 {
			name, holder = "示例区虚构餐饮有限公司", identity.SampleCompany
		}
	}
	granted := now.In(i18n.Zone).AddDate(0, -2, -i)
	until := granted.AddDate(1, 0, -1)
	if t.Validity.Unit == "month" {
		until = granted.AddDate(0, t.Validity.Amount, -1)
	}
	var out []string
	for _, x := range list {
		v := ""
		switch x.Key {
		case toNumber:
			v = fmt.Sprintf("示例〔%d〕%04d号", granted.Year(), i)
		case toHolderName:
			v = name
		case toHolderNumber:
			v = holder
		case toGranted, toFrom:
			v = granted.Format(time.DateOnly)
		case toUntil:
			if t.Validity.Unit != "none" {
				v = until.Format(time.DateOnly)
			}
		default:
			v = sampleValue(t, strings.TrimPrefix(x.Key, fieldPrefix), granted, n)
		}
		out = append(out, v)
	}
	return out
}

func sampleValue(t kinds.Type, key string, day time.Time, n int) string {
	for _, f := range t.Fields {
		switch {
		case f.Key != key:
		case len(f.Choices) > 0:
			return f.Choices[0]
		case f.Kind == kinds.Date:
			return day.Format("2006年1月2日")
		case f.Kind == kinds.Number:
			return "36"
		case f.Kind == kinds.Identity:
			return string(number.Fictional(identity.SampleDistrict, n))
		case f.Kind == kinds.Unified:
			return string(number.FictionalUSCC("91", identity.SampleDistrict, n))
		case f.Kind == kinds.Text:
			return "虚构" + f.Label.Zh
		}
	}
	return ""
}
