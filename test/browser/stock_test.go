package browser_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"tongban/gov/certificates/stock"
	"tongban/platform/auth"
	"tongban/test/browser/harness"
	"tongban/test/node"
)

// healthType is 健康证明, which the sample files are made of.
const healthType = "114499019000000222103"

// furnishStock takes the sample file in: one record is sound, one in doubt, one
// row is repeated and one wrong.
func (w *world) furnishStock(t *testing.T) {
	t.Helper()
	examiner := w.As(node.Examiner)
	ty, err := w.Types.InForce(t.Context(), healthType)
	if err != nil {
		t.Fatal(err)
	}
	run, err := w.Stock.Begin(examiner, stock.Intake{Region: node.District, Type: healthType, Grade: "A", FileName: "健康证明台账.csv", File: bytes.NewReader(stock.Example(ty, ty.By.Zh, w.Clock.Now()))})
	for _, dry := range []bool{true, false} {
		if err == nil {
			_, err = w.Stock.Start(examiner, run.Region, run.ID, dry)
		}
		if err == nil {
			_, err = w.Stock.WorkOnce(auth.System(t.Context(), "stock"))
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	w.stock = "/stock/" + run.Region + "/" + run.ID
}

// An officer takes a table in from the page, settles a doubt; another one
// releases it and has it signed.
func TestStock_journey(t *testing.T) {
	w := open(t)
	ty, err := w.Types.InForce(t.Context(), healthType)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(w.files, "台账.csv")
	if err := os.WriteFile(file, stock.Example(ty, ty.By.Zh, w.Clock.Now()), 0o600); err != nil {
		t.Fatal(err)
	}
	work := func() {
		t.Helper()
		if _, err := w.Stock.WorkOnce(auth.System(t.Context(), "stock")); err != nil {
			t.Fatal(err)
		}
	}
	tab := harness.Open(t, w.look(harness.Look{Width: 1366}, node.Examiner))
	tab.Go(w.url + "/stock")
	harness.Eval[bool](tab, fmt.Sprintf(`(() => { document.querySelector("select[name=type]").value = %q; return true })()`, healthType))
	tab.Attach("台账文件", file)
	tab.Choose("A 级")
	tab.Clean()
	tab.Follow("上传并核对字段", "")
	tab.Want("前几行读出来是这样", "没有问题")
	tab.Clean()
	tab.Shot("stock-mapping")
	tab.Follow("试运行", "")
	work()
	tab.Go(w.url + "/stock")
	tab.Follow("台账.csv", "")
	tab.Want("已试运行", "日期写法不对", "重复的行")
	tab.Clean()
	tab.Follow("正式接收", "")
	work()
	tab.Go(w.url + "/stock")
	tab.Follow("台账.csv", "")
	tab.Want("接收和放行不能是同一个人", "条记录待核对")
	tab.Clean()
	tab.Shot("stock-held")
	run := harness.Eval[string](tab, "location.pathname")
	tab.Follow("逐条核对", "")
	tab.Choose("不是同一个人")
	tab.Fill("的理由", "号码抄错")
	tab.Shot("stock-doubts")
	tab.Follow("确定第", "")
	tab.Want("没有待核对的记录")
	tab.Quiet()

	boss := harness.Open(t, w.look(harness.Look{Width: 390}, node.Decider))
	boss.Go(w.url + run)
	boss.Follow("放行", "")
	boss.Want("签发多少条")
	boss.Clean()
	boss.Shot("stock-release-390")
	boss.Follow("签发", "")
	work()
	boss.Go(w.url + run)
	boss.Want("已签发")
	boss.Clean()
	if n := boss.Overflow(); n > 0 {
		t.Errorf("%d px too wide", n)
	}
	boss.Shot("stock-issued-390")
	boss.Quiet()
	if r, err := w.Certificates.CheckNumber(t.Context(), fmt.Sprintf("示例〔%d〕0001号", w.Clock.Now().AddDate(0, -2, -1).Year()), "王示例", "x"); err != nil || !r.OK {
		t.Errorf("check: %+v %v", r, err)
	}
}
