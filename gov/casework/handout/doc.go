// Package handout brings decisions to their applicants (发证、送达): a paper that
// is collected at a counter or sent by post is ready, then handed out or posted,
// once; a second time needs a reason and is a hand-out of its own.
//
// # Law
//
// 行政许可法 art. 44: the certificate is issued and delivered within ten days of the
// decision; art. 82: working days. 民法典 art. 165: who collects for somebody else
// shows a written authorisation; for a company, the mandate on record says who may.
package handout
