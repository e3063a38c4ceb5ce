// Package pdf writes official papers and certificates as PDF.
package pdf

import "errors"

// ErrTooLong says that a certificate's particulars do not fit on its page.
var ErrTooLong = errors.New("pdf: the particulars do not fit on one page")
