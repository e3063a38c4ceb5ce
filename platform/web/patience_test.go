package web

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"tongban/platform/authz"
	"tongban/platform/clock"
	"tongban/platform/fault"
)

// hurried is DefaultPatience with short times.
var hurried = Patience{Headers: 200 * time.Millisecond, Stall: 200 * time.Millisecond, Grace: 400 * time.Millisecond, Rate: 10_000, Idle: 2 * time.Second}

// slowSite answers how many bytes came, and lets a test wait for what happened.
func slowSite(t *testing.T, p Patience) (address string, got chan error) {
	t.Helper()
	got = make(chan error, 10)
	pages := NewPages(slog.New(slog.DiscardHandler), func(w http.ResponseWriter, _ *http.Request, f *fault.Fault, _ string) {
		http.Error(w, f.Code, Status(f.Kind))
	})
	pages.Add(Route{Pattern: "POST /read", May: authz.Anyone, Do: func(w http.ResponseWriter, r *http.Request) error {
		n, err := io.Copy(io.Discard, r.Body)
		got <- err
		if err != nil {
			return fault.Invalid("form").Because(err)
		}
		fmt.Fprintf(w, "%d bytes", n)
		return nil
	}}, Route{Pattern: "POST /ignore", May: authz.Anyone, Do: func(w http.ResponseWriter, _ *http.Request) error {
		io.WriteString(w, "ignored")
		return nil
	}}, Route{Pattern: "POST /think", May: authz.Anyone, Do: func(w http.ResponseWriter, r *http.Request) error {
		io.Copy(io.Discard, r.Body)
		time.Sleep(3 * p.Stall)
		got <- context.Cause(r.Context())
		io.WriteString(w, "thought")
		return nil
	}}, Route{Pattern: "GET /much", May: authz.Anyone, Do: func(w http.ResponseWriter, _ *http.Request) error {
		var err error
		for block := make([]byte, 1<<20); err == nil; {
			_, err = w.Write(block)
		}
		got <- err
		return nil
	}})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := p.Server(Trace(slog.New(slog.DiscardHandler), pages))
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
	return l.Addr().String(), got
}

func dial(t *testing.T, address, head string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(clock.System.Now().Add(20 * time.Second))
	if _, err := io.WriteString(c, head); err != nil {
		t.Fatal(err)
	}
	return c
}

func post(path string, length int) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n", path, length)
}

func reply(t *testing.T, c net.Conn) (int, string) {
	t.Helper()
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(r.Body)
	return r.StatusCode, strings.TrimSpace(string(body))
}

// A line on which nothing moves is cut, whatever came before.
func TestPatience_stall(t *testing.T) {
	address, got := slowSite(t, hurried)
	c := dial(t, address, post("/read", 1<<20))
	c.Write(bytes.Repeat([]byte("x"), 500_000)) // earns a long time by the rate, and no right to stand still
	start := clock.Start()
	status, body := reply(t, c)
	if took := clock.Elapsed(start); status != http.StatusUnprocessableEntity || body != "web.too_slow" || took > 3*time.Second {
		t.Errorf("%d %s after %v", status, body, took)
	}
	if err := <-got; fault.Of(err).Code != "web.too_slow" {
		t.Error(err)
	}
}

