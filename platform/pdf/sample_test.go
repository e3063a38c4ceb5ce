package pdf

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// rareName has characters of extensions A to F and the dot of minority names.
const rareName = "示例·𠮷䶮㛃𫖯𪚥𬀩𰻞"

var sampleTime = time.Date(2026, 12, 1, 9, 30, 0, 0, time.FixedZone("CST", 8*3600))

func sampleMeta(title string) Meta {
	return Meta{Title: title, Author: "示例市政务服务中心（虚构）", Subject: "样张", Lang: "zh-Hans", Created: sampleTime}
}

func sampleCertificate() *Doc {
	d := New(sampleMeta("示例经营许可证"))
	d.Sheet(210, 297)
	d.PutFrame(Box{12, 12, 186, 273}, 2.4, Red, true)
	d.PutText(Box{30, 38, 150, 9}, "示例市（虚构）", Style{Size: 14, Align: Center, Color: Grey})
	d.PutText(Box{30, 48, 150, 18}, "示例经营许可证", Style{Size: 34, Lead: 1.4, Align: Center, Bold: true, Color: Red, Tag: "H1"})
	d.PutText(Box{30, 68, 150, 8}, "编号：SL44010020260000012", Style{Size: 11.5, Align: Center})
	end := 80 + d.PutText(Box{30, 80, 150, 60}, "经审查，下列申请符合规定条件，准予许可。持证人应当在许可范围内经营，并接受监督检查。", Style{Size: 13, Lead: 1.8, Align: Justify, Indent: 2})
	d.PutRows(Box{30, end + 4, 150, 130}, []Row{
		{"持证主体", rareName}, {"证件号码", "110101********0014"},
		{"经营场所", "示例省示例市虚构区样张街道第一大道一百二十三弄四十五号六楼（自编 A-07 单元），与虚构广场相邻"},
		{"经营范围", "热食类食品制售；冷食类食品制售；自制饮品制售"},
		{"有效期", "2026年12月1日至2031年11月30日"},
	}, Rows{Size: 12, Pad: 8})
	d.PutStamp(Box{127, 214, 42, 42}, "示例市许可机关（虚构）")
	d.PutText(Box{108, 227, 80, 18}, "示例市许可机关（虚构）\n2026年12月1日", Style{Size: 13, Lead: 1.8, Align: Center})
	d.PutQR(Box{30, 219, 34, 34}, Code{Text: "https://tongban.example/verify/SL44010020260000012#", Upper: "T1" + strings.Repeat("A.B", 120)})
	return d
}

func sampleNotice(rows int) *Doc {
	d := New(sampleMeta("受理通知书"))
	d.Header("示例市政务服务中心（虚构）")
	d.Footer("受理编号 SL-2026-000123")
	d.Title("受理通知书")
	d.Subtitle("示受〔2026〕第 123 号")
	d.Paragraph(rareName + "：")
	d.Paragraph("您于2026年12月1日提出的“示例经营许可”申请，经审查，申请材料齐全、符合法定形式，现予受理。我们将在 20 个工作日内（2026年12月29日24:00前）作出决定；需要延长的，会在期限届满前书面告诉您理由。您可以随时在网上查看进度：https://tongban.example/cases/SL-2026-000123 。")
	d.Heading("一、办件信息")
	d.KeyValues([]Row{{"事项名称", "示例经营许可（新办）"}, {"申请人", rareName}, {"受理时间", "2026年12月1日 09:30"}, {"承诺办结时限", "8 个工作日"}})
	d.Heading("二、收到的材料")
	var list [][]string
	for i := range rows {
		list = append(list, []string{fmt.Sprint(i + 1), "示例材料第" + fmt.Sprint(i+1) + "份：房屋使用证明或者租赁合同复印件", "电子", "1", "已核对"})
	}
	d.Grid([]Column{{"序号", 1, Center}, {"材料名称", 6, Left}, {"形式", 1.4, Center}, {"份数", 1.2, Right}, {"结果", 1.6, Center}}, list)
	d.Callout("请妥善保存受理编号。材料“房屋使用证明”可以在2026年12月10日前补交。", Amber)
	d.QR("https://tongban.example/cases/SL-2026-000123", "扫码看进度", 32, Left)
	d.SignOff(&Stamp{Name: "示例市政务服务中心", Below: "受理专用"}, "示例市政务服务中心（虚构）", "2026年12月1日")
	return d
}

func mustBytes(t testing.TB, d *Doc) []byte {
	t.Helper()
	b, err := d.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return b
}
