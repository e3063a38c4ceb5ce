// Package guides is the form of service guides as files (办事指南): one JSON object a
// line, or CSV, with the columns of a provincial list. What an item says beyond
// those columns travels in two objects beside them, fields and more, so that an
// export that is read again gives the same item.
package guides
