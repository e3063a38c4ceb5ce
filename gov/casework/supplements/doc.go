// Package supplements is a request to mend an application, and its answer, as
// values: what may be asked, and when everything is answered. It knows neither
// cases nor a database.
//
// # Law
//
// 行政许可法 art. 32 ¶1(4): everything that has to be mended is told once, all of it.
package supplements
