package facts

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"
)

type fact interface{ Type() string }

func caseFacts() []fact {
	at := time.Date(2026, 9, 7, 2, 0, 0, 0, time.UTC)
	due := time.Date(2026, 9, 22, 15, 59, 59, 999999000, time.UTC)
	c := CaseRef{Region: "449901", Case: "case_000000000000000000000000c1", Number: "123456782", Item: "1144990190000002224440199901000", ItemName: "开办餐饮店一件事",
		Org: "114499019000000222", Owner: "per_000000000000000000000000p1", At: at}
	t := TaskRef{Task: "task_00000000000000000000000t1", Element: "check_fire", Name: "消防安全现场检查", Office: "11449901900000030W", Role: "examiner"}
	b := BundleRef{Region: c.Region, Bundle: "bun_000000000000000000000000b1", Number: "123456782", Item: "1144990190000002224442099910000", ItemName: "开办餐饮店一件事", Org: c.Org, Owner: c.Owner, At: c.At}
	return []fact{
		CaseSubmitted{CaseRef: c, Channel: "online", Due: due},
		CaseAccepted{CaseRef: c, Deemed: true, PromiseDue: due, LegalDue: due.AddDate(0, 2, 0)},
		AcceptanceRefused{CaseRef: c, Reason: "不属于本机关职权范围"},
		SupplementsRequested{CaseRef: c, Request: "sup_000000000000000000000000s1", Items: 2},
		SupplementsReminded{CaseRef: c, Request: "sup_000000000000000000000000s1", Until: due},
		DeputyNamed{Region: "449901", Deputy: "acc_000000000000000000000000o2", Officer: "acc_000000000000000000000000o1", Office: "11449901900000030W", Roles: "examiner", From: at, Until: due, Reason: "出差", At: at},
		DeputyEnded{Region: "449901", Deputy: "acc_000000000000000000000000o2", Officer: "acc_000000000000000000000000o1", Office: "11449901900000030W", Reason: "提前回来", At: at},
		SupplementsAnswered{CaseRef: c, Request: "sup_000000000000000000000000s1", Due: due},
		MaterialAdded{CaseRef: c, Material: "health"},
		CasePaused{CaseRef: c, Kind: "testing", Reason: "油烟检测", Expected: 5},
		CaseResumed{CaseRef: c, Kind: "testing", PromiseDue: due, LegalDue: due.AddDate(0, 2, 0)},
		CaseExtended{CaseRef: c, Days: 10, Reason: "情况复杂", LegalDue: due},
		CaseRecounted{CaseRef: c, Calendar: "0a1b2c3d-2027-10-10", PromiseDue: due, LegalDue: due.AddDate(0, 2, 0)},
		SignerAdded{CaseRef: c, TaskRef: t, Place: "before", ToOffice: "11449901900000049R", Reason: "请先看排水"},
		SignerTaken{CaseRef: c, TaskRef: t, FromOffice: "11449901900000049R", Reason: "不用看了"},
		TaskUrged{CaseRef: c, TaskRef: t, Officer: "acc_000000000000000000000000o1", Due: due, Note: "今天要办"},
		TaskTakenBack{CaseRef: c, TaskRef: t, Officer: "acc_000000000000000000000000o1", Reason: "写错了"},
		CaseRedirected{CaseRef: c, TaskRef: t, To: "decide", Reason: "不用再查"},
		CaseVoided{CaseRef: c, Reason: "重复立件"},
		CaseCopied{CaseRef: c, Copy: "cpy_000000000000000000000000k1", Office: "11449901900000049R", Officer: "", Note: "请阅知"},
		TaskOpened{CaseRef: c, TaskRef: t, Due: due},
		TaskCompleted{CaseRef: c, TaskRef: t, Result: "approve", Officer: "acc_000000000000000000000000o1"},
		TaskReturned{CaseRef: c, TaskRef: t, To: "register", Reason: "名称有误"},
		TaskTransferred{CaseRef: c, TaskRef: t, ToOffice: "11449901900000049R", ToOfficer: "acc_000000000000000000000000o2", Reason: "轮休"},
		TaskRecalled{CaseRef: c, TaskRef: t, From: "acc_000000000000000000000000o2", Reason: "已经查清"},
		TaskDelegated{CaseRef: c, TaskRef: t, To: "acc_000000000000000000000000o2", Reason: "请核对排水图"},
		TaskReminded{CaseRef: c, TaskRef: t, Officer: "acc_000000000000000000000000o1", Due: due},
		CaseDecided{CaseRef: c, Outcome: "granted", Officer: "acc_000000000000000000000000o3", Paper: "pap_000000000000000000000000f1", InTime: true},
		ResultPrepared{CaseRef: c, Handout: "hnd_000000000000000000000000h1", Way: "counter", Due: due, Times: 1},
		ResultCollected{CaseRef: c, Handout: "hnd_000000000000000000000000h1", Agent: true, Times: 1},
		ResultPosted{CaseRef: c, Handout: "hnd_000000000000000000000000h1", Carrier: "示例速递", Tracking: "SL0000000017", Times: 1},
		CaseWithdrawn{CaseRef: c, Reason: "店不开了"},
		BundleSubmitted{BundleRef: b, Channel: "online", Cases: 3},
		BundleMoved{BundleRef: b, Part: "food", To: "started", Case: c.Case},
		BundleClosed{BundleRef: b, Withdrawn: true},
	}
}

