// Package static serves the style sheet, the two scripts and the site icon.
//
// # Purpose
//
// The style sheet is written in six files (tokens, base, layout, components,
// dense, print). They are joined in that order, stripped of blanks and
// comments, compressed and named by their content when first asked for; no
// tool outside Go takes part.
//
// # How to use
//
//	mux.Handle("/static/", static.Handler())
//	<link rel="stylesheet" href={ static.URL("app.css") }/>
//
// # Guarantees
//
// An address with a hash never changes its content, so browsers may keep it
// for ever. The style sheet stays under 12 KB compressed and the own script
// under 5 KB; a test says so.
package static
