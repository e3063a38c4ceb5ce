package definition

import (
	"testing"
	"time"
)

var t0 = time.Date(2026, 12, 1, 9, 0, 0, 0, time.FixedZone("", 8*3600))

func TestAddISO(t *testing.T) {
	for s, want := range map[string]string{
		"PT1H": "2026-12-01T10:00:00", "P1D": "2026-12-02T09:00:00", "P1M": "2027-01-01T09:00:00", "P2W": "2026-12-15T09:00:00",
		"P1Y2M3DT4H5M6S": "2028-02-04T13:05:06", "PT0S": "2026-12-01T09:00:00", "PT1.5S": "2026-12-01T09:00:01.5",
		"P": "", "PT": "", "P1DT": "", "P5WD": "", "1D": "", "PT1H1H": "", "P-1D": "", "": "", "P99999999999D": "",
	} {
		got, ok := AddISO(s, t0)
		if ok != (want != "") || ok && got.Format("2006-01-02T15:04:05.999") != want {
			t.Errorf("%s: %v %v, want %q", s, got, ok, want)
		}
	}
}
