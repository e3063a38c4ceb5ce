package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"tongban/app"
	"tongban/platform/audit"
	"tongban/platform/config"
	"tongban/platform/events"
	"tongban/platform/sign"
)

func runBackup(ctx context.Context, c *call) error {
	if len(c.Args) != 1 {
		return errors.New("name the file to write: tongban backup FILE")
	}
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	part := c.Args[0] + ".part"
	f, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	m, err := a.Backup(ctx, f)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		os.Remove(part)
		return err
	}
	if err := os.Rename(part, c.Args[0]); err != nil {
		return err
	}
	fmt.Printf("%s: %d rows in %d tables\n", c.Args[0], m.Rows(), len(m.Tables))
	var heads []audit.Head
	if err := json.Unmarshal(m.Facts, &heads); err != nil {
		return err
	}
	for _, h := range heads {
		fmt.Printf("record of %s: %d acts, root %s\n", h.Region, h.Size, h.Root)
	}
	fmt.Println(c.aboutBackup())
	return nil
}

func runRestore(ctx context.Context, c *call) error {
	if len(c.Args) != 1 {
		return errors.New("name the backup: tongban restore FILE --data EMPTY_DIR")
	}
	f, err := os.Open(c.Args[0])
	if err != nil {
		return err
	}
	defer f.Close()
	o, err := c.options()
	if err != nil {
		return err
	}
	m, err := app.Restore(ctx, o, f)
	if err != nil {
		return err
	}
	fmt.Printf("restored %d rows in %d tables as of %s; now run: tongban verify --data %s\n", m.Rows(), len(m.Tables), m.At.Format("2006-01-02 15:04:05 MST"), c.DataDir)
	if o.Passphrase == "" {
		if o.Passphrase, err = sign.OwnPassphrase(c.DataDir, false); err != nil {
			return c.sealed(err)
		}
	}
	if about := c.aboutRestored(o.Passphrase); about != "" {
		fmt.Println(about)
	}
	return nil
}

// runDoctor explains the settings and looks at everything that serving needs.
func runDoctor(ctx context.Context, c *call) error {
	for _, l := range c.Explain() {
		fmt.Printf("%-16s %-40s %s\n", l.Name, l.Value, l.Source)
	}
	fmt.Println()
	fmt.Println("note ", aboutProxies(c))
	if open := sign.Unsealed(filepath.Join(c.DataDir, "keys")); len(open) > 0 {
		fmt.Printf("note  keys: %d of them are not sealed (%s): whoever copies their files, or a backup, can sign. Put a passphrase into %s (mode 0600) or give --passphrase-file, and replace them with tongban keys rotate\n", len(open), strings.Join(open, ", "), c.ownPassphrase())
	}
	sick := 0
	check := func(what string, err error, advice string) {
		if err == nil {
			fmt.Println("ok   ", what)
			return
		}
		sick++
		fmt.Printf("WRONG %s: %v\n      → %s\n", what, err, advice)
	}
	check("data folder can be written", writable(c.DataDir), "choose another folder with --data, or give this user the right to write there")
	if by, err := served(c); by != "" {
		fmt.Println("ok    this folder is being served by", by)
	} else {
		check("no other server uses the folder", err, "look at who may read it")
		check("address is free", free(c.Listen), "stop what uses it, or choose another address with --listen")
	}
	a, err := c.open(ctx)
	check("tables are not newer than this program", newer(err), "start the newer release, or restore the backup made before the upgrade (docs/runbooks/upgrade.md)")
	if newer(err) == nil {
		check("database and keys open", err, "look at --database ("+config.Redact(c.Database)+"), "+c.ownPassphrase()+" and --passphrase-file")
	}
	if err == nil {
		defer a.Close()
		check("record verifies", recordOK(ctx, a), "run tongban verify, keep everything as it is, tell the security administrator")
		check("the signer answers", a.SignerAnswers(ctx), "start tongban signer, and look at its log; see docs/runbooks/signer.md")
		check("papers can be signed for long", a.KeysLast(ctx), "look for \"renew the signing certificate\" in the log, and at who may write the folder keys; see docs/runbooks/lost-key.md")
		check("no fact is stuck", outboxOK(ctx, a), "sign in as system administrator and open /oversight/parked")
	}
	if about := c.aboutPassphrase(); about != "" {
		fmt.Println("note ", about)
	}
	if sick > 0 {
		return exit(1)
	}
	return nil
}

func served(c *call) (string, error) {
	o, err := c.options()
	if err != nil {
		return "", err
	}
	return o.Served()
}

// newer is err when it says that the tables are newer than the program.
func newer(err error) error {
	if errors.Is(err, app.ErrNewer) {
		return err
	}
	return nil
}

// aboutProxies says whose address counts as the visitor's.
func aboutProxies(c *call) string {
	switch p, err := c.Proxies(); {
	case err == nil && len(p.Trusted) > 0:
		return fmt.Sprintf("visitors: for connections from %s the sender stands in the header %s; everybody else is taken by the connection", c.TrustedProxies, p.Header)
	case strings.HasPrefix(c.BaseURL, "https://"):
		return "visitors: the site is reached by https, so there is a proxy in front, and --trusted-proxies is empty: all visitors count as one, and wrong passwords of one can stop all. Name the proxy's address"
	}
	return "visitors: taken by their connection; behind a proxy set --trusted-proxies"
}

func writable(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, "doctor-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(filepath.Clean(f.Name())))
}

func free(address string) error {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	return l.Close()
}

func recordOK(ctx context.Context, a *app.App) error {
	r, err := audit.Verify(ctx, a.DB, a.Keys.Record())
	if err == nil && !r.OK() {
		err = fmt.Errorf("%d problems, the first: %s", int64(len(r.Problems))+r.More, r.Problems[0])
	}
	return err
}

func outboxOK(ctx context.Context, a *app.App) error {
	_, parked, _, err := events.Backlog(ctx, a.DB)
	if err == nil && parked > 0 {
		err = fmt.Errorf("%d facts could not be delivered", parked)
	}
	return err
}
