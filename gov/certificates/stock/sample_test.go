package stock

import (
	"bytes"
	"testing"

	"tongban/gov/certificates/kinds"
	"tongban/gov/identity"
	"tongban/platform/db/dbtest"
)

// The file for trying shows for every shipped type what can happen to a row.
func TestSample_everyShippedType(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, tables))
	w.person("王示例", 1, identity.LevelCounter)
	w.person("𠮷虚构", 2, identity.LevelCounter)
	list, err := kinds.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range list {
		if x.Key == "resident_id_card" || x.Key == "real_estate_title" { // kept by offices of their own
			continue
		}
		who := officer("acc_"+x.Key, x.Authority)
		run, err := w.Begin(who, Intake{Region: district, Type: x.Code, Grade: "A", FileName: x.Key + ".csv", File: bytes.NewReader(Example(x, x.By.Zh, w.Clock.Now()))})
		if err != nil {
			t.Fatal(x.Key, err)
		}
		if missing := run.Map.Missing(x); len(missing) > 0 {
			t.Errorf("%s: no column for %v", x.Key, missing)
			continue
		}
		w.ok(w.Start(who, run.Region, run.ID, true))
		for did := true; did; {
			if did, err = w.WorkOnce(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if run = must(w.Run(who, run.Region, run.ID)); run.Report.Taken != 4 || run.Report.Repeated != 1 || run.Report.Rejected != 1 {
			t.Errorf("%s: %s %+v", x.Key, run.State, run.Report)
		}
	}
}
