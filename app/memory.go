package app

import (
	"os"
	"runtime/debug"
)

// heapGrowth is how many per cent the heap may grow before it is collected.
const heapGrowth = 400

// TradeMemoryForSpeed lets the heap grow fivefold before it is collected. What
// a server keeps is some twenty megabytes, and collecting at every doubling
// takes a tenth of the processor under load. GOGC and GOMEMLIMIT, where they are
// set, have the last word.
func TradeMemoryForSpeed() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(heapGrowth)
	}
}
