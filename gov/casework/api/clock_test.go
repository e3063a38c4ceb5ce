package api_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"tongban/gov/casework/web/casefile/casefiletest"
	"tongban/platform/auth"
	"tongban/platform/schedule"
)

// fallDue runs the work that is due after some days.
func (o *office) fallDue(days int) {
	o.T.Helper()
	o.Clock.Advance(time.Duration(days) * 24 * time.Hour)
	r := schedule.NewRunner(o.Casework.DB, o.Clock, slog.New(slog.DiscardHandler))
	o.Casework.Handle(r)
	_, err := r.RunOnce(o.T.Context())
	o.Must(err)
}

// day is the day of a moment in an answer, in Beijing.
func day(v any) string {
	t, err := time.Parse(time.RFC3339, fmt.Sprint(v))
	if err != nil {
		return fmt.Sprint(v)
	}
	return t.In(time.FixedZone("", 8*3600)).Format(time.DateOnly)
}

// An application that nobody answers is accepted on the day it was received, and
// its clock began on that day.
func TestClock_deemedAcceptance(t *testing.T) {
	casefiletest.Run(t, func(w *casefiletest.Town) {
		o := open(w)
		c := w.Apply(w.Resident("王示例", 1))
		o.who["me"] = auth.From(w.Resident("王示例", 1))
		at := fmt.Sprintf("/api/v1/cases/%s/%s", c.Region, c.ID)
		clock := o.call("me", "GET", at+"/clock", nil, 200)
		accept := clock["acceptance"].(m)
		if got := day(accept["due"]); got != "2026-09-14" || !strings.Contains(fmt.Sprint(accept["derivation"]), "第三十二条第一款第") {
			t.Fatalf("five working days from Monday: %s\n%v", got, accept)
		}
		o.fallDue(7)
		if got := o.call("me", "GET", at, nil, 200); got["state"] != "submitted" {
			t.Errorf("on the last day it is still theirs to accept: %v", got["state"])
		}
		o.fallDue(1)
		got := o.call("me", "GET", at, nil, 200)
		if got["state"] != "accepted" && got["state"] != "in_progress" || got["accepted_at"] != got["submitted_at"] {
			t.Fatalf("deemed: %v", got)
		}
		statute := o.call("me", "GET", at+"/clock", nil, 200)["statute"].(m)
		if text := fmt.Sprint(statute["derivation"]); !strings.Contains(text, "起点：2026年9月7日") || !strings.Contains(text, "2026年9月8日（周二）：计第 1 日\n") {
			t.Errorf("the clock began on the day of receipt:\n%s", text)
		}
	})
}

