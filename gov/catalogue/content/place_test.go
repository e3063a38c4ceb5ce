package content

import "testing"

// Addresses stand without their label; that there is no window is no address.
func TestPlace(t *testing.T) {
	for given, want := range map[string]string{"办理地点：广州市虚构路1号": "广州市虚构路1号", " 广州市虚构路1号 ": "广州市虚构路1号", "无线下办理窗口": "", "办理地点：无": "", "": ""} {
		if got := Place(given); got != want {
			t.Errorf("%q: %q, want %q", given, got, want)
		}
	}
}
