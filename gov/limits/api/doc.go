// Package api is the doors for programs to the limits that count in a region
// and to proposals for new ones.
package api
