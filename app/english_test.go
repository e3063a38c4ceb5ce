package app

import "testing"

func TestCitation_inEnglish(t *testing.T) {
	names := map[string]string{"中华人民共和国食品安全法": "Food Safety Law"}
	for zh, want := range map[string]string{
		"《中华人民共和国食品安全法》第三十三条第一款第四项":  "Food Safety Law, art. 33 para. 1 item 4",
		"《中华人民共和国食品安全法》第一百零二条第（十一）项": "Food Safety Law, art. 102 item 11",
		"第十条":       "art. 10",
		"第二十条第一款":   "art. 20 para. 1",
		"《某某条例》第十条": "",
		"第四项":       "",
	} {
		if got, ok := citation(zh, names); got != want || ok != (want != "") {
			t.Errorf("%s is %q, want %q", zh, got, want)
		}
	}
}

func TestCounted_inEnglish(t *testing.T) {
	for zh, want := range map[string]string{"2026年12月1日": "1 December 2026", "5个工作日": "5 working days", "1日": "1 day", "24小时": "24 hours", "2026年": "", "2026年13月1日": ""} {
		if got, ok := counted(zh); ok != (want != "") || ok && got != want {
			t.Errorf("%s is %q, want %q", zh, got, want)
		}
	}
}

func TestConsented_inEnglish(t *testing.T) {
	names := map[string]string{"居住证办理": "Residence permit", "身份证": "Identity card", "身份证复印件": "Copy of the identity card"}
	for zh, want := range map[string]string{
		"为办理“居住证办理”查验身份证，代替“身份证复印件”":    "For “Residence permit”: look up Identity card in place of “Copy of the identity card”",
		"为办理“居住证办理”查验您的电子证照，代替“身份证复印件”": "For “Residence permit”: look up your electronic licence or certificate in place of “Copy of the identity card”",
		"为办理“某事”查验身份证，代替“身份证复印件”":       "",
	} {
		if got, ok := consented(zh, names); got != want || ok != (want != "") {
			t.Errorf("%s is %q, want %q", zh, got, want)
		}
	}
}
