package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"tongban/app"
	"tongban/gov/catalogue"
)

// runCheck reads packages and scores their guides. The exit status is 3 when a
// package cannot be read, 4 when one would not be published.
func runCheck(ctx context.Context, c *call) error {
	if len(c.Args) == 0 {
		return errors.New("name the folder of a package: tongban check items/residence-permit")
	}
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	if err := a.Laws.Seed(ctx); err != nil {
		return err
	}
	status := exit(0)
	for _, dir := range c.Args {
		dir = filepath.Clean(dir)
		r, err := a.CheckPackage(operator(ctx, "check"), os.DirFS(filepath.Dir(dir)), filepath.Base(dir), c.own["ask"])
		var bad *catalogue.PackageError
		switch {
		case errors.As(err, &bad):
			status = max(status, 3)
			for _, p := range bad.Problems {
				fmt.Printf("%s: %s\n", dir, p)
			}
			continue
		case err != nil:
			return fmt.Errorf("%s: %w", dir, err)
		case !r.Passes:
			status = 4
		}
		if c.own["json"] != "" {
			if err := json.NewEncoder(os.Stdout).Encode(r); err != nil {
				return err
			}
			continue
		}
		c.showGuide(dir, r)
	}
	if status > 0 {
		return status
	}
	return nil
}

// showGuide prints the score of a guide and what to mend, the heaviest first.
func (c *call) showGuide(dir string, r app.GuideReport) {
	verdict := c.say("可以发布", "can be published")
	if !r.Passes {
		verdict = c.say("不能发布", "cannot be published")
	}
	fmt.Println(c.say("%s：%s，%d 分（门槛 %d），%s", "%s: %s, score %d (gate %d), %s", dir, r.Name, r.Score, r.Gate, verdict))
	for _, f := range r.Findings {
		mark := "  "
		if f.Block {
			mark = "! "
		}
		fmt.Println(mark + c.say("−%.1f %s。%s", "-%.1f %s. %s", f.Lost, c.say(f.Name, f.NameEn), c.say(f.Fix, f.FixEn)))
		if len(f.Where) > 0 {
			fmt.Println("       " + strings.Join(f.Where, c.say("；", "; ")))
		}
	}
	if r.Asked {
		fmt.Println(c.say("已申请放行，由另一人在「指南质量 → 放行」决定", "asked that another person lets it pass, under Guide quality → Let pass"))
	}
}
