// Package content is what one version of an item says: its nouns and their
// rules, without tables or doors.
//
// Item and Content are kept as JSON in catalogue_version; what is added here
// needs no migration. Offer is a version that is ready to apply for. The names
// are known as catalogue.Item, catalogue.Offer and so on to those who call the
// catalogue.
package content
