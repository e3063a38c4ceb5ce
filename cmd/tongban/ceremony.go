package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"tongban/app"
	"tongban/platform/config"
	"tongban/platform/sign"
	"tongban/platform/sign/ring"
)

// keysHolder makes the key of a keyholder: FILE.key, sealed with the passphrase
// of his own, and FILE.pub for enrolment.
func keysHolder(_ context.Context, c *call, args []string) error {
	name := strings.TrimSpace(c.own["name"])
	if len(args) != 1 || name == "" {
		return errors.New("tongban keys holder FILE --name \"who\" --passphrase-file HIS_OWN: makes FILE.key and FILE.pub")
	}
	if _, err := os.Stat(args[0] + ".key"); err == nil {
		return fmt.Errorf("%s.key is there already", args[0])
	}
	k, err := c.holderKey(args[0], true)
	if err != nil {
		return err
	}
	h := ring.NewHolder(name, k)
	b, err := json.Marshal(h)
	if err != nil {
		return err
	}
	if err := os.WriteFile(args[0]+".pub", append(b, '\n'), 0o644); err != nil {
		return err
	}
	fmt.Printf("%s.pub is for enrolment: %s, key %s. Keep %s.key and its passphrase apart from the server.\n", args[0], name, h.ID(), args[0])
	return nil
}

func (c *call) holderKey(path string, create bool) (sign.KeyHolder, error) {
	passphrase, err := config.Secret(c.PassphraseFile)
	if err != nil {
		return nil, err
	}
	return sign.Files{Dir: filepath.Dir(path), Passphrase: passphrase}.Key(strings.TrimSuffix(filepath.Base(path), ".key"), sign.Ed25519, create)
}

// holders reads the .pub files of keyholders.
func (c *call) holders(files []string) (*ring.Holders, error) {
	if len(files) == 0 {
		return nil, nil
	}
	n, err := strconv.Atoi(c.own["quorum"])
	if err != nil {
		return nil, errors.New("--quorum says how many of them have to agree, at least 2")
	}
	h := &ring.Holders{Quorum: n}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var x ring.Holder
		if err := json.Unmarshal(b, &x); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		h.List = append(h.List, x)
	}
	return h, nil
}

func keysEnrol(ctx context.Context, c *call, args []string) error {
	h, err := c.holders(args)
	reason := strings.TrimSpace(c.own["reason"])
	if err != nil || h == nil || reason == "" {
		return errors.Join(err, errors.New("tongban keys enrol A.pub B.pub … --quorum N --reason \"why\""))
	}
	return c.change(ctx, func(d *app.KeyDesk) error {
		if _, err := d.Ring.Enrol(*h, reason); err != nil {
			return err
		}
		fmt.Printf("%d of %d keyholders together can replace a lost key from now on\n", h.Quorum, len(h.List))
		return nil
	})
}

// keysPropose begins a ceremony. It opens no private key, so that it works when
// one is lost.
func keysPropose(ctx context.Context, c *call, args []string) error {
	out, reason := c.own["out"], strings.TrimSpace(c.own["reason"])
	if len(args) == 0 || out == "" || reason == "" {
		return errors.New("tongban keys propose data|paper|token|seal|ca|ca.sm2|holders [A.pub B.pub …] --reason \"why\" --out FILE [--since TIME: others may have the key since then] [--quorum N: of the keyholders named here]")
	}
	h, err := c.holders(args[1:])
	if err != nil {
		return err
	}
	o := ring.Ceremony{Holders: h}
	if c.own["since"] != "" {
		if o.Since, err = time.Parse(time.RFC3339, c.own["since"]); err != nil {
			return fmt.Errorf("--since: %w", err)
		}
	}
	d, err := c.desk(ctx, true)
	if err != nil {
		return err
	}
	defer d.Close()
	role := args[0]
	if role == "holders" {
		role = ""
	}
	if o.Order, err = d.Order(ctx, role, c.own["office"], reason); err != nil {
		return err
	}
	p, err := d.Ring.Propose(o)
	if err != nil {
		return err
	}
	if err := writeProposal(out, p); err != nil {
		return err
	}
	fmt.Printf("%s goes from keyholder to keyholder: tongban keys sign %s --holder KEY. Nothing is in force yet.\n", out, out)
	return nil
}

func writeProposal(name string, p ring.Proposal) error {
	b, err := json.MarshalIndent(p, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(name, append(b, '\n'), 0o644)
}

func readProposal(name string) (p ring.Proposal, x ring.Statement, err error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return p, x, err
	}
	return ring.ParseProposal(b)
}

// keysSign shows a keyholder what he is to agree to, and signs. It needs no
// data folder: a keyholder does it on a machine of his own.
func keysSign(_ context.Context, c *call, args []string) error {
	if len(args) != 1 || c.own["holder"] == "" {
		return errors.New("tongban keys sign FILE --holder KEY --passphrase-file HIS_OWN")
	}
	p, x, err := readProposal(args[0])
	if err != nil {
		return err
	}
	k, err := c.holderKey(c.own["holder"], false)
	if err != nil {
		return err
	}
	if err := p.Sign(k); err != nil {
		return err
	}
	fmt.Printf("signed: statement %d of %s, %s: key %s for %s ends (%s), because: %s\n", x.Seq, x.At.Format(time.RFC3339), x.Kind, x.Old, x.Role, x.State, x.Reason)
	return writeProposal(args[0], p)
}

// keysFinish puts the new key in force when enough keyholders agreed, and prints
// the protocol.
func keysFinish(ctx context.Context, c *call, args []string) error {
	if len(args) != 1 {
		return errors.New("tongban keys finish FILE [--out PROTOCOL]")
	}
	if by, err := served(c); by != "" || err != nil {
		return errors.Join(err, fmt.Errorf("%s still runs: stop it first, so that nothing more is signed with the old key", by))
	}
	p, _, err := readProposal(args[0])
	if err != nil {
		return err
	}
	d, err := c.desk(ctx, true)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Ring.Finish(p); err != nil {
		return err
	}
	text := d.Ring.Known().Protocol(p.Signed)
	fmt.Print(text)
	if name := c.own["out"]; name != "" {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			return err
		}
	}
	d.Close()
	return c.change(ctx, func(*app.KeyDesk) error { return nil }) // opens the keys, puts it on record and publishes it
}
