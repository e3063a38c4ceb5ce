package sim

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"tongban/platform/clock"
)

var built struct {
	sync.Once
	path string
	err  error
}

// binary builds the program, once.
func binary(t *testing.T) string {
	t.Helper()
	built.Do(func() {
		dir, err := os.MkdirTemp("", "tongban-sim")
		if err != nil {
			built.err = err
			return
		}
		built.path = filepath.Join(dir, "tongban")
		out, err := exec.Command("go", "build", "-o", built.path, "tongban/cmd/tongban").CombinedOutput()
		if err != nil {
			built.err = fmt.Errorf("build: %w\n%s", err, out)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.path
}

// TestMain removes the program that was built.
func TestMain(m *testing.M) {
	code := m.Run()
	if built.path != "" {
		os.RemoveAll(filepath.Dir(built.path))
	}
	os.Exit(code)
}

// process is the program over one folder and one database, always at the same address.
type process struct {
	t        *testing.T
	path     string
	dir      string
	database string
	address  string
	mu       sync.Mutex
	cmd      *exec.Cmd
	log      *os.File
	slowest  time.Duration // from a start to readiness
}

func newProcess(t *testing.T, dir, database string) *process {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, path: binary(t), dir: dir, database: database, address: l.Addr().String()}
	l.Close()
	if p.log, err = os.Create(filepath.Join(t.TempDir(), "log")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.kill(); p.log.Close() })
	return p
}

// environment is ours without the settings of the program: the test gives them all.
func environment() []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "TONGBAN_") })
}

// start starts it and waits until it is ready.
func (p *process) start() error {
	p.mu.Lock()
	p.cmd = exec.Command(p.path, "dev", "--data", p.dir, "--database", p.database, "--listen", p.address, "--log-level", "warn")
	p.cmd.Env = environment()
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	began := clock.Start()
	err := p.cmd.Start()
	p.mu.Unlock()
	if err != nil {
		return err
	}
	for clock.Elapsed(began) < 30*time.Second {
		if p.ready() {
			p.slowest = max(p.slowest, clock.Elapsed(began))
			return nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return fmt.Errorf("not ready after 30 s; the log:\n%s", p.tail())
}

func (p *process) tail() string {
	b, _ := os.ReadFile(p.log.Name())
	return string(b[max(0, len(b)-4000):])
}

func (p *process) ready() bool {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.address+"/readyz", nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	io.Copy(io.Discard, res.Body)
	res.Body.Close()
	return res.StatusCode == http.StatusOK
}

// kill ends it at once, as a power cut would.
func (p *process) kill() { p.end(syscall.SIGKILL) }

// stop lets it finish what it does.
func (p *process) stop() { p.end(syscall.SIGTERM) }

func (p *process) end(sig syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil || p.cmd.Process == nil {
		return
	}
	p.cmd.Process.Signal(sig)
	p.cmd.Wait()
	p.cmd = nil
}
