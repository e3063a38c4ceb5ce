package content

import (
	"encoding/json"
	"testing"
)

// A condition of a material may ask what a decision table makes of the answers.
func TestMaterialsFor_byDecisionTable(t *testing.T) {
	c := Content{
		Form:      json.RawMessage(`{"groups":[{"id":"g","title":{"zh":"场所","en":"Premises"},"fields":[{"id":"area","label":{"zh":"面积","en":"Area"},"type":"number","errors":{"type":{"zh":"填数字","en":"A number"}}}]}]}`),
		Materials: []Material{{ID: "always"}, {ID: "plan", NeededWhen: "scale == 'large'"}},
		Decisions: `<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m" namespace="urn:m"><inputData id="i1" name="area"><variable name="area" typeRef="number"/></inputData>
<decision id="scale" name="规模"><variable name="规模" typeRef="string"/><informationRequirement><requiredInput href="#i1"/></informationRequirement>
<decisionTable hitPolicy="UNIQUE"><input label="area"><inputExpression typeRef="number"><text>area</text></inputExpression></input><output/>
<rule><inputEntry><text>&lt; 500</text></inputEntry><outputEntry><text>"small"</text></outputEntry></rule><rule><inputEntry><text>&gt;= 500</text></inputEntry><outputEntry><text>"large"</text></outputEntry></rule></decisionTable></decision></definitions>`,
	}
	o, err := NewOffer(c, Version{Number: 1})
	if err != nil {
		t.Fatal(err)
	}
	for area, want := range map[string]int{"499.5": 1, "500": 2, "": 1, "viel": 1} {
		if got := o.MaterialsFor(map[string]string{"area": area}); len(got) != want {
			t.Errorf("area %q: %d materials, want %d", area, len(got), want)
		}
	}
	hash, _ := c.Seal()
	c.Decisions = ""
	if other, _ := c.Seal(); other == hash {
		t.Error("tables make no difference to the version")
	}
}

// A text that is kept for being asked often is never mistaken for another, not
// even when there is none.
func TestSeal_withoutAFlow(t *testing.T) {
	c := Content{Form: []byte(`{}`)}
	c.Seal()
	if c.FlowHash != Digest(nil) || c.FormHash != Digest([]byte(`{}`)) {
		t.Errorf("form %q, flow %q", c.FormHash, c.FlowHash)
	}
}
