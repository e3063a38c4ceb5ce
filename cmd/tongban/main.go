// Command tongban is the whole platform in one binary: it serves the site,
// imports and exports data, verifies the record and papers, makes and restores
// backups, and explains what is wrong.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"tongban/app"
)

// command is one word after "tongban".
type command struct {
	name  string
	usage string // arguments
	help  string // one line
	run   func(ctx context.Context, c *call) error
}

// commands in the order in which help shows them.
var commands []command

func init() {
	commands = []command{
		{"dev", "", "serve a practice town: import the shipped data, seed people, print one-time links", runDev},
		{"serve", "", "serve the site", runServe},
		{"link", "ROLE…", "print one-time sign-in links for holders of roles (system_admin, clerk, …)", runLink},
		{"version", "", "print the version", runVersion},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, "tongban:", err)
		os.Exit(1)
	}
}

// errUsage says that help was printed because the command line was wrong.
var errUsage = errors.New("usage")

func run(ctx context.Context, args []string) error {
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		help(os.Stdout)
		return nil
	}
	for _, c := range commands {
		if c.name == args[0] {
			call, err := parse(c, args[1:])
			if err != nil {
				return err
			}
			return c.run(ctx, call)
		}
	}
	fmt.Fprintf(os.Stderr, "tongban: there is no command %q\n\n", args[0])
	help(os.Stderr)
	return errUsage
}

func help(w *os.File) {
	fmt.Fprint(w, "Tongban 通办: integrated government services in one binary\n\nUsage: tongban COMMAND [flags] [arguments]\n\n")
	for _, c := range commands {
		fmt.Fprintf(w, "  %-34s %s\n", c.name+" "+c.usage, c.help)
	}
	fmt.Fprint(w, "\nEvery command takes --data DIR and --database URL; tongban COMMAND --help lists its flags.\n")
}

func runVersion(context.Context, *call) error {
	fmt.Println("tongban", app.Version)
	return nil
}
