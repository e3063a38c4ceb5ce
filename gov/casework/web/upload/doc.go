// Package upload reads forms with files as they come in, so that a file that is
// refused costs the reader nothing else that was entered.
package upload
