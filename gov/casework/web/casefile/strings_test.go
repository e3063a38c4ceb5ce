package casefile_test

import (
	"testing"

	"tongban/gov/casework/web/casefile"
	"tongban/platform/i18n"
)

func TestStrings_sameKeys(t *testing.T) {
	b := i18n.NewBundle()
	if err := b.Add(casefile.Strings); err != nil {
		t.Fatal(err)
	}
	for key := range b.Words(i18n.Chinese) {
		if !b.Has(i18n.English, key) {
			t.Errorf("no English for %s", key)
		}
	}
	if len(b.Words(i18n.Chinese)) != len(b.Words(i18n.English)) {
		t.Error("the languages differ")
	}
}
