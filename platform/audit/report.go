package audit

import (
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Problem is one thing that is not as it was sealed.
type Problem struct {
	Region   string
	Position int64  // in the region's tree; Unsealed when it has none
	Act      string // id of the act, when the problem is about one
	What     string
}

// String names the record and says what is wrong.
func (p Problem) String() string {
	s := "region " + p.Region
	if p.Position >= 0 {
		s += fmt.Sprintf(", position %d", p.Position)
	}
	if p.Act != "" {
		s += ", act " + p.Act
	}
	return s + ": " + p.What
}

// maxProblems bounds a report; one is bad enough.
const maxProblems = 100

// Report is the outcome of a verification.
type Report struct {
	Regions     int
	Sealed      int64 // acts in a tree
	Waiting     int64 // acts that no checkpoint covers yet
	Checkpoints int64
	Heads       []Head    // the newest good head of each region
	Problems    []Problem // the first hundred, in order
	More        int64     // how many there are beyond those
}

// OK tells whether everything is as it was sealed.
func (r *Report) OK() bool { return len(r.Problems) == 0 }

func (r *Report) add(p Problem) {
	if len(r.Problems) >= maxProblems {
		r.More++
		return
	}
	r.Problems = append(r.Problems, p)
}

// checker follows one region's acts and checkpoints in order.
//
// It keeps two trees: one of the acts as they are, one of the hashes as they
// were stored. Where they part, the next checkpoint tells which side is true.
type checker struct {
	region  string
	v       note.Verifier
	report  *Report
	acts    frontier
	stored  frontier
	doubt   []int // problems whose guilty side is not known yet
	newest  Head
	witness map[int64]tlog.Hash // roots that somebody outside has kept
}

// act takes the next act and its stored hash, and returns the hashes of the
// subtrees of the stored side that it completes.
func (c *checker) act(a Act, stored tlog.Hash) []tlog.Hash {
	leaf := a.Leaf()
	if leaf != stored {
		c.doubtful(Problem{c.region, c.acts.n, a.ID, "the act and its stored hash differ"})
	}
	c.acts.add(leaf)
	c.report.Sealed++
	return c.stored.add(stored)
}

// gap takes a position without an act.
func (c *checker) gap(stored tlog.Hash) []tlog.Hash {
	c.report.add(Problem{c.region, c.acts.n, "", "the act is missing"})
	c.acts.add(stored)
	return c.stored.add(stored)
}

func (c *checker) doubtful(p Problem) {
	if len(c.report.Problems) < maxProblems {
		c.doubt = append(c.doubt, len(c.report.Problems))
	}
	c.report.add(p)
}

// head takes the checkpoint that covers exactly the acts so far.
func (c *checker) head(row Head) {
	c.report.Checkpoints++
	bad := func(what string) { c.report.add(Problem{c.region, row.Size, "", "checkpoint: " + what}) }
	h, err := OpenHead(row.Note, c.v)
	switch {
	case err != nil:
		bad(err.Error())
		return
	case h.Region != row.Region || h.Size != row.Size || !h.At.Equal(row.At):
		bad("its row does not say what was signed")
		return
	}
	acts, stored := c.acts.root() == h.Root, c.stored.root() == h.Root
	if !acts && !stored {
		bad("the tree has another root")
		return
	}
	c.decide(acts, stored)
	c.newest = h
}

// decide tells, now that a signed root is known, which side of earlier
// differences was changed.
func (c *checker) decide(acts, stored bool) {
	if acts && stored {
		return // both can only be true when nothing differed
	}
	what := "the act was changed after it was sealed"
	if acts {
		what = "the stored hash was changed; the act is as it was sealed"
	}
	for _, i := range c.doubt {
		c.report.Problems[i].What = what
	}
	c.doubt = nil
}
