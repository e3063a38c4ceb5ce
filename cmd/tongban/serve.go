package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"tongban/app"
	"tongban/gov/identity"
)

func runServe(ctx context.Context, c *call) error {
	c.serving = true
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	links, err := a.Identity.FirstStart(ctx)
	if err != nil {
		return err
	}
	return serve(ctx, c, a, links)
}

func runDev(ctx context.Context, c *call) error {
	c.dev, c.serving = true, true
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	fmt.Println("preparing the practice town …")
	links, err := a.Seed(ctx)
	if err != nil {
		return err
	}
	if err := a.Practice(ctx, links); err != nil {
		return err
	}
	return serve(ctx, c, a, links)
}

func runLink(ctx context.Context, c *call) error {
	if len(c.Args) == 0 {
		return errors.New("name at least one role: clerk, examiner, decider, supervisor, auditor, designer, security_admin, system_admin")
	}
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	links, err := a.Identity.LinksFor(ctx, c.Args...)
	if err != nil {
		return err
	}
	if len(links) == 0 {
		return fmt.Errorf("nobody holds the role %s; an administrator gives posts under /admin/people", strings.Join(c.Args, ", "))
	}
	printLinks(c.BaseURL, links)
	return nil
}

// serve answers until ctx ends, then lets running requests finish.
func serve(ctx context.Context, c *call, a *app.App, links []identity.RoleLink) error {
	site, err := a.Site()
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w (is another tongban running? choose another address with --listen)", c.Listen, err)
	}
	app.TradeMemoryForSpeed()
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() { a.Run(background); close(done) }()
	server := site.Server()
	go func() {
		<-ctx.Done()
		end, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		server.Shutdown(end)
	}()
	fmt.Printf("\nTongban %s serves %s on %s\n", app.Version, c.DataDir, c.BaseURL)
	printLinks(c.BaseURL, links)
	err = server.Serve(l)
	stop()
	<-done
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// printLinks prints each link once; it works once and for 24 hours.
func printLinks(base string, links []identity.RoleLink) {
	if len(links) == 0 {
		return
	}
	fmt.Println("\nOne-time sign-in links (each works once, for 24 hours):")
	for _, l := range links {
		fmt.Fprintf(os.Stdout, "  %-22s %s/sign-in/link/%s   %s\n", l.Role, base, l.Secret, l.Name)
	}
	fmt.Println()
}
