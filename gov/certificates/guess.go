package certificates

import (
	"time"

	"tongban/platform/guess"
)

// guessBurst and guessEvery: how fast somebody may try codes that do not exist.
// A code has about 59 bits, so this is against load and against lists of stolen
// codes rather than against luck.
const (
	guessBurst = 30
	guessEvery = 4 * time.Second
)

func sender(from string) guess.Key {
	return guess.Key{Name: from, Limit: guess.Limit{Burst: guessBurst, Every: guessEvery}}
}