// A hearing stops the clock with its clause, and is left out day by day; the head of
// the organ extends once, and nobody else does.
func TestClock_hearingAndExtension(t *testing.T) {
	casefiletest.Run(t, func(w *casefiletest.Town) {
		o := open(w)
		o.who["me"] = auth.From(w.Resident("王示例", 1))
		at := fmt.Sprintf("/api/v1/cases/%s/%s", o.c.Region, o.c.ID)
		before := o.call("me", "GET", at, nil, 200)
		o.call("head", "POST", at+"/pause", m{"kind": "lunch", "reason": "x"}, 422)
		o.call("me", "POST", at+"/pause", m{"kind": "hearing", "reason": "相邻业主要求听证"}, 403)
		if got := o.call("head", "POST", at+"/pause", m{"kind": "hearing", "reason": "相邻业主要求听证", "expected_days": 2}, 200); got["paused"] != true || got["legal_due"] != nil {
			t.Fatalf("a clock that stands has no date: %v", got)
		}
		if got := o.call("me", "GET", at+"/clock", nil, 200); got["running"] != false || !strings.Contains(fmt.Sprint(got["why"]), "听证") || len(got["steps"].([]any)) != 0 {
			t.Errorf("while it stands: %v", got)
		}
		fire := o.step(casefiletest.Fire)
		o.call("examiner", "POST", fire+"/completion", m{"result": "approve", "opinion": "可以"}, 409)
		o.fallDue(1)
		o.call("head", "POST", at+"/resumption", m{"result": "听证结束"}, 200)
		clock := o.call("me", "GET", at+"/clock", nil, 200)
		statute := clock["statute"].(m)
		text := fmt.Sprint(statute["derivation"])
		if !strings.Contains(text, "第四十五条") || !strings.Contains(text, "2026年9月7日") || !strings.Contains(text, "2026年9月8日（周二）：暂停，不计") || !strings.Contains(text, "工作日历版本：") {
			t.Errorf("the pause is in the derivation:\n%s", text)
		}
		if a, b := day(before["legal_due"]), day(statute["due"]); a >= b {
			t.Errorf("two days were left out: %s, now %s", a, b)
		}
		for _, s := range clock["steps"].([]any) {
			if x := s.(m); x["office"] == casefiletest.Fire && (x["own"] != true || !strings.Contains(fmt.Sprint(x["derivation"]), "暂停，不计") || x["due"] == nil) {
				t.Errorf("the share of an office: %v", x)
			}
		}
		if len(clock["steps"].([]any)) < 2 {
			t.Errorf("steps: %v", clock["steps"])
		}

		o.call("examiner", "POST", at+"/extension", m{"reason": "复杂"}, 403)
		o.call("head", "POST", at+"/extension", m{}, 422)
		o.call("head", "POST", at+"/extension", m{"reason": "复杂", "days": 100}, 422)
		longer := o.call("head", "POST", at+"/extension", m{"reason": "材料需要专家复核", "days": 3}, 200)
		if day(longer["legal_due"]) <= day(statute["due"]) {
			t.Errorf("extended: %v, was %v", longer["legal_due"], statute["due"])
		}
		text = fmt.Sprint(o.call("me", "GET", at+"/clock", nil, 200)["statute"].(m)["derivation"])
		if !strings.Contains(text, "第四十二条") || !strings.Contains(text, "延长3个工作日") {
			t.Errorf("the extension is in the derivation:\n%s", text)
		}
		o.call("head", "POST", at+"/extension", m{"reason": "还是复杂"}, 409)
		papers, err := w.Papers.OfCase(t.Context(), o.c.Region, string(o.c.ID))
		w.Must(err)
		var titles []string
		for _, p := range papers {
			titles = append(titles, p.Title)
		}
		if all := strings.Join(titles, " "); !strings.Contains(all, "特别程序告知书") || !strings.Contains(all, "延长办理期限告知书") {
			t.Errorf("the applicant is told: %s", all)
		}
	})
}

// Waiting for the applicant stops the clock where a law is named, and only there;
// the day for the answer says how it was found, to everybody who sees it.
func TestClock_waitingForTheApplicant(t *testing.T) {
	for _, law := range []string{"", "《示例条例》第十条"} {
		t.Run("law "+law, func(t *testing.T) {
			casefiletest.Village(t, func(w *casefiletest.Town) {
				o := open(w)
				o.who["me"] = auth.From(w.Resident("王示例", 1))
				at := fmt.Sprintf("/api/v1/cases/%s/%s", o.c.Region, o.c.ID)
				before := day(o.call("me", "GET", at, nil, 200)["legal_due"])
				fire := o.step(casefiletest.Fire)
				o.call("examiner", "POST", fire+"/supplement-requests", m{"items": []m{{"reason": "缺图", "how": "补一张"}}, "basis": law}, 200)
				clock := o.call("me", "GET", at+"/clock", nil, 200)
				answer, _ := clock["answer"].(m)
				if answer == nil || day(answer["due"]) != "2026-09-28" || !strings.Contains(fmt.Sprint(answer["derivation"]), "2026年9月20日（周日）：计第 10 日（") {
					t.Errorf("fifteen working days from Monday the 7th: %v", answer)
				}
				if statute := clock["statute"].(m); (law == "") != (statute["due"] != nil) {
					t.Errorf("law %q: %v", law, statute)
				}
				o.fallDue(2)
				o.call("me", "PUT", at+"/supplement/items/0", m{"text": "补上了"}, 200)
				o.call("me", "POST", at+"/supplement/sending", nil, 200)
				clock = o.call("me", "GET", at+"/clock", nil, 200)
				if clock["answer"] != nil {
					t.Errorf("an answer that came: %v", clock["answer"])
				}
				if after := day(clock["statute"].(m)["due"]); (law == "") != (after == before) {
					t.Errorf("law %q: %s, now %s", law, before, after)
				}
			})
		})
	}
}

