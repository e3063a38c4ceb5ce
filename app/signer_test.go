package app_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tongban/app"
	"tongban/gov/casework"
	"tongban/gov/certificates"
	"tongban/gov/certificates/trusted"
	"tongban/gov/certificates/wallets"
	"tongban/platform/audit"
	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/jws"
	"tongban/platform/sign/remote"
	"tongban/platform/sign/ring"
	"tongban/test/node"
)

// signerFolder makes the test's program a signer of that folder.
const signerFolder = "TONGBAN_TEST_SIGNER"

// signs serves as a signer until it is killed.
func signs(dir string) error {
	s, err := remote.NewServer(remote.Options{Dir: dir, Policy: app.KeyPolicy(), Rate: 1e5, Clock: clock.System, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	return s.Serve(context.Background(), "unix:"+filepath.Join(dir, "s"))
}

// signer is a second process that keeps the keys.
type signer struct {
	t   *testing.T
	dir string
	cmd *exec.Cmd
}

// take moves the private keys of a node into the folder of a signer, as the
// runbook says, and starts it.
func take(t *testing.T, o *app.Options) *signer {
	t.Helper()
	dir, err := os.MkdirTemp("", "tsig") // short: names of sockets are bounded
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Mkdir(filepath.Join(dir, "keys"), 0o700); err != nil {
		t.Fatal(err)
	}
	private, _ := filepath.Glob(filepath.Join(o.DataDir, "keys", "*.key"))
	for _, from := range private {
		if filepath.Base(from) == "identity.key" {
			continue
		}
		if err := os.Rename(from, filepath.Join(dir, "keys", filepath.Base(from))); err != nil {
			t.Fatal(err)
		}
	}
	o.Signer = "unix:" + filepath.Join(dir, "s")
	s := &signer{t: t, dir: dir}
	t.Cleanup(s.kill)
	s.start()
	return s
}

func (s *signer) start() {
	s.t.Helper()
	s.cmd = exec.Command(os.Args[0])
	s.cmd.Env = append(os.Environ(), signerFolder+"="+s.dir)
	s.cmd.Stderr = os.Stderr
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	for range 400 {
		if c, err := net.Dial("unix", filepath.Join(s.dir, "s")); err == nil {
			c.Close()
			time.Sleep(600 * time.Millisecond) // as long as clients rest after a failure
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.t.Fatal("the signer does not start")
}

// kill ends the process at once, as a crash does.
func (s *signer) kill() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait() // its exit status says that it was killed
	s.cmd = nil
}

// The keys lie with a second process. It is killed before every step of a case
// that is granted: each step is refused or done, repeated when the signer is
// back, and the case ends with the papers of any other, none missing and none
// twice. Meanwhile papers verify, and a node starts.
func TestSigner_killedWhileIssuing(t *testing.T) {
	for _, postgres := range []bool{false, true} {
		t.Run(map[bool]string{false: "sqlite", true: "postgres"}[postgres], func(t *testing.T) { signerKilled(t, postgres) })
	}
}

func signerKilled(t *testing.T, postgres bool) {
	var s *signer
	n := node.Open(t, node.Options{Postgres: postgres, Set: func(o *app.Options) { o.Serving = true; s = take(t, o) }})
	ctx := auth.System(t.Context(), "test")
	papers := func(c casework.Case) map[string]int {
		all, err := n.Certificates.OfCase(ctx, c.Region, string(c.ID))
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]int{}
		for _, f := range all {
			if f.Status == certificates.Damaged {
				t.Errorf("paper %s does not verify", f.ID)
			}
			out[string(f.Kind)+" "+f.Issuer]++
		}
		return out
	}
	whole := n.Granted(node.Resident)
	forms := allForms(t, n, whole)
	c := n.Submit(node.Resident)
	refused := 0
	for step := 0; step < 40 && c.State.Open(); step++ {
		c = stepWithout(t, n, s, c, &refused)
	}
	if c.State.Open() || refused < 2 {
		t.Fatalf("the case is %s after %d refusals", c.State, refused)
	}
	if want, got := papers(whole), papers(c); !maps.Equal(want, got) {
		t.Errorf("papers %v, want %v", got, want)
	}
	waiting := n.Submit(node.Resident)
	s.kill()
	a := post(n, fmt.Sprintf("/counter/cases/%s/%s/accept", waiting.Region, waiting.ID), n.SignIn(node.Clerk), url.Values{"version": {fmt.Sprint(waiting.Version)}})
	if a.status != http.StatusServiceUnavailable || !strings.Contains(a.body, "什么都没有丢失") {
		t.Errorf("what the clerk reads: %d %.500s", a.status, a.body)
	}
	for form, b := range forms {
		if r, err := n.Certificates.CheckFile(ctx, b, "tester"); err != nil || !r.OK {
			t.Errorf("%s without the signer: %+v %v", form, r, err)
		}
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := app.Open(t.Context(), n.Options)
	if err != nil {
		t.Fatalf("a start without the signer: %v", err)
	}
	defer again.Close()
	if again.SignerAnswers(t.Context()) == nil {
		t.Error("nobody is told that the signer is away")
	}
	s.start()
	if _, err := again.Sealer.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	r, err := audit.Verify(t.Context(), again.DB, again.Keys.Record())
	if err != nil || !r.OK() || r.Waiting > 0 {
		t.Errorf("the record: %+v %v", r, err)
	}
	signerLogged(t, s)
}

// stepWithout tries whatever comes next in a case while the signer is away,
// and does it again when it is back.
func stepWithout(t *testing.T, n *node.Node, s *signer, c casework.Case, refused *int) casework.Case {
	t.Helper()
	ctx := auth.System(t.Context(), "test")
	f, err := n.Casework.Open(ctx, c.Region, c.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	act := func() (err error) {
		if f.State == casework.Submitted {
			_, err = n.Casework.Accept(n.As(node.Clerk), c.Region, c.ID, f.Version)
			return err
		}
		for _, task := range f.Tasks {
			by := map[string]string{casework.RoleExaminer: node.Examiner, casework.RoleDecider: node.Decider}[task.Role]
			if task.State == casework.TaskOpen && by != "" {
				_, err = n.Casework.Complete(n.As(by), c.Region, task.ID, casework.Opinion{Result: casework.Approve, Text: "经审查，符合条件。"})
				return err
			}
		}
		return nil
	}
	s.kill()
	err = act()
	s.start()
	if errors.Is(err, remote.ErrAway) {
		*refused++
		now, e := n.Casework.Open(ctx, c.Region, c.ID, "")
		if e != nil || now.State != f.State || now.Version != f.Version {
			t.Errorf("a refused step changed the case: %s %d, %v", now.State, now.Version, e)
		}
		err = act()
	}
	if err != nil {
		t.Fatal(err)
	}
	n.Settle()
	f, err = n.Casework.Open(ctx, c.Region, c.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	return f.Case
}

// allForms are the forms of the certificate of a case.
func allForms(t *testing.T, n *node.Node, c casework.Case) map[string][]byte {
	t.Helper()
	ctx := auth.System(t.Context(), "test")
	all, err := n.Certificates.OfCase(ctx, c.Region, string(c.ID))
	if err != nil {
		t.Fatal(err)
	}
	forms := map[string][]byte{}
	for _, p := range all {
		if p.Kind != certificates.Certificate {
			continue
		}
		f, err := n.Certificates.File(ctx, p.Region, p.ID)
		if err == nil {
			forms["pdf"], err = n.Certificates.Bytes(f.Ref)
		}
		if err != nil {
			t.Fatal(err)
		}
		ofd, err := n.Certificates.OFD(ctx, p.Region, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		forms["ofd"] = ofd.Data
		for _, alg := range []string{jws.EdDSA, jws.ES256, jws.SM2} {
			token, err := n.Certificates.Token(ctx, p.Region, p.ID, alg, false)
			if err != nil {
				t.Fatal(err)
			}
			forms[alg] = token.Data
		}
	}
	if len(forms) != 5 {
		t.Fatalf("%d forms", len(forms))
	}
	return forms
}

// signerLogged: the log is whole, and nothing that the node wrote was refused.
func signerLogged(t *testing.T, s *signer) {
	t.Helper()
	purposes := map[string]int{}
	_, _, err := remote.VerifyLog(s.dir, func(e remote.Entry) {
		purposes[e.Purpose]++
		if e.Refused != "" {
			t.Errorf("refused: %+v", e)
		}
	})
	for _, want := range []string{remote.Data + "paper", remote.PDF, remote.Seal, remote.Token + certificates.JWSType, remote.Checkpoint} {
		if purposes[want] == 0 {
			err = errors.Join(err, fmt.Errorf("no signature for %s", want))
		}
	}
	if err != nil {
		t.Error(err)
	}
}

// Wallets get their certificates, and counters what is shown from them, with
// keys that another process keeps.
func TestSigner_wallet(t *testing.T) {
	var s *signer
	n := walletToCounter(t, node.Options{Set: func(o *app.Options) { s = take(t, o) }})
	for _, path := range []string{"/openid4vci/status/" + node.District + "/1", "/.well-known/tongban-node.jws"} {
		if a := page(n, http.MethodGet, path, ""); a.status != http.StatusOK {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	seen := map[string]bool{}
	if _, _, err := remote.VerifyLog(s.dir, func(e remote.Entry) { seen[e.Purpose] = e.Refused == "" }); err != nil || !seen[remote.Token+wallets.CredentialType] || !seen[remote.Token+wallets.StatusType] || !seen[remote.Token+trusted.FileType] {
		t.Errorf("%v %v", seen, err)
	}
}

// Keys are replaced at the signer when somebody has opened it for that.
func TestSigner_rotation(t *testing.T) {
	var s *signer
	n := node.Open(t, node.Options{Set: func(o *app.Options) { s = take(t, o) }})
	d := desk(t, n, false)
	o, err := d.Order(t.Context(), ring.Data, "", "按年度计划更换（演练）")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Ring.Rotate(o); !errors.Is(err, remote.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
	if err := remote.OpenFor(s.dir, clock.System.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	rotate(t, n, ring.Data, "")
	for _, role := range ring.Authorities {
		rotate(t, n, role, "")
	}
	if err := remote.OpenFor(s.dir, clock.System.Now()); err != nil {
		t.Fatal(err)
	}
	allForms(t, n, n.Granted(node.Resident))
	for _, k := range d.Ring.Known().Keys {
		if !d.Holds(k) {
			t.Errorf("the signer has no key %s", k.File)
		}
	}
}
