package db

import "sync"

// topics wakes background work after a commit, so that it need not poll hard.
type topics struct {
	mu      sync.Mutex
	waiting map[string][]chan struct{}
}

// Woken returns a channel that receives after a commit of this process whose
// transaction called Wake with the topic. Wakes that nobody has taken yet melt
// into one. It is a hint: work that other processes committed is found by
// looking now and then.
func (d *DB) Woken(topic string) <-chan struct{} {
	c := make(chan struct{}, 1)
	d.topics.mu.Lock()
	defer d.topics.mu.Unlock()
	if d.topics.waiting == nil {
		d.topics.waiting = map[string][]chan struct{}{}
	}
	d.topics.waiting[topic] = append(d.topics.waiting[topic], c)
	return c
}

func (t *topics) wake(names []string) {
	if len(names) == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, name := range names {
		for _, c := range t.waiting[name] {
			select {
			case c <- struct{}{}:
			default:
			}
		}
	}
}

// Wake asks for the topic's background work once this transaction is durable.
func (tx *Tx) Wake(topic string) {
	for _, t := range tx.wakes {
		if t == topic {
			return
		}
	}
	tx.wakes = append(tx.wakes, topic)
}
