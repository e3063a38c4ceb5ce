package catalogue

import (
	"context"
	"maps"
	"slices"
	"time"

	"tongban/platform/authz"
	"tongban/platform/bpmn/definition"
	"tongban/platform/fault"
)

// PostApplicant is the post of a user task that the applicant does.
const PostApplicant = "applicant"

// FlowServices are the service tasks that cases carry out.
var FlowServices = []string{"issue", "refuse", "copy"}

// Provided tells whether cases have what a flow wants besides people and timers.
func Provided(n definition.Need) bool {
	return n.Kind == "service" && slices.Contains(FlowServices, n.Name)
}

// ErrFlowStale refuses a flow that was drawn over an older version.
var ErrFlowStale = fault.Conflict("catalogue.flow_stale")

// NewFlow replaces the flow of an item by one that was drawn for it.
type NewFlow struct {
	Region, Code string
	Base         int             // the version that the drawing began with
	Flow         []byte          // BPMN 2.0
	Steps        []Step          // one for every user task of an office
	Offices      map[string]Text // names of the offices in Steps
	Effective    time.Time       // zero: now
	DryRun       bool            // check only
}

// PublishFlow makes the next version of an item, the same but for its flow.
// From then on neither an import of guides nor the start of the node with the
// shipped packages replaces the item. Running cases stay on their version. What is wrong comes back
// as one fault whose cause is a *PackageError.
func (s *Service) PublishFlow(ctx context.Context, n NewFlow) (Published, error) {
	newest, err := newestVersion(ctx, s.DB, n.Region, n.Code)
	if err != nil {
		return Published{}, noItem(err, n.Region, n.Code)
	}
	c, v, err := loadContent(ctx, s.DB, n.Region, n.Code, newest)
	if err != nil {
		return Published{}, err
	}
	if err := authz.Require(ctx, MayPublishItems, authz.Object{Region: c.Item.Region, Orgs: []string{c.Item.Org}}); err != nil {
		return Published{}, err
	}
	if newest != n.Base {
		return Published{}, ErrFlowStale.With("version", newest).With("publisher", v.Publisher)
	}
	l := &loader{}
	c.Flow, c.Steps = string(n.Flow), n.Steps
	l.checkFlow(&packageItem{Org: c.Item.Org, Steps: n.Steps}, &c)
	if len(l.problems) > 0 {
		return Published{}, packageFault(&PackageError{c.Item.FullName(), l.problems})
	}
	c.Item.Offices = maps.Clone(c.Item.Offices)
	if c.Item.Offices == nil {
		c.Item.Offices = map[string]Text{}
	}
	maps.Copy(c.Item.Offices, n.Offices)
	c.Item.OwnFlow = true
	return s.publishContent(ctx, &c, PublishOptions{Effective: n.Effective, DryRun: n.DryRun})
}
