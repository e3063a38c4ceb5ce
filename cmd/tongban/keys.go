package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"tongban/app"
	"tongban/platform/sign/ring"
)

// keyActs are the words after "tongban keys".
var keyActs = map[string]func(ctx context.Context, c *call, args []string) error{
	"list": keysList, "rotate": keysRotate, "office": keysOffice, "retire": keysRetire, "revoke": keysRevoke,
	"holder": keysHolder, "enrol": keysEnrol, "propose": keysPropose, "sign": keysSign, "finish": keysFinish,
}

// runKeys shows and changes the keys of the node.
func runKeys(ctx context.Context, c *call) error {
	if len(c.Args) > 0 {
		if do := keyActs[c.Args[0]]; do != nil {
			return do(operator(ctx, "keys"), c, c.Args[1:])
		}
	}
	return errors.New("say what: tongban keys list|rotate ROLE|office CODE|retire CODE|revoke ID, or for keyholders holder|enrol|propose|sign|finish (docs/runbooks/key-ceremony.md)")
}

// desk opens what keys are changed at.
func (c *call) desk(ctx context.Context, lost bool) (*app.KeyDesk, error) {
	o, err := c.options()
	if err != nil {
		return nil, err
	}
	d, err := app.OpenKeys(ctx, o, lost)
	return d, c.sealed(err)
}

// keysList shows every key with its history.
func keysList(ctx context.Context, c *call, _ []string) error {
	d, err := c.desk(ctx, true)
	if err != nil {
		return err
	}
	defer d.Close()
	list := d.Ring.Known()
	if c.own["json"] != "" {
		return json.NewEncoder(os.Stdout).Encode(list)
	}
	for _, k := range list.Keys {
		whose, state := "node", "in force"
		if k.Party != "" {
			whose = k.Party + " " + k.Name
		}
		if k.State != "" {
			state = fmt.Sprintf("%s, until %s: %s", k.State, k.Until.Format(time.RFC3339), k.Reason)
		}
		if k.State == "" && !d.Holds(k) {
			state = "LOST: its private half is not here"
		}
		fmt.Printf("%-6s %s  %-17s %s; %s\n", k.Role, k.ID, k.Algorithm(), whose, state)
	}
	if err := authoritiesList(d); err != nil {
		return err
	}
	for _, s := range list.Statements {
		x, err := s.Read()
		if err != nil {
			return err
		}
		fmt.Printf("%d. %s %s %s %s: %s %s\n", x.Seq, x.At.Format(time.RFC3339), x.Kind, x.Role, x.Old, x.Reason, strings.Join(list.Agreed(s), ", "))
	}
	if h := list.Holders; h != nil {
		fmt.Printf("keyholders, %d of %d together:\n", h.Quorum, len(h.List))
		for _, x := range h.List {
			fmt.Printf("  %s %s\n", x.ID(), x.Name)
		}
	}
	return nil
}

// authoritiesList shows who issues, and issued, certificates.
func authoritiesList(d *app.KeyDesk) error {
	all, err := d.Ring.Authorities()
	for _, a := range all {
		state := "issues certificates, until " + a.Ends.Format(time.DateOnly)
		if a.State != "" {
			state = fmt.Sprintf("%s, until %s: %s", a.State, a.Until.Format(time.RFC3339), a.Reason)
		} else if !d.Holds(ring.Key{Role: a.Role, File: a.File}) {
			state = "LOST: its private half is not here"
		}
		fmt.Printf("%-6s %s  %-17s %s; %s\n", a.Role, a.ID, ring.Key{Role: a.Role}.Algorithm(), a.Name, state)
	}
	return err
}

// need gives the one argument and the reason that every change of keys has.
func (c *call) need(args []string, what string) (arg, reason string, err error) {
	reason = strings.TrimSpace(c.own["reason"])
	if len(args) != 1 || reason == "" {
		return "", "", fmt.Errorf("tongban keys %s --reason \"why\": the reason stands in the record and is published", what)
	}
	return args[0], reason, nil
}

