package feel

// node is a part of an expression that can be worked out.
type node interface {
	eval(r *Run, s *Scope) Value
}

type (
	literal struct{ val Value }

	nameRef struct {
		name string
		line int
	}

	pathStep struct {
		of   node
		name string
		line int
	}

	filter struct {
		of, cond node
		line     int
	}

	call struct {
		fn    node
		args  []node
		names []string // of named arguments
		title string   // for messages
		line  int
	}

	listOf struct{ elems []node }

	contextOf struct {
		keys []string
		vals []node
		line int
	}

	rangeOf struct {
		low, high     node // nil: without limit, only in range("…")
		lowIn, highIn bool
		line          int
	}

	// openRange is (< 10) and its like.
	openRange struct {
		op   string
		of   node
		line int
	}

	negation struct {
		of   node
		line int
	}

	binary struct {
		op          string
		left, right node
		line        int
	}

	between struct{ of, low, high node }

	membership struct {
		of    node
		tests *Tests
	}

	instance struct {
		of  node
		typ *Type // nil: the name is not known
	}

	choice struct{ cond, yes, no node }

	iteration struct {
		name     string
		in, upTo node // upTo is nil unless it is a..b
	}

	loop struct {
		over []iteration
		body node
		line int
	}

	quantified struct {
		every bool
		over  []iteration
		cond  node
		line  int
	}

	functionOf struct {
		params   []Param
		body     node
		external bool
		line     int
	}
)

// Tests are unary tests, as they stand in the cells of a decision table.
type Tests struct {
	src    string
	any    bool // "-"
	negate bool
	list   []unaryTest
	free   []Ref
}

type unaryTest struct {
	op       string // "" when the test is an expression
	of       node
	hasInput bool // the expression says ?
}

// Ref is a name that an expression takes from outside.
type Ref struct {
	Name string
	Line int // within the expression
	// Maybe says that the name may belong to the elements of a filtered list.
	Maybe bool
}
