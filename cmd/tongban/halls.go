package main

import (
	"context"
	"fmt"
	"io"

	"tongban/app"
	"tongban/gov/catalogue"
)

// importHalls takes in where halls lie.
func (c *call) importHalls(ctx context.Context, a *app.App, b *bar, r io.Reader, name string) error {
	source := c.own["source"]
	if source == "" {
		source = name
	}
	done, err := a.ImportHalls(ctx, r, source, c.own["dry-run"] != "", func(p catalogue.Problem) {
		b.line(c.say("第 %d 行：%s", "line %d: %s", p.Line, c.say(p.String(), p.English())))
	})
	b.end()
	if err != nil {
		return err
	}
	fmt.Println(c.say(done.String(), done.English()))
	return failed(nil, done.Rejected)
}
