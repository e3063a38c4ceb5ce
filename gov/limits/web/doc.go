// Package web is the page of the limits that count in a region, with their
// clauses, and of the proposals to change them.
package web
