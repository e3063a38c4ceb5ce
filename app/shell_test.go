package app

import (
	"testing"

	"tongban/ui"
)

func TestLendNavigation(t *testing.T) {
	nav := map[ui.Face][]ui.Entry{ui.Portal: {{Key: "do"}}, ui.Counter: {{Key: "counter"}}, ui.Supervision: {{Key: "people"}}}
	lendNavigation(nav)
	if len(nav[ui.Workbench]) != 1 || nav[ui.Workbench][0].Key != "counter" || nav[ui.Supervision][0].Key != "people" {
		t.Errorf("%+v", nav)
	}
	resident := map[ui.Face][]ui.Entry{ui.Portal: {{Key: "do"}}}
	if lendNavigation(resident); len(resident) != 1 {
		t.Errorf("a resident gets %+v", resident)
	}
}
