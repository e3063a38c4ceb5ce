// Package rows reads files of many rows, one JSON object a line or CSV, and
// says of every row that cannot be used which line it is, which field, and what
// to do. A broken row never stops the others: lines may be too long, not UTF-8,
// or leave a quote open.
package rows
