package definition

import "fmt"

// ParseError says why a model is refused: where, which element, and what to
// change.
type ParseError struct {
	Line    int    // line in the XML, counted from 1
	Element string // kind and id, such as `userTask "review"`
	Reason  string // one sentence for the author of the model
}

// Error gives line, element and reason in one line.
func (e *ParseError) Error() string {
	return fmt.Sprintf("bpmn: line %d: %s: %s", e.Line, e.Element, e.Reason)
}
