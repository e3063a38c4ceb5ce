// Package stock shows the pages on which an office takes in the certificates
// that it issued on paper: a file is handed in, its columns are mapped, it is
// tried and taken in; doubts are settled; a second officer releases it and has
// it signed.
package stock
