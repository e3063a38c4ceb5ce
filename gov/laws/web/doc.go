// Package web is the pages of the laws: search, the text of a law with an
// address for every article, and the list of items whose citations need a look.
package web
