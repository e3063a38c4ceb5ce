package catalogue

import "tongban/platform/authz"

// The permissions of the catalogue.
var (
	// MayReadCatalogue is everybody's: what the government offers is public.
	MayReadCatalogue = authz.Anyone
	// MayImportItems allows guides and divisions to be imported.
	MayImportItems = authz.Define("catalogue.import", "may import guides and divisions from files")
	// MayExportItems allows all items of a region to be taken away at once. Because:
	// each of them is public, but a province is gigabytes.
	MayExportItems = authz.Define("catalogue.export", "may export the items of a region as files")
	// MayKeepSynonyms allows the words to be kept that search reads as others.
	MayKeepSynonyms = authz.Define("catalogue.synonyms", "may say which words search reads as others")
	// MayPublishItems allows service packages to be published: of the designer's
	// drafts, those that somebody else drew and a third person reviewed.
	MayPublishItems = authz.Define("catalogue.publish", "may approve service packages for publication, which makes their next version")
	// MayDefineFields allows elements to be added to items, without a migration.
	MayDefineFields = authz.Define("catalogue.define_fields", "may define further elements of items for a region")
	// MayDefineLists allows lists to be proposed; another person approves them.
	MayDefineLists = authz.Define("catalogue.define_lists", "may propose lists of items to be published, and what they show")
	// MayDraftChanges allows changes of base items and items to be drafted.
	MayDraftChanges = authz.Define("catalogue.draft_changes", "may draft new items, changes, splits, mergers and cancellations")
	// MayReviewChanges allows the legal review of drafts.
	MayReviewChanges = authz.Define("catalogue.review_changes", "may review drafts of items for their legality")
	// MayApproveChanges allows reviewed drafts to be approved by another person.
	MayApproveChanges = authz.Define("catalogue.approve_changes", "may approve changes of items that somebody else drafted")
)
