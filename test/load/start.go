package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"tongban/platform/clock"
)

// start measures P9: how large the program is, how soon it shows its first
// page on a folder that is filled already, and how much memory it holds then.
func (b *bench) start(ctx context.Context) error {
	info, err := os.Stat(b.binary)
	if err != nil {
		return fmt.Errorf("%w (make build makes it)", err)
	}
	b.table.add("P9", "size of the binary", fmt.Sprintf("%.1f MB", mb(info.Size())), "< 80 MB", info.Size() < 80_000_000)
	dir, err := os.MkdirTemp("", "tongban-start")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	first, err := b.open(ctx, dir, time.Minute)
	if err != nil {
		return err
	}
	b.table.note("P9", "very first start, shipped data and town made: to the page", fmt.Sprintf("%.2f s", first.page.Seconds()))
	if err := b.idle(ctx, first, "memory 10 s after the very first page"); err != nil {
		return err
	}
	if err := first.stop(); err != nil {
		return err
	}
	var took []float64
	for range 3 {
		p, err := b.open(ctx, dir, time.Minute)
		if err != nil {
			return err
		}
		took = append(took, p.page.Seconds())
		if len(took) < 3 {
			if err := p.stop(); err != nil {
				return err
			}
			continue
		}
		defer p.stop()
		b.table.add("P9", "start to first page, data there (median of 3)", fmt.Sprintf("%.2f s", median(took)), "< 1 s", median(took) < 1)
		if err := b.memory(p, "memory right after the first page"); err != nil {
			return err
		}
		return b.idle(ctx, p, "memory after 10 s idle")
	}
	return nil
}

// idle measures memory when nobody has asked for anything for ten seconds.
func (b *bench) idle(ctx context.Context, p *program, what string) error {
	select {
	case <-time.After(10 * time.Second):
	case <-ctx.Done():
		return ctx.Err()
	}
	return b.memory(p, what)
}

func (b *bench) memory(p *program, what string) error {
	rss, err := p.resident()
	if err == nil {
		b.table.add("P9", what, fmt.Sprintf("%.0f MB", mb(rss)), "< 150 MB", rss < 150_000_000)
	}
	return err
}

func mb(n int64) float64 { return float64(n) / 1e6 }

// program is a running tongban.
type program struct {
	cmd  *exec.Cmd
	page time.Duration // from start to the first page
}

// open starts the practice town on a folder and waits for its start page.
func (b *bench) open(ctx context.Context, dir string, most time.Duration) (*program, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := l.Addr().String()
	l.Close()
	p := &program{cmd: exec.CommandContext(ctx, b.binary, "dev", "--data", dir, "--listen", address)}
	p.cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "TONGBAN_") })
	p.cmd.Stderr = os.Stderr
	start := clock.Start()
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	for clock.Elapsed(start) < most {
		if err = page("http://" + address + "/"); err == nil {
			p.page = clock.Elapsed(start)
			return p, nil
		}
		time.Sleep(5 * time.Millisecond)
	}
	p.stop()
	return nil, fmt.Errorf("no page in %s: %w", most, err)
}

func page(url string) error {
	res, err := http.Get(url)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && (res.StatusCode != http.StatusOK || !strings.Contains(string(body), "</html>")) {
		err = errors.New("answered " + res.Status)
	}
	return err
}

// stop asks the program to end and waits for it.
func (p *program) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return p.cmd.Wait()
}

// resident is the memory that the program holds, in bytes.
func (p *program) resident() (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.SplitSeq(string(status), "\n") {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kb * 1024, err
		}
	}
	return 0, errors.New("no VmRSS")
}
