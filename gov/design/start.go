package design

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"tongban/gov/catalogue/content"
	"tongban/gov/catalogue/packages"
	"tongban/gov/design/plan"
)

//go:embed starter.json
var starterFile []byte

// starter is what an item that is new begins with: the applicant filled in from
// the register, the pledge, the remedies that everybody has.
var starter = sync.OnceValue(func() *packages.Package {
	p := &packages.Package{}
	if err := json.Unmarshal(starterFile, p); err != nil {
		panic(fmt.Sprintf("design: starter.json: %v", err)) // embedded; a test reads it
	}
	return p
})

// blank is the package of an item that is new. Its office is that of its code.
func blank(n NewItem) *packages.Package {
	p := starter().Clone()
	p.Item.Region, p.Item.Code, p.Item.Name = n.Region, n.Code, content.Text{Zh: n.Name, En: n.NameEn}
	p.Item.ID, p.Item.Org, p.Item.Level = "item-"+strings.ToLower(n.Code), n.Code[:18], n.Code[18:19]
	p.Result.Certificate.Issuer = p.Item.Org
	flow := plan.New(n.Name)
	p.Flow = string(flow.Write("flow", func(code string) string { return code }))
	return p
}
