package history

import (
	"time"

	"tongban/gov/casework/desk"
)

// Entry is one line of the timeline of a case.
type Entry struct {
	ID      string
	At      time.Time
	Since   time.Time // when what ended here began; zero when it had no length
	Days    int       // working days from Since to At
	Kind    string    // case.submitted, task.completed …; words are in web/strings
	Actor   string
	Name    string
	Role    string
	Org     string
	OrgName string
	Step    string
	Task    desk.TaskID
	Text    string
	Details map[string]any
}
