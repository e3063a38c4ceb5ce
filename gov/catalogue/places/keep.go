package places

import (
	"context"
	"sync"
	"time"

	"tongban/platform/clock"
	"tongban/platform/forms"
)

// Keeper keeps the list in memory: divisions are asked for on every page and
// change once a year. It implements forms.Source.
type Keeper struct {
	Stamp func(ctx context.Context) (string, error) // of the last import, which another process may have made
	Rows  func(ctx context.Context) ([]Place, error)

	mu     sync.Mutex
	list   *List
	stamp  string
	looked time.Time // when the stamp was last compared
}

// lookEvery is how long another process's import may go unnoticed; staleAfter
// the same where nothing may be read, inside a transaction.
const (
	lookEvery  = 5 * time.Second
	staleAfter = time.Minute
)

// Get is the list as it is now.
func (k *Keeper) Get(ctx context.Context) (*List, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.list != nil && clock.Elapsed(k.looked) < lookEvery {
		return k.list, nil
	}
	stamp, err := k.Stamp(ctx)
	if err != nil {
		return nil, err
	}
	if k.list == nil || k.stamp != stamp {
		rows, err := k.Rows(ctx)
		if err != nil {
			return nil, err
		}
		k.list, k.stamp = New(rows), stamp
	}
	k.looked = clock.Start()
	return k.list, nil
}

// Forget has the stamp compared at the next look, after an import.
func (k *Keeper) Forget() {
	k.mu.Lock()
	k.looked = time.Time{}
	k.mu.Unlock()
}

// List implements forms.Source.
func (k *Keeper) List(ctx context.Context) (forms.List, error) {
	l, err := k.Get(ctx)
	if err != nil {
		return nil, err
	}
	return l, nil
}

// Last implements forms.Source. One that nobody compared for long is none.
func (k *Keeper) Last() forms.List {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.list == nil || clock.Elapsed(k.looked) > staleAfter {
		return nil
	}
	return k.list
}
