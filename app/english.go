package app

import (
	"context"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"tongban/gov/casework/reading"
	"tongban/gov/casework/terms"
	"tongban/gov/casework/web/casefile"
	"tongban/gov/catalogue"
	"tongban/gov/catalogue/pictures"
	"tongban/gov/limits"
	"tongban/ui"
)

// english knows the English names of things that pages name as they are on
// record, in Chinese: offices, items, steps, papers, laws.
type english struct {
	a     *App
	mu    sync.Mutex
	at    time.Time
	names map[string]string
}

// freshEnglish is how long names are kept before they are read again.
const freshEnglish = time.Minute

// sampleNames are the places of the seeded town, which is invented.
var sampleNames = map[string]string{
	"示例市": "Example City", "示例区": "Example District", "广东省": "Guangdong", "广东省示例市": "Example City, Guangdong", "广东省示例市示例区": "Example District, Example City, Guangdong",
	"示例区政务服务中心": "Example District Service Hall", "示例区示例街道": "Example Subdistrict, Example District",
}

// general are the names of the flow and the refusal that items without their
// own have, and the purposes that are on record when staff look at a case.
var general = map[string]string{
	"审查": "Examination", "决定": "Decision", "高效办成一件事": "One thing, one application", "不予办理决定书": "Notice of refusal",
	casefile.ForAcceptance: "Checking whether to accept", "办理环节审查": "Examining a step", reading.ForReadBack: "The applicant looks at what was handed in",
}

// consent is the sentence that an applicant agreed to, as it is on record.
var consent = regexp.MustCompile(`^为办理“(.+)”查验(.+)，代替“(.+)”$`)

// consented writes a consent in English where the names in it have English ones.
func consented(zh string, names map[string]string) (string, bool) {
	m := consent.FindStringSubmatch(zh)
	if m == nil {
		return "", false
	}
	for i, part := range m[1:] {
		en, ok := names[part]
		if part == "您的电子证照" {
			en, ok = "your electronic licence or certificate", true
		}
		if !ok {
			return "", false
		}
		m[i+1] = en
	}
	return "For “" + m[1] + "”: look up " + m[2] + " in place of “" + m[3] + "”", true
}

// lookup gives the names for one request. When they cannot be read the page
// shows the names on record, marked as Chinese; nothing else depends on it.
func (e *english) lookup(ctx context.Context) ui.Names {
	e.mu.Lock()
	defer e.mu.Unlock()
	if now := e.a.Clock.Now(); e.names == nil || now.Sub(e.at) > freshEnglish || now.Before(e.at) {
		if names, err := e.read(ctx); err == nil {
			e.names, e.at = names, now
		} else {
			e.a.Log.WarnContext(ctx, "no English names", "error", err)
		}
	}
	names := e.names
	return func(zh string) (string, bool) {
		if en, ok := names[zh]; ok {
			return en, true
		}
		if en, ok := counted(zh); ok {
			return en, true
		}
		if en, ok := consented(zh, names); ok {
			return en, true
		}
		return citation(zh, names)
	}
}

// On papers dates and lengths of time are printed in Chinese.
var (
	date = regexp.MustCompile(`^([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日$`)
	span = regexp.MustCompile(`^([0-9]+) ?(个工作日|日|小时)$`)
)

func counted(zh string) (string, bool) {
	if m := date.FindStringSubmatch(zh); m != nil {
		month, _ := strconv.Atoi(m[2]) // digits, says the expression
		return m[3] + " " + time.Month(month).String() + " " + m[1], month >= 1 && month <= 12
	}
	if m := span.FindStringSubmatch(zh); m != nil {
		unit := map[string]string{"个工作日": "working day", "日": "day", "小时": "hour"}[m[2]]
		if m[1] != "1" {
			unit += "s"
		}
		return m[1] + " " + unit, true
	}
	return "", false
}

