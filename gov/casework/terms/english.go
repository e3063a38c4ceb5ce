package terms

// English gives the English of the names that cases themselves give: to papers
// and to the step before the flow.
func English(r Rules) map[string]string {
	out := map[string]string{
		"受理": "Acceptance", "收件凭证": "Receipt of application", "受理通知书": "Notice of acceptance", "一次性补正告知书": "Request for supplements",
		"不予受理决定书": "Decision not to accept", "不予许可决定书": "Decision to refuse", "撤回申请确认书": "Confirmation of withdrawal",
		"特别程序告知书": "Notice of a special procedure", "延长办理期限告知书": "Notice of extension",
	}
	for _, k := range r.Special {
		out[k.Name], out[k.Citation] = k.NameEn, k.CitationEn
	}
	for _, x := range r.Remedies {
		out[x.Text], out[x.Citation] = x.TextEn, x.CitationEn
	}
	return out
}
