// Package eventstest runs dispatch and reactions to rest in tests, in order
// and without sleeping.
package eventstest

import (
	"context"
	"testing"

	"tongban/platform/events"
)

// Drain delivers facts until none waits.
func Drain(t testing.TB, b *events.Bus) {
	t.Helper()
	for range 1000 {
		n, err := b.RunOnce(context.Background())
		if err != nil {
			t.Fatalf("dispatch: %v", err)
		}
		if n == 0 {
			return
		}
	}
	t.Fatal("facts keep announcing each other")
}
