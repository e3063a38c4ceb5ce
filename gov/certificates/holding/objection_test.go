package holding_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"tongban/gov/certificates"
	"tongban/gov/certificates/holding"
	"tongban/platform/auth"
	"tongban/platform/db"
	"tongban/platform/fault"
	"tongban/platform/once"
)

var proof = []holding.Proof{{Hash: strings.Repeat("a", 64), Name: "户口簿.pdf", Size: 10, Kind: "pdf"}}

func address(to string) []holding.Entry {
	return []holding.Entry{{Key: "address", Should: to}, {Key: "name", Should: "王示例"}}
}

func police() (string, string, string) {
	return other, certificates.MayManage.Name, certificates.MayRead.Name
}

func (w *world) object(p certificates.Paper) holding.Objection {
	w.t.Helper()
	o, err := w.s.Object(person("per_wang"), region, p.ID, address("示例区虚构街道样张路2号"), "我搬家了", proof)
	if err != nil {
		w.t.Fatal(err)
	}
	return o
}

// told is the written answer that the holder finds among his papers.
func (w *world) told(o holding.Objection) certificates.Found {
	w.t.Helper()
	list, err := w.papers.Mine(person("per_wang"), 50)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, f := range list {
		if f.ID == o.Notice && f.Kind == certificates.Standing {
			return f
		}
	}
	w.t.Fatalf("no written answer %q among %d papers", o.Notice, len(list))
	return certificates.Found{}
}

// An entry is wrong: the office that issued the certificate corrects it in one
// commit, the copies of the old one die, and the holder has it in writing.
func TestObject_corrected(t *testing.T) {
	onBoth(t, func(w *world) {
		t, p := w.t, w.issue(permitOf("per_wang", "王示例", numberOf(7)))
		copied, o := w.give(p), w.object(p)
		if o.State != holding.ObjectionOpen || o.Office != other || o.Days == 0 || !o.Due.After(start) || o.Citation == "" || len(o.Entries) != 1 || o.Entries[0].Value != "示例区虚构街道样张路1号" {
			t.Fatalf("%+v", o)
		}
		if d := w.s.Derive(o); !d.Due.Equal(o.Due) || len(d.Derivation.Days) == 0 {
			t.Errorf("its derivation: %+v", d)
		}
		org, manage, read := police()
		boss, stranger := officer("acc_police", org, manage, read), officer("acc_market", office, manage, read)
		if list, err := w.s.ToAnswer(boss); err != nil || len(list) != 1 || list[0].ID != o.ID {
			t.Errorf("to answer: %+v, %v", list, err)
		}
		if list, err := w.s.ToAnswer(stranger); err != nil || len(list) != 0 {
			t.Errorf("another office answers %+v, %v", list, err)
		}
		if r, err := w.papers.Check(officer("acc_reader", other, certificates.MayRead.Name), p.Code, "1"); err != nil || !r.Disputed {
			t.Errorf("an officer who checks is not told: %+v, %v", r, err)
		}
		if r, err := w.papers.Check(auth.With(t.Context(), auth.Principal{}), p.Code, "1"); err != nil || r.Disputed {
			t.Errorf("everybody is told: %+v, %v", r, err)
		}
		good := holding.Resolution{State: holding.ObjectionCorrected, Answer: "经核实，住址已变更", Basis: "《居住证暂行条例》第十二条", Act: certificates.Change, Fields: map[string]string{"address": "示例区虚构街道样张路2号"}}
		if _, err := w.s.Resolve(stranger, region, o.ID, good); !errors.Is(err, holding.ErrNoObjection) {
			t.Errorf("another office resolves: %v", err)
		}
		if _, err := w.s.Resolve(person("per_wang"), region, o.ID, good); !errors.Is(err, holding.ErrNoObjection) {
			t.Errorf("the holder resolves: %v", err)
		}
		same := good
		same.Fields = map[string]string{"address": "示例区虚构街道样张路1号"}
		if _, err := w.s.Resolve(boss, region, o.ID, same); !errors.Is(err, certificates.ErrUnchanged) {
			t.Errorf("nothing is corrected: %v", err)
		}
		key := once.With(boss, "resolve-1")
		done, err := w.s.Resolve(key, region, o.ID, good)
		if err != nil || done.State != holding.ObjectionCorrected || done.Successor == "" || done.OfficerName != "acc_police" {
			t.Fatalf("%+v, %v", done, err)
		}
		if again, err := w.s.Resolve(key, region, o.ID, good); err != nil || again.Successor != done.Successor {
			t.Errorf("said twice: %+v, %v", again, err)
		}
		next, err := w.s.Held(person("per_wang"), region, done.Successor)
		if err != nil || next.Status != certificates.Valid || next.Fields[2].Value != "示例区虚构街道样张路2号" {
			t.Errorf("the new one: %+v, %v", next, err)
		}
		if r, err := w.papers.Check(t.Context(), copied.Code, "9"); err != nil || r.OK || r.Reason != certificates.ErrSuperseded.Code {
			t.Errorf("a copy of the old one: %+v, %v", r, err)
		}
		if n := w.told(done); !strings.Contains(n.Title, "异议处理答复书") || n.IssuerName != p.IssuerName {
			t.Errorf("in writing: %+v", n)
		}
		if _, err := w.s.Resolve(boss, region, o.ID, good); !errors.Is(err, holding.ErrObjectionOver) {
			t.Errorf("answered twice: %v", err)
		}
	})
}

