// Package halls is where one goes in person: the halls and windows (办事大厅, 窗口)
// of a division, read off the guides of its items. No guide gives coordinates, so
// halls are found by division and not by the position of a telephone.
package halls
