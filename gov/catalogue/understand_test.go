package catalogue_test

import (
	"context"
	"testing"

	"tongban/gov/catalogue"
	"tongban/platform/auth"
	"tongban/platform/fault"
)

// TestSearch_saysHowItUnderstood goes through the ways of reading words.
func TestSearch_saysHowItUnderstood(t *testing.T) {
	seeded(t, func(t *testing.T, b bundle) {
		for text, want := range map[string]catalogue.Understood{
			"广州 法律援助":                           {Region: "440100", Rest: "法律援助"},
			"广州市天河区法律援助":                        {Region: "440106", Rest: "法律援助"},
			"教室资格":                              {Sound: true},
			"广东省科学技术奖":                          {},
			"護照":                                {},
			"11440000006939756B2440101007000":   {Number: true},
			"11440000 006939756B 2440101007000": {Number: true},
		} {
			res := search(t, b, catalogue.Query{Text: text, Limit: 3})
			if res.Understood != want || res.Total == 0 {
				t.Errorf("%q: understood %+v with %d items, want %+v", text, res.Understood, res.Total, want)
			}
		}
		res := search(t, b, catalogue.Query{Text: "取水许可", Theme: "文化体育"})
		if res.Total != 0 || len(res.Wider) == 0 || res.Wider[0].Drop != "theme" || res.Wider[0].Count == 0 {
			t.Errorf("one condition less: %d items, %+v", res.Total, res.Wider)
		}
	})
}

// TestKeepSynonym: what an administrator says counts at once, and only he may.
func TestKeepSynonym(t *testing.T) {
	seeded(t, func(t *testing.T, b bundle) {
		word := "喝茶执照"
		if res := search(t, b, catalogue.Query{Text: word}); res.Understood.Say != "" {
			t.Fatalf("before: %+v", res.Understood)
		}
		if err := b.KeepSynonym(b.ctx, word, "取水许可"); err != nil {
			t.Fatal(err)
		}
		if res := search(t, b, catalogue.Query{Text: word}); res.Understood.Mean != "取水许可" || res.Total == 0 {
			t.Errorf("kept: %+v, %d items", res.Understood, res.Total)
		}
		if err := b.KeepSynonym(b.ctx, "暂住证", ""); err != nil {
			t.Fatal(err)
		}
		if res := search(t, b, catalogue.Query{Text: "暂住证"}); res.Understood.Say != "" {
			t.Errorf("taken away: %+v", res.Understood)
		}
		for _, bad := range [][2]string{{"", "取水许可"}, {"同样", "同样"}, {"太长太长太长太长太长太长太长太长太长太长太长", "取水许可"}, {"，。", "取水许可"}} {
			if err := b.KeepSynonym(b.ctx, bad[0], bad[1]); !fault.IsKind(err, fault.KindInvalid) {
				t.Errorf("%q for %q: %v", bad[0], bad[1], err)
			}
		}
		stranger := auth.With(context.Background(), auth.Principal{ID: "p1"})
		if err := b.KeepSynonym(stranger, "甲", "乙"); !fault.IsKind(err, fault.KindForbidden) {
			t.Errorf("a stranger: %v", err)
		}
	})
}
