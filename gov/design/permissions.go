package design

import "tongban/platform/authz"

// MayDesign allows flows to be drawn and tried; publishing them needs the
// catalogue's permission besides.
var MayDesign = authz.Define("design.flow", "may draw and try the flows of items")
