package dmn

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
)

// modelSpaces are the namespaces of DMN 1.1 to 1.6.
var modelSpaces = map[string]bool{
	"http://www.omg.org/spec/DMN/20151101/dmn.xsd":   true,
	"http://www.omg.org/spec/DMN/20180521/MODEL/":    true,
	"https://www.omg.org/spec/DMN/20191111/MODEL/":   true,
	"https://www.omg.org/spec/DMN/20211108/MODEL/":   true,
	"https://www.omg.org/spec/DMN/20230324/MODEL/":   true,
	"https://www.omg.org/spec/DMN/20240513/MODEL/":   true,
	"http://www.omg.org/spec/DMN/20151101/dmn11.xsd": true,
}

// Limits for models that strangers upload.
const (
	maxBytes    = 8 << 20
	maxDepth    = 200
	maxElements = 200_000
)

// ParseError says why a model is refused: where, which element, and what to
// change.
type ParseError struct {
	Line    int    // line in the XML, counted from 1
	Element string // kind and name or id, such as `decision "Fee"`
	Reason  string // one sentence for the author of the model
}

// Error gives line, element and reason in one line.
func (e *ParseError) Error() string {
	return fmt.Sprintf("dmn: line %d: %s: %s", e.Line, e.Element, e.Reason)
}

// node is one XML element with the line it begins on.
type node struct {
	name  xml.Name
	attrs []xml.Attr
	line  int
	text  string
	buf   []byte // the text as long as it is read
	from  int    // line on which the text begins
	up    *node
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
	var root, at *node
	for depth, count := 0, 0; ; {
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
			n := &node{name: t.Name, attrs: t.Copy().Attr, line: line, up: at}
			depth++
			if count++; depth > maxDepth || count > maxElements || at == nil && root != nil {
				return nil, n.refuse("is one element too many, or nested too deeply")
			}
			if at == nil {
				root = n
			} else {
				at.kids = append(at.kids, n)
			}
			at = n
		case xml.EndElement:
			depth--
			at.text, at.buf = string(at.buf), nil
			at = at.up
		case xml.CharData:
			if at != nil {
				if len(at.buf) == 0 {
					at.from = line
				}
				at.buf = append(at.buf, t...)
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

// ours reports whether the node belongs to DMN and not to a vendor.
func (n *node) ours() bool { return modelSpaces[n.name.Space] }

func (n *node) is(local string) bool { return n.ours() && n.name.Local == local }

// attr is the value of an attribute without namespace.
func (n *node) attr(local string) string {
	for _, a := range n.attrs {
		if a.Name.Space == "" && a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

// child is the first child of that name, or nil.
func (n *node) child(local string) *node {
	for _, k := range n.kids {
		if k.is(local) {
			return k
		}
	}
	return nil
}

// all lists the children of that name.
func (n *node) all(local string) []*node {
	var out []*node
	for _, k := range n.kids {
		if k.is(local) {
			out = append(out, k)
		}
	}
	return out
}

// words is the trimmed text of a child such as text or typeRef.
func (n *node) words(local string) string {
	if k := n.child(local); k != nil {
		return strings.TrimSpace(k.text)
	}
	return ""
}

// label names the node in messages, or the nearest one around it that has a name.
func (n *node) label() string {
	for e := n; e != nil; e = e.up {
		name := e.attr("name")
		if name == "" {
			name = e.attr("id")
		}
		if name == "" || e.is("definitions") && e != n {
			continue
		}
		if e == n || e.attr("name") == "" && e.up != nil {
			return fmt.Sprintf("%s %q", e.name.Local, name)
		}
		return fmt.Sprintf("%s in %s %q", n.name.Local, e.name.Local, name)
	}
	return n.name.Local
}

func (n *node) refuse(format string, args ...any) *ParseError {
	return &ParseError{Line: n.line, Element: n.label(), Reason: fmt.Sprintf(format, args...)}
}
