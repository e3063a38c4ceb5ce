package certificates

import (
	"context"
	"slices"
	"testing"
	"time"

	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/db"
	"tongban/platform/db/dbtest"
	"tongban/platform/events"
	"tongban/platform/files"
	"tongban/platform/once"
	"tongban/platform/schedule"
	"tongban/platform/sign"
)

const (
	district = "449901"
	office   = "114499019000000222"
	holder   = "per_wang"
	stranger = "per_li"
	company  = "91449901MA0000000A"
	base     = "https://zwfw.tongban.example"
)

// rareName has characters of extensions A, B and the middle dot of minority names.
const rareName = "示例·𠮷𪚥䶮"

var start = time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)

var tables = []db.Migrations{audit.Migrations(), events.Migrations(), schedule.Migrations(), once.Migrations(), Migrations()}

type world struct {
	t      testing.TB
	s      *Service
	d      *db.DB
	clock  *clock.Fake
	signer *sign.Signer
	trust  Trust
	cases  handled
}

// handled are the cases that an account handles.
type handled map[string]string

func (h handled) MayRead(ctx context.Context, _, caseID string) error {
	if h[auth.From(ctx).ID] == caseID {
		return nil
	}
	return ErrNoPaper
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, d: d, clock: clock.NewFake(start), cases: handled{}}
	var err error
	if w.signer, err = sign.Open(sign.Options{Dir: t.TempDir(), Name: "node", CommonName: "示例节点", Organization: "示例市（虚构）", Clock: w.clock}); err != nil {
		t.Fatal(err)
	}
	w.trust = TrustOf(w.signer, base)
	store, err := files.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w.s = New(Deps{DB: d, Clock: w.clock, Signer: NodeKeys{Signer: w.signer}, Checker: NodeKeys{Signer: w.signer}, Seal: w.signer, Forms: w.signer,
		Trust: w.trust, Files: store, BaseURL: base, Cases: w.cases, Regions: []string{"440000", district}})
	return w
}

func onBoth(t *testing.T, f func(t *testing.T, w *world)) {
	t.Helper()
	dbtest.Run(t, tables, func(t *testing.T, d *db.DB) { f(t, newWorld(t, d)) })
}

func resident(person, forOrg string) context.Context {
	return auth.With(context.Background(), auth.Principal{ID: "acc_" + person, Kind: auth.KindPerson, Name: person, Person: person, For: forOrg,
		Grants: []auth.Grant{{Role: "resident", Permissions: []string{MayHold.Name}, Own: true}}})
}

func officer(id, org string, permissions ...string) context.Context {
	slices.Sort(permissions)
	return auth.With(context.Background(), auth.Principal{ID: id, Kind: auth.KindOfficer, Name: id,
		Grants: []auth.Grant{{Role: "officer", Permissions: permissions, Region: district, Org: org}}})
}

func (w *world) issue(p Paper) Paper {
	w.t.Helper()
	var out Paper
	err := w.d.Write(auth.System(context.Background(), "test"), func(tx *db.Tx) (err error) {
		out, err = w.s.IssueTx(context.Background(), tx, p)
		return err
	})
	if err != nil {
		w.t.Fatalf("issue %s: %v", p.Kind, err)
	}
	return out
}

// file renders a paper for its holder and gives its bytes.
func (w *world) file(p Paper) []byte {
	w.t.Helper()
	f, err := w.s.File(auth.System(context.Background(), "test"), p.Region, p.ID)
	if err != nil {
		w.t.Fatalf("file of %s: %v", p.Kind, err)
	}
	b, err := w.s.Bytes(f.Ref)
	if err != nil {
		w.t.Fatal(err)
	}
	return b
}

func paper(kind Kind, title string) Paper {
	return Paper{Kind: kind, Region: district, Case: "cas_1", CaseNumber: "4499012600000017", Item: "114499019000000222", ItemName: "开办餐饮店一件事",
		Issuer: office, IssuerName: "示例区市场监督管理局（虚构）", Owners: []string{holder}, HolderName: rareName, HolderNumber: "449901199001010015", Title: title}
}

func field(key, label, value string) Field { return Field{Key: key, Label: label, Value: value} }

