package ui

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// ButtonKind says how loud a button is.
type ButtonKind string

// The kinds. A page has one Primary.
const (
	Primary   ButtonKind = ""
	Secondary ButtonKind = "sec"
	Danger    ButtonKind = "bad"
	Quiet     ButtonKind = "quiet"
)

// ButtonProps describe a button, or a link that looks like one when Href is set.
type ButtonProps struct {
	Text     string // names the act: "提交居住证申请"
	Kind     ButtonKind
	Href     string
	Name     string // sent with the form
	Value    string
	Action   string // another path to send the form to
	Icon     string
	Key      string // function key that presses it, such as F2
	Form     string // id of a form elsewhere on the page
	NoCheck  bool   // the browser sends the form without its own checks: drafts
	Download bool
	Attrs    templ.Attributes
}

// FieldType says which control a field gets.
type FieldType string

// The types. Each shows the right keyboard on phones.
const (
	Text     FieldType = "text"
	TextArea FieldType = "textarea"
	Number   FieldType = "number"
	Money    FieldType = "money"
	Date     FieldType = "date"
	IDNumber FieldType = "idnumber"
	OrgCode  FieldType = "uscc"
	Phone    FieldType = "phone"
	Name     FieldType = "name"
	Choice   FieldType = "choice"  // radios
	Choices  FieldType = "choices" // checkboxes
	YesNo    FieldType = "yesno"   // two radios in a row
	Select   FieldType = "select"  // a long list of which one is chosen
	Check    FieldType = "check"   // one checkbox with its label: consent
	Password FieldType = "password"
	Search   FieldType = "search"
	File     FieldType = "file"
	Code     FieldType = "code" // one-time code
	Look     FieldType = "look" // words that are looked for in a long list
)

// Lookup is what a field of type Look has besides its words.
type Lookup struct {
	Address string      // that answers what is typed, for browsers with scripts; may be ""
	Find    ButtonProps // looks for the words on the server
	Asked   string      // the words that Choices were found for
	Say     string      // what is to be said about the choices when there is no problem yet
	Choices []Option
}

// only is the single choice: nothing is left but to agree.
func (l *Lookup) only() string {
	if len(l.Choices) == 1 {
		return l.Choices[0].Value
	}
	return ""
}

// FindAct begins the value of the button that looks for the words of a field.
const FindAct = "find:"

// Entered are the values that were sent for a field. A choice that was made
// below a lookup stands for the words it was offered for; when the words were
// changed since, they count.
func Entered(form url.Values, name string) []string {
	typed := form[name]
	if c := form.Get(name + ".choice"); c != "" && len(typed) == 1 && typed[0] == form.Get(name+".asked") {
		return []string{c}
	}
	return typed
}

// Option is one of several answers.
type Option struct {
	Value string
	Text  string
	Hint  string
}

// Why tells people the reason for a question.
type Why struct {
	Title string // "为什么要填这一项?" when empty
	Text  string
	Law   string // the clause
}

// FieldProps describe one question with its control.
type FieldProps struct {
	Name     string
	Label    string
	Hint     string
	Type     FieldType
	Value    string   // what was entered, as it was entered
	Values   []string // for Choices
	Options  []Option
	Error    string // words of its problem
	Required bool
	Plain    bool // say nothing about being optional: search and filter forms
	Max      int  // characters; shows a count on TextArea
	Unit     string
	Width    string // "" or s, m: how long an answer is expected
	Why      *Why
	Source   string // where the value came from: "人口基础库（公安） · 今天核验"
	Locked   bool   // shown as text; corrected at its source
	Fix      Link   // where to say that a locked value is wrong
	Accept   string // File: media types and endings
	MaxBytes int64  // File
	Multiple bool   // File
	Auto     string // autocomplete token
	Place    string // placeholder, search only
	Boxed    bool   // options in boxes: question pages
	HideLab  bool   // the label is for screen readers only
	Disabled bool
	Lookup   *Lookup          // Look
	Attrs    templ.Attributes // further attributes on the control
}

func (f FieldProps) id() string { return FieldID(f.Name) }

// grouped fields are several controls under one legend.
func (f FieldProps) grouped() bool { return f.Type == Choice || f.Type == Choices || f.Type == YesNo }

// described names the elements that explain the control.
func (f FieldProps) described() string {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.id()+"-hint")
	}
	if f.Error != "" {
		ids = append(ids, f.id()+"-err")
	}
	if f.Source != "" {
		ids = append(ids, f.id()+"-src")
	}
	return strings.Join(ids, " ")
}

func (f FieldProps) attrs() templ.Attributes {
	a := templ.Attributes{"id": f.id(), "name": f.Name}
	if d := f.described(); d != "" {
		a["aria-describedby"] = d
	}
	if f.Error != "" {
		a["aria-invalid"] = "true"
	}
	if f.Auto != "" {
		a["autocomplete"] = f.Auto
	}
	if f.Disabled {
		a["disabled"] = true
	}
	for k, v := range f.Attrs {
		a[k] = v
	}
	return a
}

// inputAttrs adds what the type of an answer needs: keyboard, length, width.
func (f FieldProps) inputAttrs() templ.Attributes {
	a := f.attrs()
	set := func(k, v string) {
		if _, ok := a[k]; !ok {
			a[k] = v
		}
	}
	a["type"], a["class"] = "text", "in"
	switch f.Type {
	case Number, Money:
		set("inputmode", "decimal")
		a["class"] = "in w-s num"
	case Date:
		a["type"], a["class"] = "date", "in w-m"
	case IDNumber, OrgCode:
		set("autocapitalize", "characters")
		set("spellcheck", "false")
		set("autocomplete", "off")
		a["class"] = "in w-m num"
	case Phone:
		a["type"], a["class"] = "tel", "in w-m num"
		set("autocomplete", "tel")
	case Name:
		set("autocomplete", "name")
		set("spellcheck", "false")
	case Password:
		a["type"] = "password"
		set("autocomplete", "current-password")
	case Search:
		a["type"] = "search"
	case Look:
		set("autocomplete", "off")
		set("spellcheck", "false")
		if f.Lookup.Address != "" {
			a["data-look"] = f.Lookup.Address
		}
	case Code:
		set("inputmode", "numeric")
		set("autocomplete", "one-time-code")
		a["class"] = "in w-s num"
	}
	if f.Width != "" {
		a["class"] = "in w-" + f.Width
	}
	if f.Place != "" {
		a["placeholder"] = f.Place
	}
	a["value"] = f.Value
	return a
}

func (f FieldProps) chosen(v string) bool {
	if f.Type != Choices {
		return f.Value == v && v != ""
	}
	for _, x := range f.Values {
		if x == v {
			return true
		}
	}
	return false
}

// optionID makes the first option the target of the problem's link.
func (f FieldProps) optionID(i int) string {
	if i == 0 {
		return f.id()
	}
	return f.id() + "-" + strconv.Itoa(i+1)
}

func (f FieldProps) optionClass() string {
	switch {
	case f.Boxed:
		return "opts box"
	case f.Type == YesNo:
		return "opts row"
	}
	return "opts"
}
