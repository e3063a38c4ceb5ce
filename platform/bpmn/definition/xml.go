package definition

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
)

// Namespaces of BPMN 2.0 and its diagram interchange.
const (
	nsModel = "http://www.omg.org/spec/BPMN/20100524/MODEL"
	nsDI    = "http://www.omg.org/spec/BPMN/20100524/DI"
	nsXSI   = "http://www.w3.org/2001/XMLSchema-instance"
)

// Limits for models that strangers upload.
const (
	maxBytes    = 8 << 20
	maxDepth    = 200
	maxElements = 2000 // flow nodes of one process
)

// node is one XML element with the line it begins on.
type node struct {
	name  xml.Name
	attrs []xml.Attr
	line  int
	text  string
	kids  []*node
}

// readTree turns XML into nodes. It walks the token stream itself because
// encoding/xml forgets line numbers when it fills structs.
func readTree(raw []byte) (*node, error) {
	d := xml.NewDecoder(bytes.NewReader(raw))
	d.CharsetReader = func(label string, in io.Reader) (io.Reader, error) { // older tools write GBK or Latin-1
		enc, err := htmlindex.Get(label)
		if err != nil {
			return nil, fmt.Errorf("unknown encoding %q", label)
		}
		return enc.NewDecoder().Reader(in), nil
	}
	var root *node
	var stack []*node
	for {
		line, _ := d.InputPos()
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, xmlError(err, line)
		}
		switch t := tok.(type) {
		case xml.StartElement:
			n := &node{name: t.Name, attrs: t.Copy().Attr, line: line}
			if len(stack) >= maxDepth {
				return nil, n.refuse("is nested more than %d levels deep", maxDepth)
			}
			if len(stack) == 0 {
				root = n
			} else {
				up := stack[len(stack)-1]
				up.kids = append(up.kids, n)
			}
			stack = append(stack, n)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(stack) > 0 {
				stack[len(stack)-1].text += string(t)
			}
		}
	}
	if root == nil {
		return nil, &ParseError{Line: 1, Element: "document", Reason: "is empty"}
	}
	return root, nil
}

func xmlError(err error, line int) error {
	reason := err.Error()
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		line, reason = syntax.Line, syntax.Msg
	}
	return &ParseError{Line: line, Element: "document", Reason: "is not well-formed XML: " + reason}
}

// is reports whether the node is the named element of the BPMN namespace.
func (n *node) is(local string) bool { return n.name.Space == nsModel && n.name.Local == local }

// attr is the value of an attribute without namespace.
func (n *node) attr(local string) string {
	for _, a := range n.attrs {
		if a.Name.Space == "" && a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

// foreign is the value of an attribute of any other vendor's namespace.
func (n *node) foreign(local string) string {
	for _, a := range n.attrs {
		if isForeign(a.Name.Space) && a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

func isForeign(space string) bool {
	return space != "" && space != nsModel && space != nsXSI && space != "xmlns" && space != "xml"
}

// child is the first BPMN child of that name, or nil.
func (n *node) child(local string) *node {
	for _, k := range n.kids {
		if k.is(local) {
			return k
		}
	}
	return nil
}

func (n *node) trimmed() string { return strings.TrimSpace(n.text) }

// label names the node in messages.
func (n *node) label() string {
	if id := n.attr("id"); id != "" {
		return fmt.Sprintf("%s %q", n.name.Local, id)
	}
	return n.name.Local
}

func (n *node) refuse(format string, args ...any) *ParseError {
	return &ParseError{Line: n.line, Element: n.label(), Reason: fmt.Sprintf(format, args...)}
}
