package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"tongban/app"
	"tongban/platform/clock"
)

// runGenerate writes the catalogue of a province that does not exist: a guide
// file, or a folder with the tables of the national exchange.
func runGenerate(_ context.Context, c *call) error {
	if len(c.Args) != 2 || c.Args[0] != "province" {
		return errors.New("say what and where to: tongban generate province FILE")
	}
	seed, err := strconv.ParseUint(cmp.Or(c.own["seed"], "1"), 10, 64)
	if err != nil {
		return fmt.Errorf("--seed %s is no whole number", c.own["seed"])
	}
	items, err := strconv.Atoi(cmp.Or(c.own["items"], "780000"))
	if err != nil || items < 1 {
		return fmt.Errorf("--items %s is no number of items", c.own["items"])
	}
	p, err := app.GenerateProvince(seed, items)
	if err != nil {
		return err
	}
	switch cmp.Or(c.own["format"], "guides") {
	case "guides":
		err = toFile(c.Args[1], p.WriteGuides)
	case "national":
		if err = os.MkdirAll(c.Args[1], 0o755); err == nil {
			now := clock.System.Now().UTC()
			err = p.WriteNational(func(table string) (io.WriteCloser, error) { return os.Create(filepath.Join(c.Args[1], table+".jsonl")) },
				fmt.Sprintf("%s-%d", now.Format("20060102"), seed), now.Format("2006-01-02 15:04:05"))
		}
	default:
		return fmt.Errorf("--format %s is not known: guides or national", c.own["format"])
	}
	if err != nil {
		return err
	}
	places, made := p.Count()
	fmt.Fprintf(os.Stderr, "%d items, seed %d: %d of the province, %d of %d cities, %d of %d counties, %d of %d townships, %d of their village stations. All of them are invented; each says so in its source.\n",
		items, seed, made[1], made[2], places[2], made[3], places[3], made[4], places[4], made[5])
	return nil
}

// toFile writes into a file, "-" for standard output.
func toFile(name string, write func(io.Writer) error) (err error) {
	if name == "-" {
		return write(os.Stdout)
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := f.Close(); err == nil {
			err = closeErr
		}
	}()
	return write(f)
}
