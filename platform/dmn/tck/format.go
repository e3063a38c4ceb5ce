package tck

import (
	"encoding/xml"
	"fmt"
	"strings"

	"tongban/platform/dmn/feel"
)

type xmlSuite struct {
	Model string    `xml:"modelName"`
	Cases []xmlCase `xml:"testCase"`
}

type xmlCase struct {
	ID        string      `xml:"id,attr"`
	Type      string      `xml:"type,attr"`
	Invocable string      `xml:"invocableName,attr"`
	Inputs    []xmlNode   `xml:"inputNode"`
	Results   []xmlResult `xml:"resultNode"`
}

type xmlResult struct {
	Name     string  `xml:"name,attr"`
	Error    bool    `xml:"errorResult,attr"`
	Expected xmlNode `xml:"expected"`
}

// xmlNode is anything with a value inside: a simple one, a list or components.
type xmlNode struct {
	Name  string     `xml:"name,attr"`
	Nil   string     `xml:"http://www.w3.org/2001/XMLSchema-instance nil,attr"`
	Value *xmlSimple `xml:"value"`
	List  *struct {
		Nil   string    `xml:"http://www.w3.org/2001/XMLSchema-instance nil,attr"`
		Items []xmlNode `xml:"item"`
	} `xml:"list"`
	Components []xmlNode `xml:"component"`
}

type xmlSimple struct {
	Type  string     `xml:"http://www.w3.org/2001/XMLSchema-instance type,attr"`
	Nil   string     `xml:"http://www.w3.org/2001/XMLSchema-instance nil,attr"`
	Text  string     `xml:",chardata"`
	Attrs []xml.Attr `xml:",any,attr"`
}

// value reads what the node stands for.
func (n xmlNode) value() (feel.Value, error) {
	switch {
	case n.Nil == "true", n.List != nil && n.List.Nil == "true":
		return nil, nil
	case n.List != nil:
		out := []any{}
		for _, i := range n.List.Items {
			v, err := i.value()
			if err != nil {
				return nil, err
			}
			out = append(out, v)
		}
		return out, nil
	case n.Value != nil:
		return n.Value.value()
	case len(n.Components) > 0:
		c := feel.NewContext(nil)
		for _, k := range n.Components {
			v, err := k.value()
			if err != nil {
				return nil, err
			}
			c.Append(k.Name, v)
		}
		return c, nil
	}
	return nil, nil
}

func (s xmlSimple) value() (feel.Value, error) {
	if s.Nil == "true" {
		return nil, nil
	}
	_, kind, ok := strings.Cut(s.Type, ":")
	if !ok {
		kind = s.Type
	}
	text := strings.TrimSpace(s.Text)
	var v feel.Value
	switch kind {
	case "string":
		return s.Text, nil
	case "":
		return untyped(text), nil
	case "decimal", "double", "integer", "int", "long", "float":
		v, ok = feel.ParseNumber(text)
	case "boolean":
		v, ok = text == "true", text == "true" || text == "false"
	case "date":
		v, ok = feel.ParseDate(text)
	case "time":
		v, ok = feel.ParseTime(text)
	case "dateTime":
		v, ok = feel.ParseDateTime(text)
	case "duration", "dayTimeDuration", "yearMonthDuration":
		v, ok = feel.ParseDuration(text)
	default:
		ok = false
	}
	if !ok {
		return nil, fmt.Errorf("%q is no value of type %s", text, s.Type)
	}
	return v, nil
}

// untyped reads a value whose file does not say what it is.
func untyped(s string) feel.Value {
	if s == "" {
		return nil
	}
	if n, ok := feel.ParseNumber(s); ok {
		return n
	}
	if s == "true" || s == "false" {
		return s == "true"
	}
	if t, ok := feel.ParseDateTime(s); ok && len(s) > 10 {
		return t
	}
	return s
}