// The request for supplements itself, and whoever asks without an account, are told
// how the day was found; reasons stay with the applicant.
func TestClock_toldEverywhere(t *testing.T) {
	casefiletest.Village(t, func(w *casefiletest.Town) {
		o := open(w)
		c := w.Apply(w.Resident("王示例", 1))
		at := fmt.Sprintf("/api/v1/cases/%s/%s/supplement-requests", c.Region, c.ID)
		span, err := w.Casework.AnswerSpan(t.Context(), w.Casework.DB, &c)
		w.Must(err)
		got := o.call("head", "POST", at, m{"items": []m{{"target": "material.layout", "name": "布局图", "reason": "看不清", "how": "重画"}}, "until": span.Last.String()}, 201)
		if how := fmt.Sprint(got["counted"]); !strings.Contains(how, "本次由办理机关定为30个工作日，在15个工作日到30个工作日之间") || !strings.Contains(how, "计第 30 日") {
			t.Errorf("%v", got)
		}
		o.call("head", "POST", fmt.Sprintf("/api/v1/cases/%s/%s/pause", o.c.Region, o.c.ID), m{"kind": "hearing", "reason": "邻居张某要求"}, 200)
		o.call("head", "POST", fmt.Sprintf("/api/v1/cases/%s/%s/resumption", o.c.Region, o.c.ID), m{"result": "听证结束"}, 200)
		number := casefiletest.Number(1)
		progress := o.call("", http.MethodGet, fmt.Sprintf("/api/v1/progress?number=%s&last4=%s", o.c.Number, number[len(number)-4:]), nil, 200)
		text := fmt.Sprint(progress["derivations"])
		if !strings.Contains(text, "听证") || strings.Contains(text, "张某") || !strings.Contains(text, "到期：") {
			t.Errorf("without an account:\n%s", text)
		}
	})
}

// Three steps of five working days do not fit into a promise of twelve: each has
// four, and says why.
func TestClock_sharesOfAJointLimit(t *testing.T) {
	casefiletest.Village(t, func(w *casefiletest.Town) {
		flow := strings.Replace(casefiletest.Waiting, `<receiveTask id="lab" name="等检测结果" messageRef="m"`, `<userTask id="a" name="审查" t:org="${department}" t:post="examiner"/><userTask id="b" name="复核" t:org="${department}" t:post="examiner"/><receiveTask id="lab" name="等检测结果" messageRef="m"`, 1)
		flow = strings.Replace(flow, `<sequenceFlow id="f0" sourceRef="s" targetRef="lab"/>`, `<sequenceFlow id="a0" sourceRef="s" targetRef="a"/><sequenceFlow id="a1" sourceRef="a" targetRef="b"/><sequenceFlow id="a2" sourceRef="b" targetRef="lab"/>`, 1)
		w.Publish([]byte(flow))
		o := open(w)
		at := fmt.Sprintf("/api/v1/cases/%s/%s", o.c.Region, o.c.ID)
		steps := o.call("head", "GET", at+"/clock", nil, 200)["steps"].([]any)
		if len(steps) != 1 {
			t.Fatalf("%v", steps)
		}
		x := steps[0].(m)
		if text := fmt.Sprint(x["derivation"]); x["own"] != true || day(x["due"]) != "2026-09-11" || !strings.Contains(text, "4 个工作日，依据：各环节的时限合计超过整件的12个工作日，按比例缩短；原定5个工作日") {
			t.Errorf("four working days from Monday: %v", x)
		}
	})
}
