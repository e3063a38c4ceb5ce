package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"tongban/app"
	"tongban/platform/clock"
	"tongban/platform/config"
	"tongban/platform/sign"
	"tongban/platform/sign/remote"
	"tongban/platform/telemetry"
)

// signerActs are the words after "tongban signer"; none serves.
var signerActs = map[string]func(ctx context.Context, c *call) error{
	"serve": signerServe, "open": signerOpen, "close": signerClose, "log": signerLog, "certificate": signerCertificate, "introduce": signerIntroduce, "health": signerHealth,
}

// runSigner keeps the private keys in a process of their own.
func runSigner(ctx context.Context, c *call) error {
	if len(c.Args) == 0 {
		return signerServe(ctx, c)
	}
	if do := signerActs[c.Args[0]]; do != nil && len(c.Args) == 1 {
		return do(ctx, c)
	}
	return errors.New("say what: tongban signer [serve]|open|close|log|certificate|health in the signer's folder, or introduce in the node's (docs/runbooks/signer.md)")
}

// signerRate is how many signatures a second a key makes when nothing is said:
// more than a busy province issues, fewer than a thief would like.
const signerRate = 500

func signerServe(ctx context.Context, c *call) error {
	pass, err := config.Secret(c.PassphraseFile)
	if err != nil {
		return fmt.Errorf("passphrase file: %w", err)
	}
	if pass == "" {
		if pass, err = sign.OwnPassphrase(c.DataDir, true); err != nil {
			return fmt.Errorf("passphrase: %w", c.sealed(err))
		}
	}
	rate := float64(signerRate)
	if c.own["rate"] != "" {
		if rate, err = strconv.ParseFloat(c.own["rate"], 64); err != nil || rate < 1 || rate > 1e6 {
			return errors.New("--rate is a number of signatures a second, from 1")
		}
	}
	at := c.own["at"]
	if at == "" {
		dir, err := filepath.Abs(c.DataDir)
		if err != nil {
			return err
		}
		at = "unix:" + filepath.Join(dir, "signer.sock")
	}
	s, err := remote.NewServer(remote.Options{Dir: c.DataDir, Passphrase: pass, Policy: app.KeyPolicy(), Rate: rate, Clock: clock.System,
		Log: telemetry.NewLogger(os.Stderr, c.LogLevel, c.LogFormat)})
	if err != nil {
		return c.sealed(err)
	}
	fmt.Printf("Tongban %s signs with the keys of %s at %s\n", app.Version, c.DataDir, at)
	return errors.Join(s.Serve(ctx, at), s.Close())
}

// signerOpen lets the signer make keys and sign statements about them for a while.
func signerOpen(_ context.Context, c *call) error {
	d := 30 * time.Minute
	if c.own["for"] != "" {
		var err error
		if d, err = time.ParseDuration(c.own["for"]); err != nil || d <= 0 || d > 24*time.Hour {
			return errors.New("--for is a time up to 24h, such as 30m")
		}
	}
	until := clock.System.Now().Add(d)
	if err := os.MkdirAll(c.DataDir, 0o700); err != nil {
		return err
	}
	if err := remote.OpenFor(c.DataDir, until); err != nil {
		return err
	}
	fmt.Printf("open for work on keys until %s\n", until.Format(time.RFC3339))
	return nil
}

func signerClose(_ context.Context, c *call) error {
	return remote.OpenFor(c.DataDir, clock.System.Now())
}

// signerLog reads the log of signatures and says whether it is whole.
func signerLog(_ context.Context, c *call) error {
	out := json.NewEncoder(os.Stdout)
	count := map[string]int{}
	n, head, err := remote.VerifyLog(c.DataDir, func(e remote.Entry) {
		if c.own["json"] != "" {
			_ = out.Encode(e) // a closed pipe ends the program anyway
		}
		if e.Refused != "" {
			e.Purpose += " refused"
		}
		count[e.Name+" "+e.Purpose]++
	})
	if err != nil {
		return err
	}
	if c.own["json"] != "" {
		return nil
	}
	for _, k := range slices.Sorted(maps.Keys(count)) {
		fmt.Printf("%8d  %s\n", count[k], k)
	}
	fmt.Printf("the log is whole: %d lines, the last has SHA-256 %s\n", n, head)
	return nil
}

func signerCertificate(_ context.Context, c *call) error {
	name, err := remote.ServerCertificate(c.DataDir, clock.System)
	if err == nil {
		fmt.Printf("%s\ncopy it to the node as DIR/keys/signer.pem\n", name)
	}
	return err
}

func signerIntroduce(_ context.Context, c *call) error {
	name, err := remote.Introduce(filepath.Join(c.DataDir, "keys"), clock.System)
	if err == nil {
		fmt.Printf("%s\ncopy it into the folder clients of the signer, under the name of this node\n", name)
	}
	return err
}

// signerHealth asks the signer of a node how it is.
func signerHealth(ctx context.Context, c *call) error {
	if c.Signer == "" {
		return errors.New("name the signer with --signer")
	}
	k, err := remote.Dial(remote.ClientOptions{Address: c.Signer, Dir: filepath.Join(c.DataDir, "keys")})
	if err != nil {
		return err
	}
	h, err := k.Health(ctx)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(h)
}
