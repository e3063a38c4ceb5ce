// Package intake shows the pages on which items are imported and exported: a
// file is handed in, its columns and codes are mapped, it is tried, and taken
// in in the background.
package intake
