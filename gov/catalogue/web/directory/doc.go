// Package directory is the public pages of the lists (清单) and of the base
// items (基本目录): what each says, since when, which tiers of service there are,
// and who implements it.
package directory
