package facts

// LimitRuleApproved announces that a region has a limit of its own from a day on (时限规则).
type LimitRuleApproved struct {
	Region   string `json:"region"`
	Key      string `json:"key"` // what it limits: acceptance, decision …
	Number   int    `json:"number"`
	Amount   int    `json:"amount"`
	Unit     string `json:"unit"`
	From     string `json:"from"` // first day, 2026-12-01
	Citation string `json:"citation"`
}

// Type implements events.Fact.
func (LimitRuleApproved) Type() string { return "tongban.limits.rule.approved.v1" }
