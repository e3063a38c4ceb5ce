package codes

import (
	"fmt"
	"strings"
)

// The lengths of the codes, in characters.
const (
	BasicLength          = 12
	ImplementationLength = 31
	HandlingLength       = 33
	orgLength            = 18
)

// Kind tells the three codes apart.
type Kind string

// The kinds of codes.
const (
	Basic          Kind = "basic"          // 基本编码
	Implementation Kind = "implementation" // 实施编码
	Handling       Kind = "handling"       // 业务办理项编码
)

// Code is one code taken apart. The parts that its kind does not have are "".
type Code struct {
	Kind   Kind
	Org    string // unified code of the office (实施主体), 18
	Level  string // level of exercise (行使层级), 1: list LevelList
	Region string // province, the first two digits of a division code
	Type   string // kind of item, 2, as the province numbers it
	Main   string // main item (主项), 5
	Sub    string // sub-item (子项), 3
	Serial string // of the handling item, 2
}

// Head is the sub-item of a main item that has sub-items, as Guangdong writes it.
const Head = "00Y"

// Alone is the sub-item of a main item that has none.
const Alone = "000"

// Error says what is wrong with a code, in both languages.
type Error struct {
	Code string // as it was given
	Part string // org, level, region, type, main, sub, serial, length
	Zh   string
	En   string
}

// Error implements error.
func (e *Error) Error() string { return fmt.Sprintf("code %q: %s", e.Code, e.En) }

// Parse takes a code of any kind apart and looks at the form of every part.
func Parse(s string) (Code, error) {
	switch len(s) {
	case BasicLength:
		return parseBasic(s, s)
	case ImplementationLength, HandlingLength:
		c, err := parseBasic(s, s[orgLength+1:ImplementationLength])
		if err != nil {
			return Code{}, err
		}
		c.Kind, c.Org, c.Level, c.Serial = Implementation, s[:orgLength], s[orgLength:orgLength+1], s[ImplementationLength:]
		if strings.Trim(c.Org, capitals) != "" {
			return Code{}, bad(s, "org", "前18位“%s”不是统一社会信用代码的样子", "the first 18 characters, %s, do not look like a unified code", c.Org)
		}
		if !strings.Contains("1234567", c.Level) {
			return Code{}, bad(s, "level", "第19位“%s”不是行使层级，应为1至7", "the 19th character, %s, is no level of exercise, 1 to 7", c.Level)
		}
		if c.Serial != "" {
			c.Kind = Handling
			if !serial(c.Serial) {
				return Code{}, bad(s, "serial", "最后两位“%s”不是业务办理项的序号", "the last two characters, %s, are no serial of a handling item", c.Serial)
			}
		}
		return c, nil
	}
	return Code{}, bad(s, "length", "编码有%d位，应为12、31或33位", "it has %d characters, not 12, 31 or 33", len(s))
}

func parseBasic(whole, s string) (Code, error) {
	c := Code{Kind: Basic, Region: s[:2], Type: s[2:4], Main: s[4:9], Sub: s[9:12]}
	switch {
	case !digits(c.Region):
		return Code{}, bad(whole, "region", "基本编码的前两位“%s”不是行政区划的数字", "the basic code begins with %s, not with two digits of a division", c.Region)
	case !digits(c.Type):
		return Code{}, bad(whole, "type", "基本编码的第3、4位“%s”不是事项类型的数字", "the third and fourth characters of the basic code, %s, are no kind of item", c.Type)
	case !serial(c.Main):
		return Code{}, bad(whole, "main", "主项“%s”不对：应为两位业务指导部门加三位序号", "the main item %s is wrong: two characters of the line and a serial of three", c.Main)
	case !serial(c.Sub):
		return Code{}, bad(whole, "sub", "子项“%s”不对：000表示没有子项，子项从001起", "the sub-item %s is wrong: 000 for none, sub-items from 001 on", c.Sub)
	}
	return c, nil
}

func bad(code, part, zh, en string, args ...any) *Error {
	return &Error{Code: code, Part: part, Zh: fmt.Sprintf(zh, args...), En: fmt.Sprintf(en, args...)}
}

// Check is Parse, and refuses an office whose check character is wrong.
func Check(s string) (Code, error) {
	c, err := Parse(s)
	if err != nil {
		return c, err
	}
	if c.Org != "" && !CheckUnified(c.Org) {
		return Code{}, bad(s, "org", "前18位“%s”通不过统一社会信用代码的校验", "the unified code %s fails its check", c.Org)
	}
	return c, nil
}

// String writes the code.
func (c Code) String() string {
	return c.Org + c.Level + c.BasicCode() + c.Serial
}

// BasicCode is the basic code inside any code.
func (c Code) BasicCode() string { return c.Region + c.Type + c.Main + c.Sub }

// ImplementationCode is the implementation code inside a handling code, "" in a
// basic one.
func (c Code) ImplementationCode() string {
	if c.Org == "" {
		return ""
	}
	return c.Org + c.Level + c.BasicCode()
}

// Province is the division whose directory holds the basic code; 000000 for
// the country's own.
func (c Code) Province() string { return c.Region + "0000" }

// HasSubs tells whether the code is that of a main item with sub-items.
func (c Code) HasSubs() bool { return c.Sub == Head }

// HeadCode is the basic code of the main item over a sub-item, "" for what is
// no sub-item.
func (c Code) HeadCode() string {
	if c.Sub == Alone || c.Sub == Head {
		return ""
	}
	return c.Region + c.Type + c.Main + Head
}

// MainOf is the main item that a sub-item belongs to by the standard, "" for a
// main item; provinces may write it with Head instead.
func MainOf(basic string) string {
	if len(basic) != BasicLength || basic[9:] == Alone || basic[9:] == Head {
		return ""
	}
	return basic[:9] + Alone
}

// Make puts an implementation code together and checks it.
func Make(org, level, basic string) (string, error) {
	s := org + level + basic
	c, err := Check(s)
	if err != nil {
		return "", err
	}
	if c.Kind != Implementation {
		return "", bad(s, "length", "不是实施编码", "it is no implementation code")
	}
	return s, nil
}

const capitals = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// letters are what serials go on with; I O Z S V are left out, because they
// are read as 1 0 2 5 U.
const letters = "ABCDEFGHJKLMNPQRTUWXY"

func serial(s string) bool { return s != "" && strings.Trim(s, "0123456789"+letters) == "" }
