package lookalike

import "testing"

func TestOdd(t *testing.T) {
	for name, want := range map[string]string{
		"示例区市场监督管理局": "", "示例区市场监督管理局（ＡＢＣ）": "", "Example office": "", "Пример": "", "示例区\u200b市场监督管理局": Invisible, "\u202e局理管": Invisible,
		"示例区Tаx局": Mixed, "Exаmple": Mixed, "示例区 A 类": "", "αβγ": "", "αbc": Mixed, "葛\U000E0100示例": "", "示例\uFE00": "", "a\uFE0F": Invisible, "示\u200D例": Invisible, "示\u00AD例": Invisible, "示\uFEFF例": Invisible,
	} {
		if got := Odd(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestAlike(t *testing.T) {
	for _, c := range []struct {
		name, known string
		want        bool
	}{
		{"示例区市场监督管理局", "示例区市场监督管理局", false},
		{"示例区市场监督管理局（虚构）", "示例区市场监督管理局(虚构)", false}, // the same by Unicode
		{"示例区巿场监督管理局", "示例区市场监督管理局", true},
		{"示例区市场盐督管理局", "示例区市场监督管理局", true},
		{"示例区市场监督管理\u200b局", "示例区市场监督管理局", true},
		{"示例区卫生健康局", "示例区市场监督管理局", false},
		{"Exаmple", "Example", true}, {"示例", "", false},
		{"示例市税务局", "示例巿稅务局", true},
		{"示例區市場監督管理局", "示例区市场监督管理局", true}, {"示例区巿場監督管理局", "示例区市场监督管理局", true}, {"示例臺", "示例台", true},
		{"示例区市场监督管理局", "示例區市場監督管理局", true}, {"ＥＸＡＭＰＬＥ", "EXAMPLE", false}, {"EXAMPLE", "Example", true},
	} {
		if got := Alike(c.name, c.known); got != c.want {
			t.Errorf("%q like %q: %v", c.name, c.known, got)
		}
	}
}

func TestAlikeHost(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"zw.example.cn", "zw.example.cn", false}, {"ZW.example.cn", "zw.example.cn", false}, {"zw.examp1e.cn", "zw.example.cn", true}, {"zw.exmaple.cn", "zw.example.cn", true},
		{"zw.examplle.cn", "zw.example.cn", true}, {"zw.example.com", "zw.example.cn", false}, {"zw.exampie.cn", "zw.example.cn", true}, {"other.cn", "zw.example.cn", false}, {"zw.еxample.cn", "zw.example.cn", true},
	} {
		if got := AlikeHost(c.a, c.b); got != c.want {
			t.Errorf("%q like %q: %v", c.a, c.b, got)
		}
	}
}

func TestStrangers(t *testing.T) {
	for name, want := range map[string]string{
		"王示例": "", "Анна Примерова": "", "Ελένη": "", "Tony王": "", "示例·阿卜杜": "", "示例A座": "", "Анна 示例": "", "": "",
		"示例АB公司": "А", "Exаmple": "а", "张А三": "А", "Annα": "α", "Αнна": "Α", "Ελένа": "а", "示例·𠮷о": "о", "王 Tоny": "о",
	} {
		if got := string(Strangers(name)); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
