// Package storybook shows every component of the design system in every state,
// and a few whole pages made of them.
//
// # Purpose
//
// Who builds a page looks here first; the browser tests open it in every theme
// and width and let the accessibility checker read it. Its people, offices and
// numbers are invented.
//
// # How to use
//
//	{Pattern: "GET /dev/storybook", Do: storybook.Show, May: …}
//	/dev/storybook                  every component
//	/dev/storybook?page=home        a whole page: home, guide, question, check, sent,
//	                                progress, inbox, case, counter, watch, sign-in, error, empty
package storybook
