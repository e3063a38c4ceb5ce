package trusted

import (
	"slices"
	"strings"
	"time"

	"tongban/gov/certificates"
	"tongban/platform/authz"
	"tongban/platform/fault"
	"tongban/platform/lookalike"
)

// State is where a version of a node stands.
type State string

// The states.
const (
	Proposed  State = "proposed"
	Rejected  State = "rejected"
	Active    State = "active"
	Suspended State = "suspended"
	Removed   State = "removed"
	Replaced  State = "replaced" // by its next version
)

// The permissions.
var (
	MayPropose = authz.Define("certificates.nodes.propose", "propose other installations whose certificates count here; suspend and remove them")
	MayApprove = authz.Define("certificates.nodes.approve", "approve or send back installations that somebody else proposed; suspend, remove and give back")
)

// The refusals. Those of a node are why its certificates do not count.
var (
	ErrNoNode      = fault.NotFound("certificates.nodes.no_node")
	ErrSamePerson  = fault.Forbidden("certificates.nodes.same_person")
	ErrFingerprint = fault.Invalid("certificates.nodes.fingerprint") // what was typed is not the fingerprint of the file
	ErrOpen        = fault.Conflict("certificates.nodes.open")       // a proposal for this site waits already
	ErrDecided     = fault.Conflict("certificates.nodes.decided")
	ErrUnchanged   = fault.Invalid("certificates.nodes.unchanged")
	ErrReason      = fault.Invalid("certificates.nodes.reason")
	ErrTerms       = fault.Invalid("certificates.nodes.terms")      // kinds, grade or dates that cannot be
	ErrSelf        = fault.Conflict("certificates.nodes.self")      // this installation itself
	ErrKeyTaken    = fault.Conflict("certificates.nodes.key_taken") // another node has one of the keys
	ErrAlike       = fault.Conflict("certificates.nodes.alike")     // named so that people take it for another node

	ErrSuspended   = fault.Invalid("certificates.nodes.suspended")
	ErrRemoved     = fault.Invalid("certificates.nodes.removed")
	ErrNotYet      = fault.Invalid("certificates.nodes.not_yet")
	ErrOver        = fault.Invalid("certificates.nodes.over")
	ErrScope       = fault.Invalid("certificates.nodes.scope") // issued for a region that the node does not speak for
	ErrKind        = fault.Invalid("certificates.nodes.kind")  // a kind that is not recognised from it
	ErrUnreachable = fault.Unavailable("certificates.nodes.unreachable")
	ErrAnswer      = fault.Unavailable("certificates.nodes.answer") // it answered something that it did not sign
)

// Node is one version of an entry of the trust list.
type Node struct {
	Region  string // who keeps it
	ID      string
	Version int
	State   State
	File
	Kinds       []string // type codes that are recognised; empty: all
	Grade       string   // A to D
	Follow      bool     // its list is followed here
	From, Until time.Time

	Note, ProposedBy, ProposedName      string
	ProposedAt                          time.Time
	DecidedBy, DecidedName, Answer      string
	DecidedAt                           time.Time
	Reason, ChangedBy, ChangedName      string // of the last change of state
	ChangedAt                           time.Time
	Change                              int64 // number of the last change of the list
	List, ListNode                      string
	ListAt, ListNext, ListUntil, ListOK time.Time
	Keys                                KeysFollowed // how its keys went on since
	Newer                               string       // of a list: the node file in which they did

	verifier *certificates.Verifier
	compared certificates.Trust // as two people compared it
}

// Usable tells why certificates of the node do not count at a time; nil when
// they do.
func (n Node) Usable(now time.Time) error {
	switch {
	case n.State == Suspended:
		return ErrSuspended.With("name", n.Name).With("reason", n.Reason)
	case n.State != Active:
		return ErrRemoved.With("name", n.Name).With("reason", n.Reason)
	case !n.From.IsZero() && now.Before(n.From):
		return ErrNotYet.With("name", n.Name)
	case !n.Until.IsZero() && !now.Before(n.Until):
		return ErrOver.With("name", n.Name)
	case n.List != "" && now.After(n.ListUntil):
		return ErrListOver.With("list", n.List)
	}
	return nil
}

// covers tells why a paper is not one that the node may vouch for.
func (n Node) covers(region, kind string) error {
	if !strings.HasPrefix(region, authz.Prefix(n.File.Region)) {
		return ErrScope.With("name", n.Name).With("region", n.File.Region).With("paper", region)
	}
	if len(n.Kinds) > 0 && !slices.Contains(n.Kinds, kind) {
		return ErrKind.With("name", n.Name)
	}
	return nil
}

// recognised is what a report says of the node.
func (n Node) recognised() *certificates.Recognised {
	return &certificates.Recognised{Node: n.ID, Name: n.Name, Region: n.File.Region, Site: n.Site, List: n.List, ListAt: n.ListAt, Grade: n.Grade}
}

// keys are the ids of all keys of a node.
func (n Node) keys() (out []string) {
	for _, k := range n.Trust.Keys {
		out = append(out, k.ID)
	}
	return out
}

// Likenesses are the nodes that a new one could be taken for. Reading the same
// is refused; a host that differs by a slip of the pen is a warning.
func Likenesses(f File, among []Node) (same error, warn []certificates.PaperWarning) {
	for _, n := range among {
		if n.ID == nodeID(f.Site) {
			continue
		}
		switch {
		case lookalike.Alike(f.Name, n.Name) || lookalike.Plain(f.Name) == lookalike.Plain(n.Name):
			same = ErrAlike.With("name", f.Name).With("known", n.Name)
		case lookalike.AlikeHost(host(f.Site), host(n.Site)):
			warn = append(warn, certificates.PaperWarning{Code: "lookalike_host", Name: host(f.Site), Known: host(n.Site)})
		}
	}
	return same, warn
}

// Why is a refusal as its code, for programs; true when there is none.
func Why(err error) (string, bool) {
	if err == nil {
		return "", true
	}
	return fault.Of(err).Code, false
}
