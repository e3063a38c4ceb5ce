package catalogue

import "tongban/platform/authz"

// The permissions of the catalogue.
var (
	// MayReadCatalogue is everybody's: what the government offers is public.
	MayReadCatalogue = authz.Anyone
	// MayImportItems allows guides and divisions to be imported.
	MayImportItems = authz.Define("catalogue.import", "may import guides and divisions from files")
	// MayPublishItems allows service packages to be published.
	MayPublishItems = authz.Define("catalogue.publish", "may publish service packages, which makes their next version")
)
