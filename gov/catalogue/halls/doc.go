// Package halls is where one goes in person: the halls and windows (办事大厅, 窗口)
// of a division, read off the guides of its items. No guide gives coordinates, and
// none are worked out from addresses: where a hall lies an administrator says, or an
// import, with the system of coordinates and the source. Halls with a position are
// found by distance, the others by division.
package halls
