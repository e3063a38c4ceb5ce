package browser_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tongban/gov/casework"
	"tongban/test/browser/harness"
	"tongban/test/node"
)

// maxPicture is how large a picture in the documents may be, in bytes.
const maxPicture = 150 << 10

// busy is a town at work: cases of three residents, some near their limit and
// some over it, and one case that is half way through.
func busy(t *testing.T) (w *world, half casework.Case) {
	w = furnished(t)
	for i := range 6 {
		w.Accepted([]string{node.Resident, node.Legal}[i%2])
	}
	w.Time.Advance(4 * 24 * time.Hour)
	w.Settle()
	half = w.Accepted(node.Resident)
	for i, task := range w.Tasks(half) {
		if i == 2 {
			break
		}
		if _, err := w.Casework.Complete(w.As(node.Examiner), half.Region, task.ID, casework.Opinion{Result: casework.Approve, Text: "经审查，符合条件。"}); err != nil {
			t.Fatal(err)
		}
	}
	for range 4 {
		w.Accepted(node.Legal)
		w.Submit(node.Legal)
	}
	w.Time.Advance(3*24*time.Hour + 2*time.Hour)
	w.Settle()
	return w, half
}

// The pictures of the documents show these pages as they are. They are written
// into the folder that TONGBAN_PICTURES names (docs/pictures); without one the
// small ones show that they can be taken.
func TestPictures(t *testing.T) {
	w, half := busy(t)
	dir, sizes := os.Getenv("TONGBAN_PICTURES"), []harness.Look{{Width: 390, Height: 844}}
	if dir != "" {
		sizes = append(sizes, harness.Look{Width: 1366, Height: 900})
	}
	for _, p := range []struct{ name, who, path string }{
		{"portal-home", "", "/"},
		{"guide", "", "/items/" + node.District + "/" + node.Restaurant},
		{"application-form", node.Resident, fmt.Sprintf("/drafts/%s/%s/form", w.draft.Region, w.draft.ID)},
		{"case-progress", node.Resident, fmt.Sprintf("/cases/%s/%s", half.Region, half.ID)},
		{"counter", node.Clerk, fmt.Sprintf("/counter/drafts/%s/%s", w.draft.Region, w.draft.ID)},
		{"workbench-inbox", node.Examiner, "/work?shape=post"},
		{"task", node.Examiner, fmt.Sprintf("/work/tasks/%s/%s", w.task.Region, w.task.ID)},
		{"oversight", "示例监察员", "/oversight"},
		{"design", designer, "/design/" + node.District + "/" + node.Restaurant + "?step=approve_2"},
	} {
		for _, look := range sizes {
			tab := harness.Open(t, w.look(look, p.who))
			tab.Go(w.url + p.path)
			png, err := harness.Small(tab.Picture(false))
			if err != nil {
				t.Fatal(err)
			}
			if len(png) > maxPicture || len(png) < 4<<10 {
				t.Errorf("%s at %d px: %d bytes", p.name, look.Width, len(png))
			}
			if dir == "" {
				continue
			}
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%d.png", p.name, look.Width)), png, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
