// Package templates is where the look of certificates is designed and published.
//
// # Purpose
//
// An officer moves the parts of a page, sees at once what comes out, and sends
// it to a second one who publishes it. Everything works as a form; dragging is a
// small script on top.
//
// # Law
//
// 行政许可法 art. 39: a certificate bears the seal of the organ.
//
// # Words
//
// Template (模板), part (部件), annex (附页): as in package layout.
//
// # Life of a page
//
// Nothing is kept between two requests but what the form holds.
//
// # Tables
//
// None.
//
// # Facts announced
//
// None.
//
// # Facts heard
//
// None.
//
// # Doors
//
// Routes, Strings.
package templates