// A refusal gives reason, ground and remedies; it is late after its day; another
// objection is possible when one is answered.
func TestObject_refused(t *testing.T) {
	onBoth(t, func(w *world) {
		t, p := w.t, w.issue(permitOf("per_wang", "王示例", numberOf(7)))
		o := w.object(p)
		if _, err := w.s.Object(person("per_wang"), region, p.ID, address("别处"), "还有", proof); !errors.Is(err, holding.ErrObjectionOpen) {
			t.Errorf("two at once: %v", err)
		}
		if o.Late(o.Due) || !o.Late(o.Due.Add(time.Second)) {
			t.Error("late at the wrong moment")
		}
		boss := officer("acc_police", other, certificates.MayManage.Name, certificates.MayRead.Name)
		for name, bad := range map[string]holding.Resolution{
			"answer": {State: holding.ObjectionRefused, Basis: "x"}, "basis": {State: holding.ObjectionRefused, Answer: "x"}, "state": {State: holding.ObjectionOpen, Answer: "x", Basis: "x"}} {
			var wrong holding.Problems
			if _, err := w.s.Resolve(boss, region, o.ID, bad); !errors.As(err, &wrong) || len(wrong) != 1 || wrong[0].Field != name {
				t.Errorf("no %s: %v", name, err)
			}
		}
		done, err := w.s.Resolve(boss, region, o.ID, holding.Resolution{State: holding.ObjectionRefused, Answer: "登记与户籍档案一致", Basis: "《居住证暂行条例》第九条"})
		if err != nil || done.State != holding.ObjectionRefused || done.Successor != "" {
			t.Fatalf("%+v, %v", done, err)
		}
		n := w.told(done)
		if text := strings.Join(n.Text, ""); !strings.Contains(text, "不予更正") || !strings.Contains(text, "行政复议") {
			t.Errorf("in writing: %q", text)
		}
		if f := n.Fields; f[len(f)-2].Value != "登记与户籍档案一致" {
			t.Errorf("its reason: %+v", f)
		}
		if h, err := w.s.Held(person("per_wang"), region, p.ID); err != nil || h.Status != certificates.Valid {
			t.Errorf("the certificate: %+v, %v", h, err)
		}
		again := w.object(p)
		if _, err := w.s.WithdrawObjection(person("per_li"), region, again.ID); !errors.Is(err, holding.ErrNoObjection) {
			t.Errorf("somebody else withdraws: %v", err)
		}
		if x, err := w.s.WithdrawObjection(person("per_wang"), region, again.ID); err != nil || x.State != holding.ObjectionWithdrawn || x.Notice != "" {
			t.Errorf("taken back: %+v, %v", x, err)
		}
		if list, err := w.s.Objections(person("per_wang")); err != nil || len(list) != 2 {
			t.Errorf("the holder's list: %+v, %v", list, err)
		}
		if _, err := w.s.Objection(person("per_li"), region, o.ID); !errors.Is(err, holding.ErrNoObjection) {
			t.Errorf("somebody else reads: %v", err)
		}
	})
}

