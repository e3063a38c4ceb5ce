package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"tongban/app"
)

// exportPackage writes the newest version of an item as a folder of readable
// files, or as a ZIP when the name ends so.
func (c *call) exportPackage(ctx context.Context) error {
	if len(c.Args) != 3 {
		return errors.New("say which and where to: tongban export package CODE DIR|FILE.zip")
	}
	code, region := c.Args[1], c.own["of"]
	if region == "" && len(code) > 8 {
		region = code[2:8] // of the office that the code begins with
	}
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	to, assumed, err := a.ExportPackage(ctx, region, code, c.Args[2])
	if err != nil {
		return fmt.Errorf("%s: %s", code, app.Explain(c.english(), err))
	}
	fmt.Println(c.say("%s 写到了 %s", "%s is in %s", code, to))
	if slices.Contains(assumed, "fee") {
		fmt.Println(c.say("事项没有写是否收费，事项包写成了不收费，请核对", "the item does not say whether there is a fee; the package says free of charge, check it"))
	}
	if slices.Contains(assumed, "visits") {
		fmt.Println(c.say("事项没有写到现场次数，事项包写成了零次，请核对", "the item does not say how many visits there are; the package says none, check it"))
	}
	return nil
}

// importPackage makes a package the draft of its item.
func (c *call) importPackage(ctx context.Context) error {
	from := filepath.Clean(c.Args[1])
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	path, err := a.ImportPackage(operator(ctx, "import"), from)
	if err != nil {
		return fmt.Errorf("%s: %s", from, app.Explain(c.english(), err))
	}
	fmt.Println(c.say("%s 成了草稿，在 %s 看过再发布", "%s is a draft; look at it and publish it at %s", from, path))
	return nil
}
