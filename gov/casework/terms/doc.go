// Package terms is the limits of a case as values: what the law sets, what the
// item promises, what moves them (special procedures, an extension), and how
// near a due date is. It knows neither cases nor a database.
//
// # Law
//
// 行政许可法 art. 32 (acceptance), 42 (decision, extension), 44 (delivery), 45 (special
// procedures). The limits are data with their clause: rules.json.
package terms
