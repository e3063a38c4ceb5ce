package facts

// LimitRuleApproved announces that a region has a limit of its own from a day on (时限规则).
type LimitRuleApproved struct {
	Region   string `json:"region"`   // whose limit it is, six digits
	Key      string `json:"key"`      // what it limits: acceptance, decision …
	Number   int    `json:"number"`   // counts up within region and limit
	Amount   int    `json:"amount"`   // in the unit
	Unit     string `json:"unit"`     // working_days, calendar_days or hours
	From     string `json:"from"`     // first day, 2026-12-01
	Citation string `json:"citation"` // the clause
}

// Type implements events.Fact.
func (LimitRuleApproved) Type() string { return "tongban.limits.rule.approved.v1" }
