package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"tongban/app"
)

// call is one invocation: the settings that all commands share and the rest of
// the arguments.
type call struct {
	data, listen, database, region, base, level string
	dev                                         bool
	flags                                       *flag.FlagSet
	args                                        []string
}

func parse(c command, args []string) (*call, error) {
	k := &call{flags: flag.NewFlagSet("tongban "+c.name, flag.ContinueOnError)}
	k.flags.StringVar(&k.data, "data", env("TONGBAN_DATA", "tongban-data"), "folder for keys, files and the embedded database")
	k.flags.StringVar(&k.listen, "listen", env("TONGBAN_LISTEN", "127.0.0.1:8080"), "address to serve on, host:port")
	k.flags.StringVar(&k.database, "database", env("TONGBAN_DATABASE", ""), "postgres://… ; empty is SQLite in the data folder")
	k.flags.StringVar(&k.region, "region", env("TONGBAN_REGION", app.DefaultRegion), "top region of this node, six digits")
	k.flags.StringVar(&k.base, "base-url", env("TONGBAN_BASE_URL", ""), "how people reach the site; empty is http://LISTEN")
	k.flags.StringVar(&k.level, "log", env("TONGBAN_LOG", "info"), "debug, info, warn or error")
	if err := k.flags.Parse(args); err != nil {
		if err == flag.ErrHelp {
			return nil, err
		}
		return nil, errUsage
	}
	k.args = k.flags.Args()
	return k, nil
}

func env(name, def string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return def
}

func (k *call) baseURL() string {
	if k.base != "" {
		return strings.TrimSuffix(k.base, "/")
	}
	return "http://" + k.listen
}

func (k *call) open(ctx context.Context) (*app.App, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(k.level)); err != nil {
		return nil, fmt.Errorf("--log %s: use debug, info, warn or error", k.level)
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
	return app.Open(ctx, app.Options{DataDir: k.data, Database: k.database, Region: k.region, BaseURL: k.baseURL(),
		Passphrase: os.Getenv("TONGBAN_KEY_PASSPHRASE"), Dev: k.dev, Log: log})
}
