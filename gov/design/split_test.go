package design

import (
	"strconv"
	"strings"
	"testing"

	"tongban/gov/catalogue"
	"tongban/platform/bpmn"
)

// The designer sees the share of a step that has no limit yet, and what is written
// has to fit into what the item promises.
func TestLint_shares(t *testing.T) {
	for name, c := range map[string]struct {
		a, b, want string
		promise    int
	}{
		"both shared":     {"", "", "5 equal 5 equal file.limit file.limit", 10},
		"one given":       {"P7WD", "", "7 given 3 equal file.limit", 10},
		"longer than all": {"P7WD", "P7WD", "5 cut 5 cut promise 14/10", 10},
		"in hours":        {"P7WD", "PT3H", "7 given 3 equal file.limit", 10},
		"nothing said":    {"P7WD", "", "7 given 0 given file.limit", 0},
	} {
		t.Run(name, func(t *testing.T) {
			at := func(limit string) string {
				if limit == "" {
					return ""
				}
				return ` tongban:limit="` + limit + `"`
			}
			m, err := bpmn.Parse(strings.NewReader(`<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:tongban="https://tongban.example/bpmn"><process id="p" isExecutable="true"><startEvent id="s"/><userTask id="a" name="审查"` + at(c.a) + `/><userTask id="b" name="决定"` + at(c.b) + `/><endEvent id="e"/>
				<sequenceFlow id="f1" sourceRef="s" targetRef="a"/><sequenceFlow id="f2" sourceRef="a" targetRef="b"/><sequenceFlow id="f3" sourceRef="b" targetRef="e"/></process></definitions>`))
			if err != nil {
				t.Fatal(err)
			}
			p, a := m.Process(""), Surroundings{Offer: &catalogue.Offer{}}
			if c.promise > 0 {
				a.Offer.Promise = catalogue.Limit{Amount: c.promise, Unit: catalogue.Workdays}
			}
			var got []string
			for _, x := range split(p, a).Shares {
				got = append(got, strconv.Itoa(x.Limit.Amount), string(x.How))
			}
			for _, x := range lint(p, nil, a) {
				switch x.Code {
				case "promise":
					got = append(got, x.Code, strconv.Itoa(x.Pairs[1].(int))+"/"+strconv.Itoa(x.Pairs[3].(int)))
				case "file.limit":
					got = append(got, x.Code)
				}
			}
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("got %s, want %s", s, c.want)
			}
		})
	}
}
