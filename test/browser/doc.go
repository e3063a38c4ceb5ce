// Package browser holds the tests that open pages in a real browser.
//
// # Purpose
//
// Accessibility rules, widths, colours and keyboards can only be judged where
// people meet them. These tests drive Chromium, let axe-core read the pages in
// every theme, and look for things that stick out of a narrow screen.
//
// # How to use
//
//	go test ./test/browser/...                 needs Chromium: TONGBAN_CHROMIUM or /usr/bin/chromium
//	TONGBAN_SHOTS=/some/folder go test …       keeps a picture of every page of the storybook
//	TONGBAN_PICTURES=$PWD/docs/pictures go test -run TestPictures ./test/browser    takes the documents' pictures anew
//
// # Guarantees
//
// A page that is added to the site and not looked at here fails a test.
// A resident's whole way works by clicks, with scripts and without, on a phone
// and at a desk; weights and numbers of clicks stay within their budgets.
// Without a browser the tests are skipped and say so.
package browser
