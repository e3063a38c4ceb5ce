package content

import "strings"

// nowhere are the words of guides for items that nobody goes to a hall for.
var nowhere = map[string]bool{"无": true, "无线下办理窗口": true, "无办理窗口": true, "不设窗口": true, "网上办理": true, "全程网办": true}

// Place is an address as guides publish it, without the label in front of it;
// "" where they say that nobody goes anywhere.
func Place(location string) string {
	place := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(location), "办理地点："))
	if nowhere[place] {
		return ""
	}
	return place
}
