package guess_test

import (
	"fmt"
	"testing"
	"time"

	"tongban/platform/guess"
)

var (
	start = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	few   = guess.Limit{Burst: 3, Every: time.Minute}
)

func TestCounter_closesAfterTheBurstAndOpensAgain(t *testing.T) {
	var c guess.Counter
	k := guess.Key{Name: "case 1", Limit: few}
	for i := range 3 {
		if !c.Open(start, k) {
			t.Fatalf("closed after %d misses", i)
		}
		c.Miss(start, 1, k)
	}
	if c.Open(start, k) {
		t.Fatal("open after the burst")
	}
	if !c.Open(start, guess.Key{Name: "case 2", Limit: few}) {
		t.Fatal("another name is closed too")
	}
	if c.Open(start.Add(59*time.Second), k) || !c.Open(start.Add(61*time.Second), k) {
		t.Fatal("one more attempt a minute")
	}
}

func TestCounter_costTakesWhatIsLeft(t *testing.T) {
	var c guess.Counter
	k := guess.Key{Name: "x", Limit: few}
	c.Miss(start, 100, k)
	if c.Open(start, k) || !c.Open(start.Add(2*time.Minute), k) {
		t.Fatal("a dear miss must close, and not for ever")
	}
}

func TestCounter_memoryIsBounded(t *testing.T) {
	var c guess.Counter
	k := guess.Key{Name: "first", Limit: few}
	c.Miss(start, 3, k)
	for i := range 15_000 {
		c.Miss(start, 1, guess.Key{Name: fmt.Sprint(i), Limit: few})
	}
	if c.Open(start, k) {
		t.Fatal("the older half still counts")
	}
	for i := range 25_000 {
		c.Miss(start, 1, guess.Key{Name: fmt.Sprint("later ", i), Limit: few})
	}
	if !c.Open(start, k) {
		t.Fatal("nothing is forgotten")
	}
}

func TestNetwork(t *testing.T) {
	for in, want := range map[string]string{"2001:db8::1": "2001:db8::/64", "::ffff:1.2.3.4": "1.2.3.4", "10.0.0.9": "10.0.0.9", "fe80::1%eth0": "fe80::/64", "unix": "unix"} {
		if got := guess.Network(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}