// Single bytes now and then keep nobody's connection open.
func TestPatience_drip(t *testing.T) {
	address, got := slowSite(t, hurried)
	c := dial(t, address, post("/read", 1<<20))
	start := clock.Start()
	go func() {
		for {
			if _, err := c.Write([]byte("x")); err != nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	}()
	if err := <-got; fault.Of(err).Code != "web.too_slow" {
		t.Error(err)
	}
	if took := clock.Elapsed(start); took < hurried.Grace || took > 5*time.Second {
		t.Errorf("cut after %v", took)
	}
}

// An upload that takes much longer than every bound gets through while its
// line is as fast as it must be.
func TestPatience_slowAndSteady(t *testing.T) {
	p := hurried
	p.Stall, p.Grace = 400*time.Millisecond, 600*time.Millisecond
	address, got := slowSite(t, p)
	const pieces, piece = 30, 2000 // 40 kB/s, four times the least rate
	c := dial(t, address, post("/read", pieces*piece))
	start := clock.Start()
	for range pieces {
		if _, err := c.Write(bytes.Repeat([]byte("x"), piece)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond)
	}
	status, body := reply(t, c)
	if err := <-got; err != nil || status != http.StatusOK || body != "60000 bytes" {
		t.Errorf("%d %s %v", status, body, err)
	}
	if took := clock.Elapsed(start); took < 2*p.Grace {
		t.Errorf("took only %v", took)
	}
}

// What a handler leaves unread does not hold the connection either.
func TestPatience_unreadBody(t *testing.T) {
	address, _ := slowSite(t, hurried)
	c := dial(t, address, post("/ignore", 1000))
	start := clock.Start()
	io.ReadAll(c) // the answer, then the end
	if took := clock.Elapsed(start); took > 3*time.Second {
		t.Errorf("open for %v", took)
	}
}

// A handler may think longer than the bounds, and the connection goes on.
func TestPatience_afterTheBody(t *testing.T) {
	address, got := slowSite(t, hurried)
	c := dial(t, address, post("/think", 4)+"body")
	if status, body := reply(t, c); status != http.StatusOK || body != "thought" {
		t.Errorf("%d %s", status, body)
	}
	if err := <-got; err != nil {
		t.Errorf("the request ended while its handler thought: %v", err)
	}
	time.Sleep(2 * hurried.Stall)
	io.WriteString(c, post("/read", 2)+"ok")
	if status, body := reply(t, c); status != http.StatusOK || body != "2 bytes" {
		t.Errorf("the second request: %d %s", status, body)
	}
}

// A header that does not end is cut.
func TestPatience_header(t *testing.T) {
	address, _ := slowSite(t, hurried)
	c := dial(t, address, "POST /read HTTP/1.1\r\nHost: x\r\n")
	start := clock.Start()
	go func() {
		for {
			if _, err := c.Write([]byte("X-A: b\r\n")); err != nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	}()
	io.ReadAll(c)
	if took := clock.Elapsed(start); took > 3*time.Second {
		t.Errorf("open for %v", took)
	}
}

// A reader who takes nothing is left.
func TestPatience_reader(t *testing.T) {
	address, got := slowSite(t, Patience{Headers: time.Second, Stall: 200 * time.Millisecond, Grace: time.Second, Rate: 8 << 20, Idle: time.Second})
	dial(t, address, "GET /much HTTP/1.1\r\nHost: x\r\n\r\n")
	select {
	case err := <-got:
		if err == nil {
			t.Error("everything was sent to nobody")
		}
	case <-time.After(15 * time.Second):
		t.Fatal("the server still writes")
	}
}

// The API waits by progress too: no operation has a clock of its own, and one
// that is fed in drips ends with 408.
func TestPatience_api(t *testing.T) {
	api := NewAPI("test", "0", slog.New(slog.DiscardHandler))
	Register(api, Operation{ID: "take", Method: http.MethodPost, Path: "/api/take", Summary: "take", Tag: "test", May: authz.Anyone},
		func(context.Context, *struct {
			Body struct{ Text string }
		}) (*struct{}, error) {
			return nil, nil
		})
	for path, item := range api.huma.OpenAPI().Paths {
		if item.Post.BodyReadTimeout >= 0 {
			t.Errorf("%s cuts every body after %v", path, item.Post.BodyReadTimeout)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := hurried.Server(api)
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
	c := dial(t, l.Addr().String(), "POST /api/take HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")
	if status, body := reply(t, c); status != http.StatusRequestTimeout {
		t.Errorf("%d %s", status, body)
	}
}
