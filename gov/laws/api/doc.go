// Package api is the doors for programs to the laws and to what items cite.
package api
