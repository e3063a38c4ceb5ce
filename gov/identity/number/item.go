package number

import (
	"strings"
	"unicode/utf8"
)

// ItemCode is the code of a service item, taken apart. Law: GB/T 39554.1-2020 (basic code) and 39554.2-2020 (implementation list).
type ItemCode struct {
	Office  USCC   // who implements it; empty for a basic code
	Level   string // 行使层级, one digit of GB/T 39046 A.2; empty for a basic code
	Basic   string // 基本编码: region 2, type 2, main item 5, sub-item 3
	Handled string // 业务办理项, two characters; empty unless the code has 33
}

// basicAlphabet is what main and sub-items may use: on overflow letters follow the digits, without those taken for digits.
const basicAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// ParseItemCode takes a code of 12, 31 or 33 characters apart and checks each part.
func ParseItemCode(s string) (ItemCode, error) {
	s = tidy(s)
	switch n := utf8.RuneCountInString(s); {
	case n == 0:
		return ItemCode{}, Empty
	case n != 12 && n != 31 && n != 33:
		return ItemCode{}, Length
	}
	if !ascii(s, basicAlphabet) {
		return ItemCode{}, Character
	}
	if len(s) == 12 {
		return parseBasic(s)
	}
	office, err := ParseUSCC(s[:18])
	if err != nil {
		return ItemCode{}, err
	}
	if strings.IndexByte("1234567", s[18]) < 0 {
		return ItemCode{}, Kind
	}
	c, err := parseBasic(s[19:31])
	if err != nil {
		return ItemCode{}, err
	}
	c.Office, c.Level, c.Handled = office, s[18:19], s[31:]
	return c, nil
}

func parseBasic(s string) (ItemCode, error) {
	if !ascii(s[:2], digits) {
		return ItemCode{}, Region
	}
	if !ascii(s[2:4], digits) {
		return ItemCode{}, Kind
	}
	return ItemCode{Basic: s}, nil
}

// Type returns the two digits of the item type (GB/T 39046 A.1: 01 licence, 05 benefit, 07 confirmation, 20 public service …).
func (c ItemCode) Type() string { return c.Basic[2:4] }

// Sub says whether the basic code names a sub-item (子项) of a main item.
func (c ItemCode) Sub() bool { return c.Basic[9:] != "000" }

// String joins the parts again.
func (c ItemCode) String() string { return string(c.Office) + c.Level + c.Basic + c.Handled }
