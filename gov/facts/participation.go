package facts

import "time"

// ServiceRated announces that an applicant rated the service in a decided case (好差评).
type ServiceRated struct {
	Region string    `json:"region"`
	Case   string    `json:"case"`
	Item   string    `json:"item"`
	Org    string    `json:"org"`
	Grade  int       `json:"grade"` // 1 非常满意 … 5 非常不满意
	At     time.Time `json:"at"`
}

// Type implements events.Fact.
func (ServiceRated) Type() string { return "tongban.participation.service.rated.v1" }
