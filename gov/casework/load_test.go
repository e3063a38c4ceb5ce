package casework

import (
	"os"
	"strconv"
	"sync"
	"testing"

	"tongban/platform/clock"
)

// CASEWORK_LOAD=200 go test -run TestLoad makes more of them.
func TestLoad_manyCasesAtOnce(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("CASEWORK_LOAD"))
	if n == 0 {
		n = 12
	}
	inTown(t, func(t *testing.T, w *town) {
		me := w.resident("王示例")
		start := clock.Start()
		var wg sync.WaitGroup
		errs := make([]error, n)
		for i := range n {
			wg.Go(func() { errs[i] = w.story(me, i) })
		}
		wg.Wait()
		for i, err := range errs {
			if err != nil {
				t.Errorf("case %d: %v", i, err)
			}
		}
		t.Logf("%d cases in %v", n, clock.Elapsed(start))
	})
}