func keysRotate(ctx context.Context, c *call, args []string) error {
	role, reason, err := c.need(args, "rotate data|paper|token|seal|ca|ca.sm2 [--office CODE]")
	if err != nil {
		return err
	}
	return c.change(ctx, func(d *app.KeyDesk) error {
		o, err := d.Order(ctx, role, c.own["office"], reason)
		if err != nil {
			return err
		}
		s, err := d.Ring.Rotate(o)
		if err != nil {
			return err
		}
		x, err := s.Read()
		switch {
		case err != nil:
		case x.Roots != nil:
			fmt.Printf("authority %s (%s) ended; new certificates come from its successor. Give the new root, DIR/keys/%s-N.pem, to those who check PDF or OFD files by it\n", x.Old, x.Role, x.Role)
		default:
			fmt.Printf("key %s for %s ended; %s is in force\n", x.Old, x.Role, x.New[0].ID)
		}
		return err
	})
}

// change does something at the desk, and puts it on record.
func (c *call) change(ctx context.Context, do func(d *app.KeyDesk) error) error {
	d, err := c.desk(ctx, false)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := do(d); err != nil {
		return err
	}
	return d.Done(ctx)
}

func keysOffice(ctx context.Context, c *call, args []string) error {
	office, reason, err := c.need(args, "office CODE [--name NAME]")
	if err != nil {
		return err
	}
	name, err := c.officeName(ctx, office)
	if err != nil {
		return err
	}
	return c.change(ctx, func(d *app.KeyDesk) error {
		if _, err := d.Ring.Join(office, name, reason); err != nil {
			return err
		}
		fmt.Printf("%s %s signs with keys of its own from now on\n", office, name)
		return nil
	})
}

// officeName is the name of an office in the directory, unless one was given.
func (c *call) officeName(ctx context.Context, code string) (string, error) {
	if name := c.own["name"]; name != "" {
		return name, nil
	}
	a, err := c.open(ctx)
	if err != nil {
		return "", err
	}
	defer a.Close()
	o, err := a.Identity.Org(ctx, code)
	if err != nil {
		return "", fmt.Errorf("office %s: %w; for one that is not in the directory give --name \"its name\"", code, err)
	}
	return o.Name, nil
}

func keysRetire(ctx context.Context, c *call, args []string) error {
	office, reason, err := c.need(args, "retire CODE")
	if err != nil {
		return err
	}
	return c.change(ctx, func(d *app.KeyDesk) error {
		o, err := d.Order(ctx, "", office, reason)
		if err != nil {
			return err
		}
		if _, err := d.Ring.Retire(o); err != nil {
			return err
		}
		fmt.Printf("the keys of %s ended; nothing more is issued in its name\n", office)
		return nil
	})
}

func keysRevoke(ctx context.Context, c *call, args []string) error {
	id, reason, err := c.need(args, "revoke ID --since TIME")
	if err != nil {
		return err
	}
	since, err := time.Parse(time.RFC3339, c.own["since"])
	if err != nil {
		return fmt.Errorf("--since says since when others may have the key, such as 2026-11-22T08:00:00+08:00: %w", err)
	}
	return c.change(ctx, func(d *app.KeyDesk) error {
		o, err := d.Order(ctx, "", "", reason)
		if err != nil {
			return err
		}
		if _, err := d.Ring.Revoke(id, since, reason, o.Record); err != nil {
			return err
		}
		fmt.Printf("key %s counts as known to others since %s\n", id, since.Format(time.RFC3339))
		return nil
	})
}

// runTrust shows the list of public keys, or follows from an older list to a
// newer one.
func runTrust(_ context.Context, c *call) error {
	switch {
	case len(c.Args) == 1 && c.Args[0] == "show":
		b, err := os.ReadFile(c.DataDir + "/trust.json")
		if err == nil {
			_, err = os.Stdout.Write(b)
		}
		return err
	case len(c.Args) == 3 && c.Args[0] == "follow":
		return followTrust(c, c.Args[1], c.Args[2])
	}
	return errors.New("say what: tongban trust show, or tongban trust follow OLD.json NEW.json [--out FILE]")
}

func followTrust(c *call, from, to string) error {
	old, err := readTrust(from)
	if err != nil {
		return err
	}
	newer, err := readTrust(to)
	if err != nil {
		return err
	}
	out, err := old.Follow(newer)
	if err != nil {
		return fmt.Errorf("%s cannot be followed from %s: %w; keep the old list, and ask the office itself for the new one", to, from, err)
	}
	fmt.Fprintf(os.Stderr, "%d statements followed; the keys are vouched for by those of %s\n", len(out.Statements)-len(old.Statements), from)
	if name := c.own["out"]; name != "" {
		return os.WriteFile(name, out.JSON(), 0o644)
	}
	_, err = os.Stdout.Write(out.JSON())
	return err
}
