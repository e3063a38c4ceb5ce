package tabs

import (
	"context"
	"regexp"
)

// sayings are what the catalogue's door says of packages, in the words of
// designers. What is none of them is shown as the door says it.
var sayings = []struct {
	pattern *regexp.Regexp
	key     string
	names   []string
}{
	{regexp.MustCompile(`^empty; both languages are needed$`), "empty", nil},
	{regexp.MustCompile(`^missing$`), "missing", nil},
	{regexp.MustCompile(`^item\.json has no clause "(.*)" in basis$`), "clause", []string{"id"}},
	{regexp.MustCompile(`^"(.*)" is malformed or used twice$`), "twice", []string{"id"}},
	{regexp.MustCompile(`^the id is malformed or used twice$`), "twice", nil},
	{regexp.MustCompile(`^departments\.json has no office "(.*)"$`), "office", []string{"id"}},
	{regexp.MustCompile(`^needs an amount of 1 or more in workday, day or hour$`), "amount", nil},
	{regexp.MustCompile(`^(\d+) is longer than the legal limit of (\d+)$`), "longer", []string{"promise", "legal"}},
	{regexp.MustCompile(`^at least one is needed$`), "one", nil},
	{regexp.MustCompile(`^list at least one, or conditions in item\.json`), "reasons", nil},
	{regexp.MustCompile(`^count, max_mb and accept need a value$`), "paper", nil},
	{regexp.MustCompile(`^two to six are needed$`), "options", nil},
	{regexp.MustCompile(`^who is unsure needs a hint$`), "unsure", nil},
	{regexp.MustCompile(`^no way leads here$`), "unreached", nil},
	{regexp.MustCompile(`^the way comes back to this question$`), "circle", nil},
	{regexp.MustCompile(`^there is no question (.*)$`), "no_question", []string{"id"}},
	{regexp.MustCompile(`^there is no material "(.*)"$`), "no_material", []string{"id"}},
	{regexp.MustCompile(`^there is no field "(.*)"$`), "no_field", []string{"id"}},
	{regexp.MustCompile(`^a form field has the same id$`), "same", nil},
	{regexp.MustCompile(`^a one thing joins two parts at least$`), "two_parts", nil},
	{regexp.MustCompile(`^there is no item (\S+) in (\S+)$`), "no_item", []string{"code", "region"}},
	{regexp.MustCompile(`^(.*) is a one thing itself; join its parts$`), "join_thing", []string{"name"}},
	{regexp.MustCompile(`^(.*) is joined twice$`), "join_twice", []string{"name"}},
	{regexp.MustCompile(`^there is no part "(.*)"$`), "no_part", []string{"id"}},
	{regexp.MustCompile(`^a circle: "(.*)" waits for "(.*)", which waits for it$`), "waits", []string{"id", "other"}},
	{regexp.MustCompile(`^words say nothing of the answer "(.*)"$`), "turn", []string{"answer"}},
	{regexp.MustCompile(`^the answer "(.*)" is none of (.*); words can turn it$`), "turn", []string{"answer", "list"}},
	{regexp.MustCompile(`^(.*) asks "(.*)", and nobody answers$`), "unanswered", []string{"name", "id"}},
	{regexp.MustCompile(`^(.*) asks "(.*)" with the answers (.*), and (.*) \(line \d+, .*\) asks the same with the answers (.*); one question`), "contradict", []string{"name", "question", "answers", "other", "others"}},
	{regexp.MustCompile(`^(.*) asks "(.*)" \(\w+\), and nobody has asked it where the answers are (.*)$`), "dead_end", []string{"name", "question", "answers"}},
	{regexp.MustCompile(`^the answer (\w+) of questions\.(\w+) leads nowhere$`), "nowhere", []string{"answer", "id"}},
	{regexp.MustCompile(`^questions\.(\w+) has no such answer$`), "no_answer", []string{"id"}},
	{regexp.MustCompile(`^(.*) asks for "(.*)", which the package does not ask$`), "unasked", []string{"name", "id"}},
	{regexp.MustCompile(`^(.*) asks for the material "(.*)", which nothing is passed on to$`), "unpassed", []string{"name", "id"}},
	{regexp.MustCompile(`^"(.*)" is a (\w+), and "(.*)" (?:is a|takes one of) (.*)$`), "types", []string{"from", "type", "to", "other"}},
	{regexp.MustCompile(`^the package has no question and no field "(.*)"`), "no_source", []string{"id"}},
	{regexp.MustCompile(`^"(.*)" is no part that "(.*)" waits for$`), "not_before", []string{"id", "part"}},
	{regexp.MustCompile(`^the certificate of "(.*)" has no line "(.*)"$`), "no_line", []string{"part", "key"}},
	{regexp.MustCompile(`^"(.*)" does not accept the certificate of "(.*)": name it under instead in (.*)$`), "not_accepted", []string{"id", "part", "name"}},
	{regexp.MustCompile(`^(.*) needs identity (\d), and item\.json asks for (\d)$`), "identity", []string{"name", "need", "have"}},
	{regexp.MustCompile(`^(.*) is not for (.*), for whom item\.json offers the whole$`), "audience", []string{"name", "who"}},
	{regexp.MustCompile(`^(.*) promises (\d+), longer than the whole, (\d+)$`), "part_longer", []string{"name", "part", "whole"}},
	{regexp.MustCompile(`^no part takes the material "(.*)" of materials\.json$`), "untaken", []string{"id"}},
	{regexp.MustCompile(`^no part takes the field "(.*)" of form\.json`), "idle_field", []string{"id"}},
	{regexp.MustCompile(`^no answers to the questions choose "(.*)"$`), "unchosen", []string{"id"}},
	{regexp.MustCompile(`^these answers need no part at all: `), "no_need", nil},
	{regexp.MustCompile(`^"(.*)" is no (?:question|field|material) of (.*), or `), "not_theirs", []string{"id", "name"}},
	{regexp.MustCompile(`^"(.*)" is none of (.*)$`), "none_of", []string{"value", "list"}},
	{regexp.MustCompile(`^"(.*)" is not known$`), "unknown", []string{"value"}},
	{regexp.MustCompile(`is not an implementation code of 31 or 33 characters$`), "code", nil},
	{regexp.MustCompile(`^unknown name (\w+)`), "name", []string{"id"}},
}

func saying(ctx context.Context, text string) string {
	for _, s := range sayings {
		m := s.pattern.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		var pairs []any
		for i, n := range s.names {
			pairs = append(pairs, n, m[i+1])
		}
		return words(ctx, "fault."+s.key, pairs...)
	}
	return words(ctx, "fault.other", "text", text)
}
