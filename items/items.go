package items

import "embed"

// Files is the read-only tree of shipped packages.
//
//go:embed README.md departments.json general.bpmn restaurant-opening residence-permit study-grant
//go:embed business-registration food-licence fire-safety-check drainage-permit outdoor-advertising restaurant
//go:embed birth-registration child-medical-insurance child-social-card vaccination-record newborn
//go:embed death-registration funeral-benefit medical-account-inheritance bereavement
var Files embed.FS

const (
	// Departments is the file that lists the invented offices of the practice district.
	Departments = "departments.json"
	// General is the flow of items that have no package of their own.
	General = "general.bpmn"
)

// Packages names the folders of the shipped packages in the order in which they are published.
// A one thing comes after the items that it joins.
var Packages = []string{"restaurant-opening", "residence-permit", "study-grant",
	"business-registration", "food-licence", "fire-safety-check", "drainage-permit", "outdoor-advertising", "restaurant",
	"birth-registration", "child-medical-insurance", "child-social-card", "vaccination-record", "newborn",
	"death-registration", "funeral-benefit", "medical-account-inheritance", "bereavement"}
