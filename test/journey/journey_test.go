package journey

import (
	"os"
	"path/filepath"
	"testing"

	"tongban/test/node"
)

func TestMain(m *testing.M) { os.Exit(node.Main(m)) }

// Every story goes as it is written, on both engines. Every commit fails once
// and is tried again meanwhile.
func TestStories(t *testing.T) {
	stories, err := filepath.Glob("*.story.txt")
	if err != nil || len(stories) < 3 {
		t.Fatalf("%d stories: %v", len(stories), err)
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			for _, path := range stories {
				t.Run(filepath.Base(path), func(t *testing.T) {
					t.Parallel()
					tell(t, node.Open(t, node.Options{Postgres: engine == "postgres", Rehearse: true}), path)
				})
			}
		})
	}
}
