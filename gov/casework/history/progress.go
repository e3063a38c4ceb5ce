package history

import (
	"time"

	"tongban/gov/casework/cases"
)

// Progress is what somebody without an account may see of a case: no name, no
// number of a person.
type Progress struct {
	Number, ItemName, OrgName string
	State                     cases.State
	Outcome                   cases.Outcome
	Paused                    bool
	SubmittedAt, AcceptedAt   time.Time
	ClosedAt, Due             time.Time
	Clock                     cases.ClockFace
	Steps                     []Entry // without names of officers
}
