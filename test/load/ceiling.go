package main

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"tongban/platform/db"
	"tongban/platform/id"
	"tongban/test/sim/town"
)

// act is everything that one journey wrote, commit by commit.
type act struct {
	commits [][]db.Statement
	awaited int    // statements that waited for their answer
	since   string // ids that sort after this were made by the journey
}

func (a *act) statements() (n int) {
	for _, c := range a.commits {
		n += len(c)
	}
	return n
}

// show prints what the journey wrote.
func (a *act) show() {
	for i, c := range a.commits {
		fmt.Printf("commit %d\n", i+1)
		for _, s := range c {
			fmt.Printf("  %.90s\n", strings.Join(strings.Fields(s.Query), " "))
		}
	}
}

// capture runs one journey alone and keeps what it wrote. What follows from it
// in the background (reactions, clearing the outbox, places in the audit tree)
// becomes one more commit: under load that work is shared by many journeys.
func capture(ctx context.Context, t *town.Town) (*act, error) {
	for range 2 { // what is fetched only once
		if err := t.Journey(ctx, nil); err != nil {
			return nil, err
		}
	}
	if err := rest(ctx, t); err != nil {
		return nil, err
	}
	a := &act{since: id.New("x")[2:]}
	var mu sync.Mutex
	var behind []db.Statement
	inFront := true
	t.DB.Trace(func(awaited int, writes []db.Statement) {
		mu.Lock()
		defer mu.Unlock()
		a.awaited += awaited
		switch {
		case inFront && len(writes) > 0:
			a.commits = append(a.commits, writes)
		case !inFront:
			for _, w := range writes {
				if !strings.Contains(w.Query, "audit_tile") && !strings.Contains(w.Query, "audit_checkpoint") { // one a second, not one a journey
					behind = append(behind, w)
				}
			}
		}
	})
	defer t.DB.Trace(nil)
	if err := t.Journey(ctx, nil); err != nil {
		return nil, err
	}
	inFront = false
	if err := rest(ctx, t); err != nil {
		return nil, err
	}
	a.commits = append(a.commits, behind)
	return a, nil
}

// rest does the background work until there is none.
func rest(ctx context.Context, t *town.Town) error {
	for {
		n, err := t.Bus.RunOnce(ctx)
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
	}
	_, err := t.Sealer.Seal(ctx)
	return err
}

// replays is how many journeys the ceiling writes. They take turns commit by
// commit, so that a journey's commits come in order although many clients write.
const replays = 192

// ceiling writes the rows of many journeys as bare commits and returns how
// many commits per second that makes.
func (a *act) ceiling(ctx context.Context, url string, clients, round int) (perSecond float64, err error) {
	all := make([][][]db.Statement, replays)
	for j := range all {
		all[j] = a.replay(round*replays + j)
	}
	return db.Bare(ctx, url, clients, replays*len(a.commits), func(i int) []db.Statement {
		return all[(i-1)%replays][(i-1)/replays]
	})
}

var (
	idRE     = regexp.MustCompile(`\b[a-z]{1,6}_([0-9a-hjkmnp-tv-z]{26})\b`)
	numberRE = regexp.MustCompile(`^[1-9][0-9]{8}$`)
)

// replay is the journey once more with names of its own: fresh ids, numbers
// and places in the audit tree, everything else to the byte as it was.
func (a *act) replay(turn int) [][]db.Statement {
	var pairs []string
	for name := range a.names() {
		other := fresh(name)
		pairs = append(pairs, name, other)
		if _, serial, ok := strings.Cut(name, "_"); ok { // certificates are identified by it
			_, fresh, _ := strings.Cut(other, "_")
			pairs = append(pairs, strings.ToUpper(serial), strings.ToUpper(fresh))
		}
	}
	rename := strings.NewReplacer(pairs...)
	out := make([][]db.Statement, len(a.commits))
	for i, commit := range a.commits {
		for _, s := range commit {
			args := make([]any, len(s.Args))
			for k, v := range s.Args {
				switch x := v.(type) {
				case string:
					v = rename.Replace(x)
				case int64:
					if strings.HasPrefix(s.Query, "UPDATE audit_entry") {
						v = x + int64(turn+1)*1_000_000
					}
				}
				args[k] = v
			}
			out[i] = append(out[i], db.Statement{Query: s.Query, Args: args})
		}
	}
	return out
}

// names finds everything that only this journey is called.
func (a *act) names() map[string]bool {
	names := map[string]bool{}
	for _, commit := range a.commits {
		for _, s := range commit {
			code := place(s.Query, "code")
			for k, v := range s.Args {
				text, ok := v.(string)
				if !ok {
					continue
				}
				for _, m := range idRE.FindAllStringSubmatch(text, -1) {
					if m[1] > a.since {
						names[m[0]] = true
					}
				}
				if numberRE.MatchString(text) || k == code {
					names[text] = true
				}
			}
		}
	}
	return names
}

// place is where the arguments of an INSERT have a column; -1 when they do not.
func place(query, column string) int {
	list, insert := strings.CutPrefix(query, "INSERT INTO ")
	if !insert {
		return -1
	}
	_, list, _ = strings.Cut(list, "(")
	list, _, _ = strings.Cut(list, ")")
	return slices.IndexFunc(strings.Split(list, ","), func(c string) bool { return strings.TrimSpace(c) == column })
}

// fresh is another name of the same kind and length.
func fresh(name string) string {
	if prefix, _, ok := strings.Cut(name, "_"); ok {
		return id.New(prefix)
	}
	return "9" + id.Secret(len(name))[:len(name)-1]
}
