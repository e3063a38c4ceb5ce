package value

// Keywords are the words that no name of one word can be.
var Keywords = map[string]bool{"if": true, "then": true, "else": true, "for": true, "in": true, "return": true, "some": true,
	"every": true, "satisfies": true, "instance": true, "of": true, "function": true, "external": true, "between": true,
	"and": true, "or": true, "true": true, "false": true, "null": true}

// NameStart tells whether a name may begin with a character.
func NameStart(c rune) bool {
	if c < 0x80 {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '?'
	}
	return c >= 0xc0 && c <= 0x2ff && c != 0xd7 && c != 0xf7 || c >= 0x370 && c <= 0x1fff && c != 0x37e && c != 0x1680 && c != 0x180e ||
		c >= 0x200c && c <= 0x200d || c >= 0x2070 && c <= 0x218f || c >= 0x2c00 && c <= 0x2fef || c >= 0x3001 && c <= 0xd7ff ||
		c >= 0xf900 && c <= 0xfdcf || c >= 0xfdf0 && c <= 0xfffd && c != 0xfeff || c >= 0x10000 && c <= 0xeffff
}

// NamePart tells whether a name may go on with a character.
func NamePart(c rune) bool {
	return NameStart(c) || c >= '0' && c <= '9' || c == 0xb7 || c >= 0x300 && c <= 0x36f || c >= 0x203f && c <= 0x2040
}

// IsName tells whether a name can stand in an expression without quotes.
func IsName(s string) bool {
	for i, c := range s {
		if i == 0 && !NameStart(c) || i > 0 && !NamePart(c) && c != ' ' {
			return false
		}
	}
	return s != "" && !Keywords[s]
}

// IsSpace tells whether a character is white space.
func IsSpace(c rune) bool {
	return c >= 0x09 && c <= 0x0d || c == ' ' || c == 0x85 || c == 0xa0 || c == 0x1680 || c == 0x180e ||
		c >= 0x2000 && c <= 0x200b || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000 || c == 0xfeff
}

// IsDigit tells whether a byte is 0 to 9.
func IsDigit(c byte) bool { return c >= '0' && c <= '9' }
