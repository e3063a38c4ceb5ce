package state

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestInstance_refusesWhatIsBroken(t *testing.T) {
	for text, why := range map[string]string{
		`{`:                                  "",
		`{"p":"p","s":"asleep"}`:             "unknown state",
		`{"p":"p","s":"running","t":[null]}`: "empty token",
		`{"p":"p","s":"running","t":[{"i":1,"a":"x","s":9}]}`: "stands in nothing",
		`{"p":"p","s":"running","t":[{"i":1,"a":"x","f":9}]}`: "stands in nothing",
		`{"p":"p","s":"running","t":[{"i":1,"a":"x","p":2}]}`: "belongs to no process",
	} {
		if err := json.Unmarshal([]byte(text), new(Instance)); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestCanon_staysTheSameThroughJSON(t *testing.T) {
	type record struct {
		A int
		B []string
	}
	in, err := CanonMap(map[string]any{"i": int64(7), "f": 2.5, "whole": 3.0, "t": time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC), "r": record{1, []string{"x"}}, "l": []any{1, nil, true}, "s": "a\xff"})
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := json.Marshal(&Instance{Process: "p", State: Running, Vars: in})
	var back Instance
	if err := json.Unmarshal(raw, &back); err != nil || !reflect.DeepEqual(back.Vars, in) {
		t.Fatalf("%v\n%#v\n%#v", err, in, back.Vars)
	}
	for _, bad := range []any{math.NaN(), math.Inf(1), make(chan int), func() any {
		var v any = 1
		for range 100 {
			v = []any{v}
		}
		return v
	}()} {
		if _, err := Canon(bad, 0); !errors.Is(err, ErrVariable) {
			t.Errorf("%T: %v", bad, err)
		}
	}
}

func TestSigners_listsEverybody(t *testing.T) {
	in := &Instance{State: Running, Tokens: []*Token{{ID: 3, At: "x", Tasks: []Task{{ID: "a", Held: 1, Next: []Later{{ID: "c"}}}, {ID: "b", Holds: "a"}}, Loop: &Loop{Total: 4, Base: 5, Done: 1, Next: 2, Skip: []int{3}}}}}
	var got []string
	for _, s := range in.Signers("a") {
		got = append(got, s.ID+" "+s.State)
	}
	if s := strings.Join(got, ", "); s != " done, a held, c later, b open, 3#2 later, 3#4 later" {
		t.Error(s)
	}
	if in.Signers("nobody") != nil {
		t.Error("signers of a task that is not open")
	}
}
