package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"tongban/app"
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
		if err := errors.Join(a.Nodes.FollowDue(ctx, true), a.Nodes.Refresh(ctx, true)); err != nil {
			return err
		}
	case do != "list":
		return errors.New("say: tongban nodes list, refresh, own FILE or fingerprint FILE")
	}
	return c.showNodes(ctx, a)
}

func (c *call) showNodes(ctx context.Context, a *app.App) error {
	list, err := a.Nodes.Nodes(ctx)
	for _, n := range list {
		why := app.WhyNot(n, clock.System.Now())
		if c.own["json"] != "" {
			err := json.NewEncoder(os.Stdout).Encode(map[string]any{"id": n.ID, "name": n.Name, "region": n.File.Region, "site": n.Site, "state": n.State, "usable": why == "", "why": why, "grade": n.Grade, "list": n.List, "fingerprint": n.Fingerprint})
			if err != nil {
				return err
			}
			continue
		}
		from, state := "entered here", "recognised"
		if n.List != "" {
			from = "by the list of " + n.List
		}
		if why != "" {
			state = why
		}
		fmt.Printf("%s  %s  region %s  %s  grade %s  %s  %s\n", n.ID, n.Name, n.File.Region, n.Site, n.Grade, from, state)
	}
	if len(list) == 0 && c.own["json"] == "" && err == nil {
		fmt.Println("no other installation is recognised here")
	}
	return err
}

// showNodeFile prints what a node file says, with the fingerprint to compare.
func showNodeFile(name string) error {
	b, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	list, err := app.NodesOf(b, nil, clock.System.Now())
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	f := list[0]
	fmt.Printf("%s\nregion %s\n%s\n%d keys, signed by %s at %s\nfingerprint %s\n", f.Name, f.File.Region, f.Site, len(f.Trust.Keys), f.KeyID, f.IssuedAt.Format("2006-01-02 15:04 MST"), app.Fingerprint(f))
	return nil
}

// verifyElsewhere checks papers of other installations, offline: by one node
// file, or by the nodes of a signed list.
func (c *call) verifyElsewhere() error {
	if c.own["node"] == "" {
		return errors.New("--list needs --node: the node file of whoever publishes the list")
	}
	file, err := os.ReadFile(c.own["node"])
	if err != nil {
		return err
	}
	var list []byte
	if name := c.own["list"]; name != "" {
		if list, err = os.ReadFile(name); err != nil {
			return err
		}
	}
	now := clock.System.Now()
	nodes, err := app.NodesOf(file, list, now)
	if err != nil {
		return fmt.Errorf("%s %s: %w", c.own["node"], c.own["list"], err)
	}
	bad := false
	for _, name := range c.Args {
		body, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		r := app.ForWhom(app.CheckByNodes(nodes, body, now), c.own["for"])
		bad = bad || !r.OK
		if err := c.answer(name, r); err != nil {
			return err
		}
	}
	if bad {
		return exit(4)
	}
	return nil
}
