package ui_test

import (
	"bytes"
	"context"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"tongban/ui"
)

// TestQR: a code keeps to modules that a telephone sees: what is long is drawn
// wide, and with little redundancy.
func TestQR(t *testing.T) {
	drawn := func(n int) (modules int, wide bool, err error) {
		var b bytes.Buffer
		err = ui.QR(strings.Repeat("a", n), "x").Render(context.Background(), &b)
		if m := regexp.MustCompile(`viewBox="0 0 (\d+) `).FindStringSubmatch(b.String()); m != nil {
			modules, _ = strconv.Atoi(m[1])
		}
		return modules, strings.Contains(b.String(), `class="wide"`), err
	}
	for n, want := range map[int]struct {
		most int
		wide bool
	}{60: {37, false}, 200: {57, false}, 860: {101, true}, 1550: {133, true}, 2900: {177, true}} {
		if got, wide, err := drawn(n); err != nil || got > want.most || wide != want.wide {
			t.Errorf("%d letters: %d modules, wide %v, %v", n, got, wide, err)
		}
	}
	if _, _, err := drawn(3000); err == nil {
		t.Error("more than a code holds is drawn")
	}
}
