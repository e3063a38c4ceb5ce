package grounds

import (
	"tongban/gov/casework/terms"
	"tongban/gov/catalogue"
)

// Remedies are what the applicant can do against a refusal, in Chinese as the
// notice is: those of the item, or the national ones. Each tells until when,
// where, what and by which clause, once.
//
// Law: 行政许可法 art. 38 ¶2; 行政复议法 art. 20 ¶1, 行政诉讼法 art. 46 ¶1.
func Remedies(o *catalogue.Offer, rules terms.Rules) []string {
	var out []string
	for _, r := range o.Result.Refusal.Remedies {
		text := r.Notice().Zh
		if k, ok := o.Clause(r.Clause); ok {
			text += "（" + k.Citation() + "）"
		}
		out = append(out, text+"。")
	}
	if len(out) > 0 {
		return out
	}
	for _, r := range rules.Remedies {
		out = append(out, r.Text+"（"+r.Citation+"）。")
	}
	return out
}
