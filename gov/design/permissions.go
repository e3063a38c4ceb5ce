package design

import "tongban/platform/authz"

// MayDesign allows flows to be drawn and tried; others review and
// publish them, by permissions of the catalogue.
var MayDesign = authz.Define("design.flow", "may draw and try the flows of items")
