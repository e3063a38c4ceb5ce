package applicant_test

import (
	"strings"
	"testing"

	"tongban/gov/casework/reading"
	"tongban/platform/db/dbtest"
)

// After submitting, the applicant reads all answers, materials and files again,
// with numbers in part; who looked is on record, and nobody else gets in.
func TestReadBack_everythingHandedIn(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		v := visitor{w: w, as: me}
		p, _ := v.answerAll(v.begin())
		check, _, _ := strings.Cut(p.Path, "?")
		p = v.post(check, p.form(check)).want(200, "已经提交", "看我提交的全部内容")
		path, _, _ := strings.Cut(p.Path, "?")
		own := w.accounts[me]
		who, err := w.who.Person(dbtest.As(t, "test"), w.who.Region(), own.Person)
		w.must(err)
		page := v.get(path+"/application").want(200, "我提交的内容", "示例小吃店", "示例路 1 号", "86.5", "示例街道", "还没有营业执照", "申请材料", "layout.pdf", "网上下载", who.Number[:4]+"**********"+who.Number[14:])
		for _, secret := range []string{who.Number, "14000000001"} {
			if strings.Contains(page.Raw, secret) {
				t.Errorf("%s is shown in full", secret)
			}
		}
		v.get(path).want(200, reading.ForReadBack, own.Name)
		for _, other := range []string{"legal_representative", ""} {
			if got := (visitor{w: w, as: other}).get(path + "/application").Status; got != 404 && got != 401 {
				t.Errorf("%q gets %d", other, got)
			}
		}
	})
}
