package lookalike

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"tongban/platform/search"
)

// Why a name is odd by itself.
const (
	Invisible = "invisible" // it has characters that are not seen, or that turn the direction round
	Mixed     = "mixed"     // one word of it has letters of several alphabets
)

// Odd tells why a name is suspicious by itself, or "".
func Odd(name string) string {
	if Hidden(name) {
		return Invisible
	}
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) || unicode.Is(unicode.Han, r) }) {
		scripts := 0
		for _, t := range []*unicode.RangeTable{unicode.Latin, unicode.Greek, unicode.Cyrillic} {
			if strings.ContainsFunc(word, func(r rune) bool { return unicode.Is(t, r) }) {
				scripts++
			}
		}
		if scripts > 1 {
			return Mixed
		}
	}
	return ""
}

// Strangers are the letters of a name that are Greek or Cyrillic in a word with
// letters of another alphabet or hanzi: nobody sees that they are. Names that are
// Greek or Cyrillic word by word have none.
func Strangers(name string) (out []rune) {
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) }) {
		var greek, cyrillic []rune
		others := false
		for _, r := range word {
			switch {
			case unicode.Is(unicode.Greek, r):
				greek = append(greek, r)
			case unicode.Is(unicode.Cyrillic, r):
				cyrillic = append(cyrillic, r)
			default:
				others = true
			}
		}
		if len(greek) > len(cyrillic) && !others { // the fewer are the strangers
			greek = nil
		} else if len(cyrillic) > 0 && !others {
			cyrillic = nil
		}
		out = append(append(out, greek...), cyrillic...)
	}
	return out
}

// unseen are characters without a shape of their own.
func unseen(r rune) bool {
	return unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Variation_Selector, r) || r == '\u115F' || r == '\u1160' || r == '\u3164' || r == '\u2800'
}

// Hidden tells whether a name has characters that are not seen. Selectors that
// choose one drawing of a hanzi are none: rare names need them.
func Hidden(name string) bool {
	before := rune(0)
	for _, r := range name {
		if unseen(r) && !(unicode.Is(unicode.Variation_Selector, r) && unicode.Is(unicode.Han, before)) {
			return true
		}
		before = r
	}
	return false
}

// Plain is a name as Unicode compares it: compatibility forms made one, white
// space left out.
func Plain(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, norm.NFKC.String(name))
}

// Skeleton is what a name looks like: two names with one skeleton are not told
// apart by reading.
func Skeleton(name string) string {
	return strings.Map(func(r rune) rune {
		r = search.Simplified(unicode.ToLower(r))
		switch s, ok := shapes[r]; {
		case unseen(r):
			return -1
		case ok:
			return s
		}
		return r
	}, Plain(name))
}

// Alike tells whether a name looks like a known one and is another.
func Alike(name, known string) bool {
	return known != "" && Plain(name) != Plain(known) && Skeleton(name) == Skeleton(known)
}

// AlikeHost is Alike for names of hosts, where a slip of the pen leads
// elsewhere: one letter more, less, other, or two that changed places.
func AlikeHost(a, b string) bool {
	a, b = strings.ToLower(a), strings.ToLower(b)
	if a == b || a == "" || b == "" {
		return false
	}
	x, y := []rune(Skeleton(a)), []rune(Skeleton(b))
	return string(x) == string(y) || len(x) >= 6 && len(y) >= 6 && oneSlip(x, y)
}

// oneSlip tells whether one edit makes x into y.
func oneSlip(x, y []rune) bool {
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(y)-len(x) > 1 {
		return false
	}
	i := 0
	for i < len(x) && x[i] == y[i] {
		i++
	}
	if len(y) > len(x) {
		return string(x[i:]) == string(y[i+1:])
	}
	if i == len(x) {
		return false // the same
	}
	return string(x[i+1:]) == string(y[i+1:]) || i+1 < len(x) && x[i] == y[i+1] && x[i+1] == y[i] && string(x[i+2:]) == string(y[i+2:])
}

// shapes gives every character of a group its first one.
var shapes = func() map[rune]rune {
	m := map[rune]rune{}
	for _, g := range strings.Fields(groups) {
		first := []rune(g)[0]
		for _, r := range g {
			m[search.Simplified(r)] = search.Simplified(first)
		}
	}
	return m
}()

// groups are characters that look the same or nearly so, in lower case.
const groups = `aаα bЬв cсϲ dԁ eеёε gɡ hһн iіιı1l|ǀ jјϳ kкκ mм nո oоο0 pрρ qԛ sѕ tтτ uυ vνѵ wԝω xхχ yуγ zʐ
市巿 己已巳 未末 土士 干千于 戊戌戍 日曰 人入 八入 天夭 大太犬 王玉主 田由甲申 目且 贝见 局局 茶荼 账帐 栗粟 崇祟 侯候 冶治 洒酒
兔免 鸟乌 刀刁 今令 仑仓 幻幼 折拆 拔拨 遣遗 宫官 管菅 辨辩辫 署暑 监盐 粤奥 督瞀 泰秦 奉奏 券卷 载栽 裁截 竟竞 晴睛 沬沫 汨汩 祁祈 陕陜 毫亳 壶壸 肓盲 丐丏 戎戒 斤斥 毋母 侍待 历厉 赢嬴 瑞端 清淸 衛衞 户戶 説說 産產 税稅 鄕鄉 黄黃 真眞 吴吳 录錄`