var typeForm = regexp.MustCompile(`^tongban\.[a-z]+\.[a-z]+\.[a-z]+\.v\d+$`)

// TestCaseFacts_golden keeps what others read: a field may be added, never
// renamed or dropped. FACTS_UPDATE=1 writes files that are new.
func TestCaseFacts_golden(t *testing.T) {
	golden(t, caseFacts())
}

// TestOtherFacts_golden does the same for papers and ratings.
func TestOtherFacts_golden(t *testing.T) {
	at := time.Date(2026, 9, 7, 2, 0, 0, 0, time.UTC)
	kase, paper := "case_000000000000000000000000c1", "pap_000000000000000000000000f1"
	golden(t, []fact{
		PaperIssued{Region: "449901", Paper: paper, Kind: "certificate", Case: kase, Issuer: "114499019000000222", At: at},
		PaperStatusChanged{Region: "449901", Paper: paper, Identifier: "1.2.156.3005.2.11449901900000065F001.114499019000000222.01K7XQ4GQ0.001.C", Title: "居住证", Case: kase,
			Issuer: "114499019000000222", Act: "withdraw", From: "valid", To: "withdrawn", Reason: "以欺骗手段取得", Basis: "《中华人民共和国行政许可法》第六十九条第二款", At: at},
		ObjectionOpened{Region: "449901", Objection: "obj_000000000000000000000000a1", Paper: paper, Title: "居住证", Issuer: "114499019000000222", Due: at.AddDate(0, 0, 14), At: at},
		ObjectionAnswered{Region: "449901", Objection: "obj_000000000000000000000000a1", Paper: paper, Title: "居住证", Issuer: "114499019000000222", Outcome: "corrected", Successor: "pap_000000000000000000000000f2", At: at},
		NodeKeysFollowed{Region: "440000", Node: "nod_00000000000000a1", Name: "邻县政务服务平台", Site: "https://node.example", Statements: 2, At: at},
		NodeKeysRefused{Region: "440000", Node: "nod_00000000000000a1", Name: "邻县政务服务平台", Site: "https://node.example", Why: "certificates.nodes.keys_fork", At: at},
		ServiceRated{Region: "449901", Case: kase, Item: "1144990190000002224440199901000", Org: "114499019000000222", Grade: 1, At: at},
		LimitRuleApproved{Region: "449900", Key: "decision", Number: 1, Amount: 12, Unit: "working_days", From: "2026-12-01", Citation: "示例市优化营商环境办法第三条"},
	})
}

func golden(t *testing.T, list []fact) {
	t.Helper()
	for _, f := range list {
		if !typeForm.MatchString(f.Type()) {
			t.Errorf("%s is no proper type", f.Type())
		}
		file := filepath.Join("..", "..", "docs", "specs", "facts", f.Type()+".json")
		got, err := json.MarshalIndent(f, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, '\n')
		want, err := os.ReadFile(file)
		if os.IsNotExist(err) && os.Getenv("FACTS_UPDATE") != "" {
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s has no golden file: %v", f.Type(), err)
		} else if !bytes.Equal(got, want) {
			t.Errorf("%s changed:\n%s", f.Type(), got)
		}
	}
}
