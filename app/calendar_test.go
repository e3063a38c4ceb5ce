package app_test

import (
	"strings"
	"testing"

	"tongban/app"
	"tongban/platform/audit"
	"tongban/test/node"
)

// days off that fall into the limits of cases that begin on node.Start.
const moreDays = "date,kind,name_zh,name_en\n2026-09-08,holiday,虚构节,Invented day\n"

// The command runs in a process of its own: the server counts by the new days
// as soon as it hears of them, and open deadlines move.
func TestImportCalendar_runningServer(t *testing.T) {
	for engine, o := range map[string]node.Options{"sqlite": {}, "postgres": {Postgres: true}} {
		t.Run(engine, func(t *testing.T) {
			n := node.Open(t, o)
			c := n.Submit(node.Resident)
			before := n.Calendar.Version()
			command, err := app.Open(t.Context(), app.Options{DataDir: n.DataDir, Database: n.Database, Clock: n.Time})
			if err != nil {
				t.Fatal(err)
			}
			defer command.Close()
			look, err := command.ImportCalendar(t.Context(), strings.NewReader(moreDays), "days.csv", true)
			if err != nil || len(look.Moved) != 1 || look.Moved[0].Number != c.Number || !look.Moved[0].Now.After(c.AcceptDue) {
				t.Fatalf("a dry run: %+v %v", look, err)
			}
			if ran, err := n.Schedule.RunOnce(t.Context()); ran != 0 || err != nil || n.Calendar.Version() != before {
				t.Fatalf("a dry run changed something: %d jobs, %v", ran, err)
			}
			done, err := command.ImportCalendar(t.Context(), strings.NewReader(moreDays), "days.csv", false)
			if err != nil || done.Taken != 1 || len(done.Moved) != 1 {
				t.Fatalf("%+v %v", done, err)
			}
			for ran := 1; ran > 0; {
				if ran, err = n.Schedule.RunOnce(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if n.Calendar.Version() == before {
				t.Error("the server still counts by the old days")
			}
			list, err := n.Casework.MyCases(n.As(node.Resident), "", 10)
			if err != nil || len(list.Cases) == 0 || !list.Cases[0].AcceptDue.Equal(look.Moved[0].Now) {
				t.Errorf("the case is due %v, want %v: %v", list.Cases, look.Moved[0].Now, err)
			}
			acts, _, err := audit.Page(t.Context(), n.DB, audit.Filter{Region: c.Region, Object: string(c.ID), Action: "casework.case.recounted"})
			if err != nil || len(acts) != 1 || !strings.Contains(string(acts[0].Details), "accept_due_before") {
				t.Errorf("%d acts on record: %v", len(acts), err)
			}
			lines, err := n.Casework.Timeline(n.As(node.Resident), c.Region, c.ID)
			if err != nil || lines[len(lines)-1].Kind != "case.recounted" || !strings.Contains(lines[len(lines)-1].Text, "→") {
				t.Errorf("the timeline: %+v %v", lines, err)
			}
		})
	}
}