// What an objection has to say.
func TestObject_asks(t *testing.T) {
	onBoth(t, func(w *world) {
		t, p := w.t, w.issue(permitOf("per_wang", "王示例", numberOf(7)))
		for name, x := range map[string]struct {
			entries []holding.Entry
			reason  string
			proofs  []holding.Proof
		}{"entries": {address("示例区虚构街道样张路1号"), "x", proof}, "reason": {address("别处"), " ", proof}, "proof": {address("别处"), "x", nil}} {
			var wrong holding.Problems
			if _, err := w.s.Object(person("per_wang"), region, p.ID, x.entries, x.reason, x.proofs); !errors.As(err, &wrong) || len(wrong) != 1 || wrong[0].Field != name {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := w.s.Object(person("per_li"), region, p.ID, address("别处"), "x", proof); !errors.Is(err, holding.ErrNotHeld) {
			t.Errorf("a stranger: %v", err)
		}
		m, err := w.s.Permit(person("per_wang"), region, p.ID, offer(w, 0))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.AnswerPermit(person("per_li"), region, m.ID, true); err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Object(person("per_li"), region, p.ID, address("别处"), "x", proof); !errors.Is(err, holding.ErrNotHeld) {
			t.Errorf("whoever may only use it: %v", err)
		}
	})
}

// Supervisors see every use within their region when they say what for; that they
// did is on record.
func TestUsesIn(t *testing.T) {
	onBoth(t, func(w *world) {
		t, p := w.t, w.issue(permitOf("per_wang", "王示例", numberOf(7)))
		c := w.give(p)
		if _, err := w.papers.Check(officer("acc_market", office, certificates.MayRead.Name), c.Code, "1"); err != nil {
			t.Fatal(err)
		}
		watcher := officer("acc_watch", "", holding.MayWatch.Name)
		if _, err := w.s.UsesIn(watcher, region, "  ", holding.UseFilter{}); !errors.Is(err, holding.ErrNeedPurpose) {
			t.Errorf("without a purpose: %v", err)
		}
		if _, err := w.s.UsesIn(person("per_wang"), region, "好奇", holding.UseFilter{}); !fault.IsKind(err, fault.KindForbidden) {
			t.Errorf("a resident: %v", err)
		}
		if _, err := w.s.UsesIn(watcher, city, "专项检查", holding.UseFilter{}); !fault.IsKind(err, fault.KindForbidden) {
			t.Errorf("another region: %v", err)
		}
		list, err := w.s.UsesIn(watcher, region, "专项检查", holding.UseFilter{})
		if err != nil || len(list) != 2 || list[0].Kind != holding.Checked || list[0].OfficeName != "示例区市场监督管理局（虚构）" || list[1].Kind != holding.Given {
			t.Fatalf("%+v, %v", list, err)
		}
		if only, err := w.s.UsesIn(watcher, region, "专项检查", holding.UseFilter{Kind: holding.Given}); err != nil || len(only) != 1 {
			t.Errorf("of one kind: %+v, %v", only, err)
		}
		w.clock.Advance(48 * time.Hour)
		if late, err := w.s.UsesIn(watcher, region, "专项检查", holding.UseFilter{From: w.clock.Now().Add(-time.Hour)}); err != nil || len(late) != 0 {
			t.Errorf("of the last hour: %+v, %v", late, err)
		}
		if n := w.acts("certificates.uses.read"); n != 3 {
			t.Errorf("%d looks are on record", n)
		}
	})
}

// acts counts acts of a kind on the record.
func (w *world) acts(name string) int64 {
	w.t.Helper()
	n, err := db.One(w.t.Context(), w.d, db.Value[int64], `SELECT count(*) FROM audit_entry WHERE action = $1`, name)
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}
