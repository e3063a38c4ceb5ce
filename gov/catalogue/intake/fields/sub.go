package fields

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"tongban/gov/catalogue/content"
)

// Sub is one thing that can be said of a material, a charge or a common
// question of an item.
type Sub struct {
	Key    string
	Zh, En string
	Also   []string
}

// Materials are the fields of a material (申请材料).
var Materials = []Sub{
	{"material_name", "材料名称", "Material", []string{"申请材料", "材料", "name"}},
	{"material_type", "材料类型", "Kind of material", nil},
	{"material_format", "材料形式", "Form of the material", nil},
	{"is_need", "材料必要性", "Whether needed", []string{"是否必要", "是否必备材料"}},
	{"form_guid", "空白表格", "Blank form", nil},
	{"example_guid", "示例样表", "Sample", nil},
	{"source_type", "来源渠道", "Source", nil},
	{"source_explain", "来源渠道说明", "Note on the source", []string{"出具机构"}},
	{"page_num", "纸质材料份数", "Copies on paper", []string{"份数"}},
	{"page_format", "纸质材料规格", "Format of paper", nil},
	{"fill_explain", "填报须知", "How to fill in", nil},
	{"accept_stand", "受理标准", "What is accepted", nil},
	{"by_law", "要求提供材料的依据", "Basis", []string{"材料依据"}},
	{"remark", "备注", "Note", nil},
}

// Fees are the fields of a charge (收费项目).
var Fees = []Sub{
	{"fee_name", "收费项目名称", "Charge", []string{"收费项目"}},
	{"fee_stand", "收费标准", "How much", nil},
	{"by_law", "收费依据", "Basis", nil},
	{"is_desc", "是否允许减免", "May be reduced", nil},
	{"desc_explain", "允许减免依据", "Basis of reductions", nil},
	{"remark", "备注", "Note", nil},
}

// FAQs are the fields of a common question (常见问题).
var FAQs = []Sub{
	{"question", "问题", "Question", []string{"常见问题"}},
	{"answer", "答案", "Answer", []string{"解答"}},
}

// Extras are the columns of the table that carries what the other tables have
// no column for: one field of an item, or of a part of it, a row.
var Extras = []Sub{
	{"part", "部分", "Part", nil}, // the mark of the material, charge or question; "" is the item
	{"field", "要素", "Field", nil},
	{"value", "值", "Value", nil},
}

// MaterialOf reads a material from its values by field. place counts from 1.
func MaterialOf(id string, values map[string]string) content.Material {
	m := content.ImportedMaterial(id, values["material_name"])
	for k, v := range values {
		if k != "material_name" && v != "" {
			Keep(&m.Fields, k, v)
		}
	}
	return m
}

// MaterialValues gives the values of a material back.
func MaterialValues(m content.Material) map[string]string {
	return with(m.Fields, map[string]string{"material_name": m.Name.Zh})
}

// FeeOf reads a charge from its values by field.
func FeeOf(id string, values map[string]string) content.FeeProject {
	p := content.FeeProject{ID: id, Name: values["fee_name"], Standard: values["fee_stand"], Basis: values["by_law"], Reduction: values["desc_explain"]}
	for k, v := range values {
		switch k {
		case "fee_name", "fee_stand", "by_law", "desc_explain":
		default:
			if v != "" {
				Keep(&p.Fields, k, v)
			}
		}
	}
	return p
}

// FeeValues gives the values of a charge back.
func FeeValues(p content.FeeProject) map[string]string {
	return with(p.Fields, map[string]string{"fee_name": p.Name, "fee_stand": p.Standard, "by_law": p.Basis, "desc_explain": p.Reduction})
}

// FAQOf reads a common question from its values by field.
func FAQOf(id string, values map[string]string) content.FAQ {
	q := content.FAQ{ID: id, Question: values["question"], Answer: values["answer"]}
	for k, v := range values {
		if k != "question" && k != "answer" && v != "" {
			Keep(&q.Fields, k, v)
		}
	}
	return q
}

// FAQValues gives the values of a common question back.
func FAQValues(q content.FAQ) map[string]string {
	return with(q.Fields, map[string]string{"question": q.Question, "answer": q.Answer})
}

func with(more, values map[string]string) map[string]string {
	for k, v := range more {
		values[k] = v
	}
	for k, v := range values {
		if v == "" {
			delete(values, k)
		}
	}
	return values
}

// Mark is the mark under which exports name a part of an item that came without
// one; it tells the part's id.
func Mark(code, id string) string {
	sum := sha256.Sum256([]byte(code + "/" + id))
	return ours + id + "-" + hex.EncodeToString(sum[:12])
}

// ours is how the marks of the platform begin.
const ours = "tb-"

// Marked is the id of the part that a mark of the platform names.
func Marked(mark string) (id string, ok bool) {
	rest, ok := strings.CutPrefix(mark, ours)
	i := strings.LastIndexByte(rest, '-')
	if !ok || i <= 0 {
		return "", false
	}
	return rest[:i], true
}