// everyKind is one paper of each kind, filled the way cases fill them.
func everyKind() []Paper {
	receipt := paper(Receipt, "收件凭证")
	receipt.Fields = []Field{field("number", "办件编号", "4499-0126-0000-0017"), field("channel", "申请方式", "网上申请"), field("submitted", "收件日期", "2026年11月23日"),
		field("accept_due", "最晚受理或者告知补正的日期（含当日）", "2026年11月30日"),
		field(FieldMaterials, "已收材料", "经营场所使用证明（2个文件）；居民身份证（电子证照）；设备布局和操作流程图（1个文件）；健康证明（告知承诺）"), field("to_follow", "后补材料", "食品安全管理人员培训证明")}
	receipt.Text = []string{"您于2026年11月23日提交的“开办餐饮店一件事”申请已经收到。我们最晚于2026年11月30日当日受理，或者一次告知需要补正的全部内容；逾期不告知的，自收到申请材料之日起即为受理。依据：《中华人民共和国行政许可法》第三十二条第一款第（四）项。"}

	acceptance := paper(Acceptance, "受理通知书")
	acceptance.Fields = []Field{field("number", "办件编号", "4499-0126-0000-0017"), field("accepted", "受理日期", "2026年11月24日"), field("promise_due", "承诺办结日期", "2026年12月4日"), field("legal_due", "法定办结日期", "2027年1月28日")}
	acceptance.Text = []string{"您的“开办餐饮店一件事”申请，2026年11月24日予以受理。"}

	supplement := paper(Supplement, "一次性补正告知书")
	supplement.Fields = []Field{field("item1", "第1项 设备布局和操作流程图", "需要补正：图上没有标出洗消间和生熟分开的操作区。怎么补：在原图上用文字标出洗消间、生食区、熟食区，拍照或者扫描后重新上传。"),
		field("item2", "第2项 经营场所使用证明", "需要补正：租赁合同缺第3页和签字页。怎么补：把合同全部页面按顺序扫描成一个文件。")}
	supplement.Text = []string{"您的“开办餐饮店一件事”申请需要补正以下内容，共2项。全部备齐后一次提交；补正期间不计入受理期限。"}

	refusal := paper(Refusal, "不予行政许可决定书")
	refusal.Fields = []Field{field("number", "办件编号", "4499-0126-0000-0017"), field(FieldClause, "依据", "《中华人民共和国食品安全法》第三十三条第一款第四项：具有合理的设备布局和工艺流程，防止待加工食品与直接入口食品、原料与成品交叉污染。"),
		field(FieldReason, "理由", "设备布局和工艺流程会造成生熟交叉污染：11月27日现场核查，生食清洗池与熟食切配台相距0.4米，没有隔断。"),
		field(FieldPass, "怎样可以通过", "按核查意见改好布局，附上改后的图再申请；已通过的部门不重复审查。"),
		field("remedy1", "行政复议", "您可以自收到本决定之日起六十日内向示例区人民政府申请行政复议（《中华人民共和国行政复议法》第二十条第一款）。"),
		field("remedy2", "行政诉讼", "您也可以自收到本决定之日起六个月内直接向有管辖权的人民法院提起行政诉讼（《中华人民共和国行政诉讼法》第四十六条第一款）。")}
	refusal.Text = []string{"您的“开办餐饮店一件事”申请，经审查，决定如下：不予行政许可。"}

	short := paper(Refusal, "不予受理决定书") // the way cases without a package fill it
	short.Fields = []Field{field("number", "办件编号", "4499-0126-0000-0018"), field(FieldReason, "理由", "申请事项不属于本机关职权范围，请向示例区住房和城乡建设局申请")}
	short.Text = []string{"您的“开办餐饮店一件事”申请，经审查，决定如下：不予受理决定书。", "理由：申请事项不属于本机关职权范围，请向示例区住房和城乡建设局申请",
		"如对本决定不服，可以自知道本决定之日起60日内依法申请行政复议（《中华人民共和国行政复议法》第二十条第一款），也可以自知道或者应当知道本决定之日起6个月内依法向人民法院提起行政诉讼（《中华人民共和国行政诉讼法》第四十六条第一款）。"}

	withdrawal := paper(Withdrawal, "撤回申请确认书")
	withdrawal.Fields = []Field{field("number", "办件编号", "4499-0126-0000-0017"), field("reason", "撤回原因", "店面不再承租")}
	withdrawal.Text = []string{"您于2026年11月25日撤回了“开办餐饮店一件事”申请，本办件终止办理。"}

	special := paper(Special, "特别程序告知书")
	special.Fields = []Field{field("number", "办件编号", "4499-0126-0000-0017"), field("procedure", "特别程序", "专家评审"), field("days", "预计所需时间", "10个工作日"), field("basis", "依据", "《中华人民共和国行政许可法》第四十五条")}
	special.Text = []string{"您的“开办餐饮店一件事”申请需要进行专家评审，自2026年11月26日起所需时间不计入办理期限。"}
	return []Paper{receipt, acceptance, supplement, refusal, short, withdrawal, special, licence()}
}

// licence is a certificate of the joint restaurant item.
func licence() Paper {
	p := paper(Certificate, "餐饮店综合许可证")
	p.Type, p.TypeName, p.Number = "114499019000000222001", "餐饮店综合许可证", "餐综字〔2026〕4499012600000017号"
	p.HolderName, p.HolderNumber, p.Owners = "示例区虚构餐饮有限公司", company, []string{company, holder}
	p.Fields = []Field{field("operator_name", "经营者名称", "示例区虚构餐饮有限公司"), field("person", "经营者或者法定代表人", rareName), field("place", "经营场所", "示例区虚构街道样张路一百二十三号一层（自编A-07铺）"),
		field("items", "经营项目", "热食类食品制售；冷食类食品制售；自制饮品制售"), field("seats", "座位数", "48"), field("manager", "食品安全管理人员", "李示例"), field("case", "办件编号", "4499-0126-0000-0017"),
		field("office", "发证机关", "示例区市场监督管理局（虚构）"), field("issued", "发证日期", "2026年11月23日"), field("until", "有效期至", "2031年11月22日")}
	p.Text = []string{"经审查，示例区虚构餐饮有限公司（经营者或者法定代表人：" + rareName + "）在示例区虚构街道样张路一百二十三号一层（自编A-07铺）开办餐饮店，符合法定条件，准予经营：热食类食品制售；冷食类食品制售；自制饮品制售。",
		"本证由示例区市场监督管理局（虚构）会同有关部门联合办理，于2026年11月23日发出，有效期到2031年11月22日。"}
	p.ValidFrom, p.ValidUntil = start, time.Date(2031, 11, 22, 15, 59, 59, 0, time.UTC)
	return p
}

func dbtestSQLite(t testing.TB) *db.DB {
	t.Helper()
	return dbtest.SQLite(t, tables)
}
