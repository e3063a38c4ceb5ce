package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"tongban/app"
	"tongban/platform/config"
	"tongban/platform/telemetry"
)

// call is one invocation: the settings, the command's own flags and the rest
// of the arguments.
type call struct {
	config.Config
	own     map[string]string
	dev     bool
	serving bool
}

// parse separates the command's own flags from the settings. It returns nil
// when help was asked for and printed.
func parse(c command, args []string) (*call, error) {
	k := &call{own: map[string]string{}}
	var rest []string
	for i := 0; i < len(args); i++ {
		name, value, joined := strings.Cut(strings.TrimLeft(args[i], "-"), "=")
		if strings.HasPrefix(args[i], "-") && (name == "help" || name == "h") {
			commandHelp(c)
			return nil, nil
		}
		at := slices.IndexFunc(c.own, func(o option) bool { return strings.HasPrefix(args[i], "--") && o.name == name })
		switch {
		case at < 0:
			rest = append(rest, args[i])
		case !c.own[at].value:
			k.own[name] = "true"
		case joined:
			k.own[name] = value
		case i+1 < len(args):
			i++
			k.own[name] = args[i]
		default:
			return nil, fmt.Errorf("--%s needs a value: %s", name, c.own[at].help)
		}
	}
	var err error
	k.Config, err = config.Load(rest, os.Environ())
	return k, err
}

func commandHelp(c command) {
	fmt.Printf("Usage: tongban %s [flags] %s\n\n%s\n\nFlags:\n", c.name, c.usage, c.help)
	for _, o := range c.own {
		fmt.Printf("  --%-16s %s\n", o.name, o.help)
	}
	cfg, _ := config.Load(nil, nil)
	for _, l := range cfg.Explain() {
		fmt.Printf("  --%-16s %s (%s)\n", l.Name, l.Help, l.Variable)
	}
}

// options are the settings as the app wants them.
func (k *call) options() (o app.Options, err error) {
	o = app.Options{DataDir: k.DataDir, Database: k.Database, Region: k.Region, BaseURL: k.BaseURL, Site: k.Site, Signer: k.Signer, SealKeys: true, Serving: k.serving, Dev: k.dev, KeepImports: k.Imports(),
		Log: telemetry.NewLogger(os.Stderr, k.LogLevel, k.LogFormat)}
	if o.Passphrase, err = config.Secret(k.PassphraseFile); err != nil {
		return o, fmt.Errorf("passphrase file: %w", err)
	}
	if o.MetricsToken, err = config.Secret(k.Config.MetricsToken); err != nil {
		return o, fmt.Errorf("metrics token file: %w", err)
	}
	o.Proxies, err = k.Proxies()
	return o, err
}

func (k *call) open(ctx context.Context) (*app.App, error) {
	o, err := k.options()
	if err != nil {
		return nil, err
	}
	a, err := app.Open(ctx, o)
	return a, k.sealed(err)
}
