package storybook

import (
	"context"
	"sync"

	"tongban/platform/forms"
	"tongban/ui"
)

// sampleForm is a form as a package brings it.
var sampleForm = sync.OnceValue(func() *forms.Definition {
	d, err := forms.Parse([]byte(`{"groups":[
{"id":"who","title":{"zh":"申请人","en":"Applicant"},"note":{"zh":"带来源的内容在来源处更正。","en":"Values with a source are corrected there."},"fields":[
 {"id":"name","label":{"zh":"姓名","en":"Name"},"type":"name","required":true,"prefill":{"source":"person.name","policy":"locked"}},
 {"id":"phone","label":{"zh":"手机号码","en":"Mobile number"},"hint":{"zh":"用来收办理进度","en":"For news about the case"},"type":"phone","required":true,"prefill":{"source":"person.phone","policy":"editable"}}]},
{"id":"place","title":{"zh":"经营场所","en":"Premises"},"fields":[
 {"id":"home","label":{"zh":"场所怎么来的","en":"How do you hold the premises"},"type":"choice","required":true,"options":[{"value":"own","text":{"zh":"自有","en":"Owned"}},{"value":"rent","text":{"zh":"租赁","en":"Rented"}}]},
 {"id":"lease_end","label":{"zh":"租期到哪天","en":"Lease ends on"},"type":"date","min":"today","show_when":"home == 'rent'","required_when":"home == 'rent'"},
 {"id":"area","label":{"zh":"使用面积","en":"Floor area"},"type":"number","decimals":1,"required":true,"unit":{"zh":"平方米","en":"square metres"}},
 {"id":"rent","label":{"zh":"每月租金","en":"Monthly rent"},"type":"money"},
 {"id":"dishes","label":{"zh":"制作哪些食品","en":"What will you prepare"},"type":"choices","required":true,"options":[{"value":"hot","text":{"zh":"热食","en":"Hot dishes"}},{"value":"cold","text":{"zh":"冷食","en":"Cold dishes"}}]},
 {"id":"seats","label":{"zh":"有没有堂食座位","en":"Are there seats"},"type":"yesno","required":true},
 {"id":"note","label":{"zh":"要说明的情况","en":"Anything to add"},"type":"textarea","max":"200"},
 {"id":"pledge","label":{"zh":"我承诺以上内容属实","en":"I declare that this is true"},"type":"yesno","equals":"yes","required":true}]}]}`), nil)
	if err != nil {
		panic(err) // a mistake in the sample above
	}
	return d
})

func formOf(ctx context.Context) ui.FormProps {
	return ui.FormProps{
		Def: sampleForm(), Prefix: "form.", Refresh: "?page=question",
		Answers:  map[string]string{"phone": "13800000000", "home": "rent", "lease_end": "2027-12-31", "area": "86.5", "rent": "1280.00", "dishes": "hot\ncold", "seats": "yes"},
		Known:    map[string]string{"person.name": "欧阳䶮", "person.phone": "13800000000"},
		Sources:  map[string]string{"person.name": say(ctx, "人口基础库（公安） · 今天核验", "Population register (police) · checked today"), "person.phone": say(ctx, "您的账号", "your account")},
		Problems: []ui.Problem{{Field: "form.pledge", Text: say(ctx, "勾选承诺后再提交", "Tick the declaration before sending")}},
		Fix:      func(forms.Field) ui.Link { return ui.Link{Href: "#fix"} },
		Change:   func(group string) string { return "?page=question" },
		Mask: func(f forms.Field, v string) string {
			if f.ID == "phone" {
				return v[:3] + "****" + v[7:]
			}
			return v
		},
	}
}
