// Package journey tells whole stories as text that a clerk can read, and plays
// them against the real site.
//
// # Purpose
//
// A story (*.story.txt) says who does what on which page and what must be seen
// then, in the words of the page. It is played through the site's own handler
// by a visitor who reads HTML, follows links and sends forms as a browser
// without scripts does, on both engines, while the test moves the clock.
//
// # Words of a story
//
//	story "title"                          the title; first line
//	clock 2026-09-07 10:00                 sets the clock (Beijing time), forward only
//	as NAME                                signs in as somebody of the practice town
//	as NAME for "company"                  … and acts for that company
//	as anyone                              nobody in particular
//	open "/path"                           opens a page by its address
//	search "words"                         uses the search box of the page
//	follow "link" [of "words near it"]     follows a link
//	answer "question" with "answer" [of …] fills in a field, picks an option, ticks a box
//	upload "name.pdf" for "material" [of …] picks a file for a field; pdf, jpg, png, broken.pdf
//	upload "NAME" for "material"           … or one that was kept by download
//	press "button" [of "words near it"]    sends the form of that button
//	expect "words"                         the page says so
//	expect no "words"                      the page does not
//	expect status 404                      what the server answered
//	expect title "words"                   the heading of the page
//	remember "label" as NAME               keeps what stands after a label; {NAME} uses it
//	remember address as NAME               keeps the address of the page
//	download "link" as NAME                keeps a file
//	expect file NAME verifies              the paper is genuine, checked offline
//	expect file NAME altered fails         … and one changed byte is found out
//	expect file NAME says "words"          the text of the PDF holds the words
//	expect record verifies                 the audit record is whole
//
// Lines that begin with # are remarks. Indentation is for the reader.
//
// # Guarantees
//
// Every page of a story answers without an error of the server, has one main
// heading, labels at all controls, no id twice, no link into nowhere on the
// page itself and no text without translation.
package journey
