package feel_test

import "testing"

// patterns are regular expressions as XPath has them.
const patterns = `
matches("foobar", "^fo*b") => true
matches("foobar", "^FO", "i") => true
matches("a\nb", "a.b") => false
matches("a\nb", "a.b", "s") => true
matches("a\nb", "^b", "m") => true
matches("helloworld", "hello world", "x") => true
matches("hello world", "hello\\ sworld", "x") => true
matches("hello world", "hello[ ]world", "x") => true
matches("e", "[a-z-[aeiou]]") => false
matches("d", "[a-z-[aeiou]]") => true
matches("e", "[^a-d-[e]]") => false
matches("f", "[^a-d-[e]]") => true
matches("A", "[^a]", "i") => false
matches("中", "\\p{IsCJKUnifiedIdeographs}") => true
matches("中", "\\P{L}") => false
matches("٣", "^\\d$") => true
matches("_", "\\w") => false
matches("x-1", "^\\i\\c*$") => true
matches("a]b", "a\\]b") => true
matches("a-b", "a[\\-]b") => true
matches("5", "[\\d\\s]") => true
matches("aa", "(a)\\1") => null
matches("a", "[a") => null
matches("a", "[b-a]") => null
matches("a", "a]") => null
matches("a", "a", "q") => null
matches("a", "a", null) => true
matches("a", "a", 1) => null
matches("a", "\\y") => null
matches("a", "(?=a)") => null
matches("a", "\\p{IsNowhere}") => null
replace("darted", "^(.*?)d(.*)$", "$1c$2") => carted
replace("a.b", "\\.", "\\$") => a$b
replace("abc", "b", "$x") => null
replace("abracadabra", "a.*?a", "*") => *c*bra
replace("2026年12月", "[^0-9]", "") => 202612
split("a1b22c", "\\d+") => ["a", "b", "c"]
split("abc", "") => ["a", "b", "c"]
`

func TestPatterns(t *testing.T) { lines(t, patterns) }
