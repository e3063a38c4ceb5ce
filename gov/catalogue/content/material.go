package content

// Material is something to bring (申请材料).
type Material struct {
	ID         string       `json:"id"`
	Name       Text         `json:"name"`
	Kind       string       `json:"kind"`  // original, copy, electronic; "" when the guide does not say
	Count      int          `json:"count"` // 0 when the guide does not say
	NeededWhen string       `json:"needed_when,omitempty"`
	Why        Text         `json:"why"`    // what the office looks for in it
	Risk       Text         `json:"risk"`   // what would happen without it
	Clause     string       `json:"clause"` // id of the clause that lets the office ask
	IssuedBy   Text         `json:"issued_by"`
	Instead    []Substitute `json:"instead"`
	Sample     []Fact       `json:"sample"`
	Accept     []string     `json:"accept"` // pdf, jpg, png, ofd
	MaxMB      int          `json:"max_mb"`
	Later      bool         `json:"later"` // may follow after acceptance (容缺)
	Hint       Text         `json:"hint,omitzero"`

	Fields map[string]string `json:"fields,omitempty"` // what has no place of its own, by the key of its field (要素)
}

// Substitute is what may be given instead of a material.
type Substitute struct {
	Kind   string `json:"kind"` // certificate, data, commitment
	Name   Text   `json:"name"`
	Source string `json:"source"` // certificate type, register, or form field
}

// Fact is one line of a sample.
type Fact struct {
	Label Text `json:"label"`
	Value Text `json:"value"`
}

// ImportedMaterial is what a guide tells of a material: its name.
func ImportedMaterial(id, name string) Material {
	return Material{ID: id, Name: Zh(name), Instead: []Substitute{}, Sample: []Fact{}, Accept: []string{"pdf", "jpg", "png", "ofd"}, MaxMB: 20}
}

// Shares is how often certificates or data of other offices may stand in for
// materials (共享责任清单).
func (c *Content) Shares() int {
	n := 0
	for _, m := range c.Materials {
		for _, s := range m.Instead {
			if s.Kind != "commitment" {
				n++
			}
		}
	}
	return n
}
