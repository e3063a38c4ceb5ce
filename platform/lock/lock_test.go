package lock

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestMain is also the other process: it takes the lock, says so, and waits to
// be killed.
func TestMain(m *testing.M) {
	if path := os.Getenv("LOCK_TEST_HOLD"); path != "" {
		l, err := Take(path, "holds it for a test")
		fmt.Println("held", err)
		bufio.NewReader(os.Stdin).ReadByte()
		if l != nil {
			l.Release()
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// other starts another process that holds the lock.
func other(t *testing.T, path string) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), "LOCK_TEST_HOLD="+path)
	if _, err := c.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Process.Kill(); c.Wait() })
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || strings.TrimSpace(line) != "held <nil>" {
		t.Fatalf("the other process: %q %v", line, err)
	}
	return c
}

func TestTake_another(t *testing.T) {
	path := filepath.Join(t.TempDir(), "serving.lock")
	if held, err := Holder(path); held != nil || err != nil {
		t.Errorf("before anybody came: %v %v", held, err)
	}
	c := other(t, path)
	_, err := Take(path, "wants it too")
	var held *Held
	if !errors.As(err, &held) || !strings.Contains(held.By, fmt.Sprintf("process %d on ", c.Process.Pid)) || !strings.Contains(held.Error(), "holds it for a test since 20") {
		t.Fatalf("taken twice: %v", err)
	}
	if held, err = Holder(path); err != nil || held == nil || !strings.Contains(held.By, "holds it for a test") {
		t.Errorf("holder: %v %v", held, err)
	}
}

// After kill -9 the next one has it at once.
func TestTake_afterACrash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "serving.lock")
	c := other(t, path)
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	c.Wait()
	if held, err := Holder(path); held != nil || err != nil {
		t.Errorf("held by a dead process: %v %v", held, err)
	}
	l, err := Take(path, "goes on")
	if err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(body), "goes on") || strings.Contains(string(body), "for a test") {
		t.Errorf("%s %v", body, err)
	}
	if err := l.Release(); err != nil {
		t.Fatal(err)
	}
	if l, err = Take(path, "again"); err != nil {
		t.Fatalf("after a release: %v", err)
	}
	l.Release()
}
