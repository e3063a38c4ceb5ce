package custody

import (
	"slices"
	"time"

	"tongban/platform/authz"
	"tongban/platform/fault"
	"tongban/platform/sign/ring"
)

// Act is what an order is about.
type Act string

// The acts.
const (
	Replace Act = "replace" // a key, or an authority, gives its place to another
	Endow   Act = "endow"   // an office gets keys of its own
)

// State is where an order stands.
type State string

// The states.
const (
	Proposed State = "proposed"
	Rejected State = "rejected"
	Approved State = "approved" // and not carried out yet
	Done     State = "done"
)

// The permissions.
var (
	MaySee     = authz.Define("certificates.keys.see", "see the keys of the installation with their history, and orders about them")
	MayPropose = authz.Define("certificates.keys.propose", "propose that a key is replaced or that an office gets keys of its own; carry out what was approved")
	MayApprove = authz.Define("certificates.keys.approve", "approve or send back orders about keys that somebody else proposed; carry them out")
)

// The refusals.
var (
	ErrNoOrder    = fault.NotFound("certificates.keys.no_order")
	ErrNoKey      = fault.NotFound("certificates.keys.no_key")
	ErrSamePerson = fault.Forbidden("certificates.keys.same_person")
	ErrDecided    = fault.Conflict("certificates.keys.decided")
	ErrOpen       = fault.Conflict("certificates.keys.open") // such an order waits already
	ErrReason     = fault.Invalid("certificates.keys.reason")
	ErrWhich      = fault.Invalid("certificates.keys.which")    // no such key in force
	ErrOffice     = fault.Invalid("certificates.keys.office")   // no such office
	ErrOwn        = fault.Conflict("certificates.keys.own")     // the office has keys of its own
	ErrNotNow     = fault.Conflict("certificates.keys.not_now") // not approved, or done already
)

// Order is what is to be done to keys.
type Order struct {
	Region     string
	ID         string
	Act        Act
	Role       string // of the key or the authority; "" with Endow
	Office     string // whose; "" the installation's
	OfficeName string
	Reason     string
	State      State

	ProposedBy, ProposedName string
	ProposedAt               time.Time
	DecidedBy, DecidedName   string
	DecidedAt                time.Time
	Answer                   string // why it was sent back
	Problem                  string // code: why it could not be carried out
	Statement                string // hash of what the keys said
	DoneAt                   time.Time
}

// orderPrefix opens the id of an order.
const orderPrefix = "kor"

// every is how long a key should be in force; notice is how long before its end
// an authority should be replaced, because what it issued lasts three years.
const (
	every  = 3
	notice = 4
)

// due is the day on which a key has been in force as long as it should.
func due(from time.Time) time.Time { return from.AddDate(every, 0, 0) }

// replaceable are the roles that an order can name.
var replaceable = append(slices.Clone(ring.Roles), ring.Authorities...)

// mark is the end of the reason by which a statement names its order.
func (o Order) mark() string { return " [" + o.ID + "]" }
