package app

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// heapGrowth is how many per cent the heap may grow before it is collected.
const heapGrowth = 400

// TradeMemoryForSpeed lets the heap grow fivefold before it is collected. What
// a server keeps is some twenty megabytes, and collecting at every doubling
// takes a tenth of the processor under load. GOGC and GOMEMLIMIT, where they are
// set, have the last word.
func TradeMemoryForSpeed() {
	if gauge("/memory/classes/heap/objects:bytes") > usual {
		debug.FreeOSMemory() // imports ran before; what they left would count five times
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(heapGrowth)
	}
}

// usual is what an ordinary start has on the heap at most.
const usual = 40 << 20

const (
	lookEvery = 3 * time.Second
	// quiet is how many bytes are made anew from one look to the next by a server
	// that nobody uses; a page takes about one megabyte.
	quiet = 6 << 20
)

// rest gives memory back to the machine whenever work has died down: what a
// burst has left behind would otherwise lie there until the next one.
func (a *App) rest(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	last, worked := gauge(made), true
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := gauge(made)
		switch busy := now-last > quiet; {
		case busy:
			worked = true
		case worked:
			a.DB.Rest()
			debug.FreeOSMemory()
			worked = false
		}
		last = now
	}
}

// made is how many bytes were ever put on the heap.
const made = "/gc/heap/allocs:bytes"

func gauge(name string) uint64 {
	s := []metrics.Sample{{Name: name}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}
