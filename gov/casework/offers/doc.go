// Package offers is items ready to run: the catalogue's offer with its flow
// parsed, kept on a shelf so that a transaction finds it without asking
// anybody, and what casework works out from it: limits, partners, the words
// and values that a certificate refers to.
package offers
