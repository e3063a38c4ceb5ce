package intake_test

import (
	"strings"
	"testing"

	"tongban/gov/catalogue"
	"tongban/gov/catalogue/intake"
)

func TestImport_guidesAsTheSeedHasThem(t *testing.T) {
	onBoth(t, func(t *testing.T, b bundle) {
		if err := b.cat.Seed(b.ctx); err != nil {
			t.Fatal(err)
		}
		got := b.take(t, "guides", string(guides(t)), intake.Options{AsOf: "2021-05", DryRun: true})
		got.want(t, "guides that the seed brought", 0, 0, 0, got.Same, got.Kept, 0)
		if got.Same+got.Kept < 2000 {
			t.Errorf("only %d of the shipped guides are as the seed has them: %s", got.Same, got.English())
		}
	})
}

func TestImport_countsAndKeepsGoing(t *testing.T) {
	onBoth(t, func(t *testing.T, b bundle) {
		list := strings.SplitAfter(lines(t, 40), "\n")
		file := strings.Join(list[:10], "") + "{broken\n" + list[0] + strings.Replace(list[10], `"task_type_code": "01"`, `"task_type_code": "77"`, 1) + strings.Join(list[11:40], "")
		dry := b.take(t, "f.jsonl", file, intake.Options{DryRun: true})
		dry.want(t, "dry run", 39, 0, 0, 0, 0, 3)
		if again := b.take(t, "f.jsonl", file, intake.Options{DryRun: true}); again.New != 39 {
			t.Errorf("a dry run wrote: %s", again.English())
		}
		wet := b.take(t, "f.jsonl", file, intake.Options{})
		wet.want(t, "import", 39, 0, 0, 0, 0, 3)
		b.take(t, "f.jsonl", file, intake.Options{}).want(t, "again", 0, 0, 0, 39, 0, 3)
		for i, says := range []string{"f 11 not JSON", "f 12 task_code: line 1 has the same code", "f 13 task_type_code: it is not decided what \"77\" means (Kind of item"} {
			if !strings.HasPrefix(wet.problems[i], strings.TrimSuffix(says, " (Kind of item")) {
				t.Errorf("problem %d: %s", i, wet.problems[i])
			}
		}
		if !strings.Contains(wet.problems[2], "01 ") || wet.Undecided["item_type"]["77"] != 1 {
			t.Errorf("the values to choose from are not named: %q %v", wet.problems[2], wet.Undecided)
		}
		changed := strings.Replace(file, `"name": "`, `"name": "新`, 3)
		b.take(t, "f.jsonl", changed, intake.Options{}).want(t, "three names differ", 0, 3, 0, 36, 0, 3)
	})
}

func TestImport_refusesWhatIsNoSource(t *testing.T) {
	onBoth(t, func(t *testing.T, b bundle) {
		if _, err := b.try("f.csv", "a,b\n1,2\n", intake.Options{}); !isFault(err, intake.ErrMissing) {
			t.Errorf("columns that mean nothing: %v", err)
		}
		if _, err := b.try("f.jsonl", lines(t, 1), intake.Options{Region: "999999"}); b.hasPlaces(t) && !isFault(err, catalogue.ErrNoRegion) {
			t.Errorf("a region that is not there: %v", err)
		}
	})
}
