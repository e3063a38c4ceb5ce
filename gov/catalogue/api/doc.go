// Package api is the catalogue's JSON interface: items, their guides,
// divisions and offices. Everything here is public and only read.
package api
