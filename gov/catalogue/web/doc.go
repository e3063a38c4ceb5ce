// Package web is the catalogue's pages in the portal: the start page, search,
// offices, guides and the questions that sort situations. All of them are
// public, only read, and work without scripts.
package web
