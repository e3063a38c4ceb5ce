package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"

	"tongban/gov/certificates"
	"tongban/gov/certificates/trusted"
	"tongban/platform/auth"
	"tongban/platform/clock"
)

// runNodes shows and refreshes the trust list, and reads node files.
func runNodes(ctx context.Context, c *call) error {
	do := "list"
	if len(c.Args) > 0 {
		do = c.Args[0]
	}
	if do == "fingerprint" && len(c.Args) == 2 {
		return showNodeFile(c.Args[1])
	}
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	ctx = auth.System(ctx, "nodes")
	switch {
	case do == "own" && len(c.Args) == 2:
		f, err := a.Nodes.Own()
		if err == nil {
			err = os.WriteFile(c.Args[1], []byte(f.Text), 0o644)
		}
		if err != nil {
			return err
		}
		return showNodeFile(c.Args[1])
	case do == "refresh":
		if err := a.Nodes.Refresh(ctx, true); err != nil {
			return err
		}
	case do != "list":
		return errors.New("say: tongban nodes list, refresh, own FILE or fingerprint FILE")
	}
	list, err := a.Nodes.Nodes(ctx)
	if err != nil {
		return err
	}
	return showNodes(c, list)
}

func showNodes(c *call, list []trusted.Node) error {
	for _, n := range list {
		why, ok := trusted.Why(n.Usable(clock.System.Now()))
		if c.own["json"] != "" {
			err := json.NewEncoder(os.Stdout).Encode(map[string]any{"id": n.ID, "name": n.Name, "region": n.File.Region, "site": n.Site, "state": n.State, "usable": ok, "why": why, "grade": n.Grade, "list": n.List, "fingerprint": n.Fingerprint})
			if err != nil {
				return err
			}
			continue
		}
		from := "entered here"
		if n.List != "" {
			from = "by the list of " + n.List
		}
		state := "recognised"
		if !ok {
			state = why
		}
		fmt.Printf("%s  %s  region %s  %s  grade %s  %s  %s\n", n.ID, n.Name, n.File.Region, n.Site, n.Grade, from, state)
	}
	if len(list) == 0 && c.own["json"] == "" {
		fmt.Println("no other installation is recognised here")
	}
	return nil
}

// showNodeFile prints what a node file says, with the fingerprint to compare.
func showNodeFile(name string) error {
	b, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	f, err := trusted.ReadFile(b)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	fmt.Printf("%s\nregion %s\n%s\n%d keys, signed by %s at %s\nfingerprint %s\n", f.Name, f.Region, f.Site, len(f.Trust.Keys), f.KeyID, f.IssuedAt.Format("2006-01-02 15:04 MST"), trusted.ShowFingerprint(f.Fingerprint))
	return nil
}

// verifyElsewhere checks papers of other installations, offline: by one node
// file, or by the nodes of a signed list.
func (c *call) verifyElsewhere() error {
	if c.own["node"] == "" {
		return errors.New("--list needs --node: the node file of whoever publishes the list")
	}
	raw, err := os.ReadFile(c.own["node"])
	if err != nil {
		return err
	}
	f, err := trusted.ReadFile(raw)
	if err != nil {
		return fmt.Errorf("%s: %w", c.own["node"], err)
	}
	now := clock.System.Now()
	nodes := []trusted.Node{{State: trusted.Active, File: f}}
	if name := c.own["list"]; name != "" {
		raw, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		l, err := trusted.ReadList(raw, f.Trust, now)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		nodes = l.Trusted()
	}
	bad := false
	for _, name := range c.Args {
		body, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		key := certificates.DataKey(body)
		i := slices.IndexFunc(nodes, func(n trusted.Node) bool {
			return key != "" && slices.ContainsFunc(n.Trust.Keys, func(k certificates.TrustKey) bool { return k.ID == key })
		})
		r := certificates.Report{CheckedAt: now}
		if i < 0 {
			r = certificates.VerifyFile(body, certificates.Trust{}, now) // by no key at all: says what is wrong with it
		} else {
			r, _ = trusted.Check(nodes[i], body, now)
		}
		bad = bad || !r.OK
		if c.own["json"] != "" {
			if err := json.NewEncoder(os.Stdout).Encode(struct {
				File string `json:"file"`
				certificates.Report
			}{name, r}); err != nil {
				return err
			}
			continue
		}
		showPaper(name, r)
		if r.Recognised != nil {
			fmt.Printf("  node %s (%s), region %s\n", r.Recognised.Name, r.Recognised.Site, r.Recognised.Region)
		}
		if r.Genuine && r.Reason != "" {
			fmt.Printf("  REFUSED (%s)\n", r.Reason)
		}
	}
	if bad {
		return exit(4)
	}
	return nil
}