func (e *english) read(ctx context.Context) (map[string]string, error) {
	names := map[string]string{"证照": "Certificate or licence", "批文": "Approval", "证明": "Proof"} // kinds of results
	if err := e.items(ctx, names); err != nil {
		return nil, err
	}
	maps.Copy(names, terms.English(e.a.Casework.Rules))
	maps.Copy(names, general)
	for _, key := range limits.Keys() {
		if r, _ := limits.National(key); r.CitationEn != "" {
			names[r.Citation] = r.CitationEn
		}
	}
	for zh, en := range pictures.English {
		if names[zh] == "" { // what a package says itself is better
			names[zh] = en
		}
	}
	maps.Copy(names, sampleNames)
	types, err := e.a.Types.List(ctx, "")
	if err != nil {
		return nil, err
	}
	for _, t := range types { // of certificates
		if names[t.Name.Zh] == "" && t.Name.En != "" {
			names[t.Name.Zh] = t.Name.En
		}
	}
	orgs, err := e.a.Identity.DepartmentsBelow(ctx, e.a.Region)
	if err != nil {
		return nil, err
	}
	for _, o := range orgs {
		if o.NameEn != "" {
			names[o.Name] = o.NameEn
		}
	}
	return names, nil
}

// items adds everything that packages say in both languages: names, steps,
// materials, results, and the laws they rest on.
func (e *english) items(ctx context.Context, names map[string]string) error {
	for q := (catalogue.Query{Packages: true, Limit: 100}); ; {
		found, err := e.a.Catalogue.Search(ctx, q)
		if err != nil {
			return err
		}
		for _, hit := range found.Items {
			o, err := e.a.Catalogue.OfferVersion(ctx, hit.Region, hit.Code, hit.Version)
			if err != nil {
				return err
			}
			raw, err := json.Marshal(o)
			if err != nil {
				return err
			}
			var v any
			if err := json.Unmarshal(raw, &v); err != nil {
				return err
			}
			bilingual(v, names)
			if o.NameEn != "" {
				names[o.FullName()] = o.NameEn
			}
		}
		if q.After = found.Next; q.After == "" {
			return nil
		}
	}
}

// bilingual finds {"zh": …, "en": …} and "law": …, "law_en": … in data. Words of
// one character, such as 是, say nothing without their question.
func bilingual(v any, out map[string]string) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			bilingual(x, out)
		}
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) { // in one order: two packages may word one name in two ways
			x := v[k]
			other := k + "_en"
			if k == "zh" {
				other = "en"
			}
			zh, isText := x.(string)
			if en, _ := v[other].(string); isText && en != "" && out[zh] == "" && utf8.RuneCountInString(zh) > 1 {
				out[zh] = en
			}
			bilingual(x, out)
		}
	}
}

// cited is a clause as laws are cited: 《…法》第三十三条第一款第（四）项.
var cited = regexp.MustCompile(`^(?:《([^》]+)》)?第([一二三四五六七八九十百零]+)条(?:第([一二三四五六七八九十]+)款)?(?:第[（(]?([一二三四五六七八九十]+)[）)]?项)?。?$`)

// citation writes a clause in English where the law has an English name.
func citation(zh string, names map[string]string) (string, bool) {
	m := cited.FindStringSubmatch(zh)
	if m == nil {
		return "", false
	}
	var parts []string
	if m[1] != "" {
		law, ok := names[m[1]]
		if !ok {
			return "", false
		}
		parts = append(parts, law+",")
	}
	for i, word := range []string{"art.", "para.", "item"} {
		if n := figures(m[i+2]); n > 0 {
			parts = append(parts, word, strconv.Itoa(n))
		}
	}
	return strings.Join(parts, " "), true
}

// figures reads a number such as 一百零二; 0 for none.
func figures(s string) int {
	total, last := 0, 0
	for _, r := range s {
		switch r {
		case '百', '十':
			unit := map[rune]int{'百': 100, '十': 10}[r]
			total += max(last, 1) * unit
			last = 0
		default:
			last = strings.IndexRune("零一二三四五六七八九", r) / len("零")
		}
	}
	return total + last
}
