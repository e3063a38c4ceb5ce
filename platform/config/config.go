package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tongban/platform/web"
)

// Config is how this node runs.
type Config struct {
	DataDir        string // where the database file, the files and the keys lie
	Listen         string // host:port of the web server
	Database       string // sqlite:PATH or postgres://…
	Region         string // the node's top region, six digits
	Site           string // what the site is called; "" is by its region
	BaseURL        string // how browsers reach the server, without a slash at the end
	LogLevel       string // debug, info, warn or error
	LogFormat      string // text or json
	PassphraseFile string // first line opens the keys; "" is the file passphrase in DataDir
	TrustedProxies string // addresses and ranges of the proxies in front, separated by commas; "" is none
	ProxyHeader    string // the header in which they name the sender
	KeepImports    string // days that imports stay with their files
	MetricsToken   string // file whose first line opens /metrics; "" opens it on this machine only
	Signer         string // where the private keys are: https://HOST:PORT or unix:PATH; "" is the data folder

	Args    []string // what is left after the flags
	sources map[string]string
}

// setting is one line of the table of settings.
type setting struct {
	name, fallback, help string
	field                func(c *Config) *string
}

var settings = []setting{
	{"data", "tongban-data", "folder of the database file, the files and the keys", func(c *Config) *string { return &c.DataDir }},
	{"listen", "127.0.0.1:8080", "address of the web server, host:port", func(c *Config) *string { return &c.Listen }},
	{"database", "", "sqlite:PATH or postgres://user@host/name; without it a file in the data folder", func(c *Config) *string { return &c.Database }},
	{"region", "440000", "the node's top region, six digits", func(c *Config) *string { return &c.Region }},
	{"site", "", "what the site is called, on its pages and to other installations; without it by the region", func(c *Config) *string { return &c.Site }},
	{"base-url", "", "how browsers reach the server; without it http:// and the address", func(c *Config) *string { return &c.BaseURL }},
	{"log-level", "info", "debug, info, warn or error", func(c *Config) *string { return &c.LogLevel }},
	{"log-format", "text", "text or json", func(c *Config) *string { return &c.LogFormat }},
	{"passphrase-file", "", "file whose first line opens the keys; without it the file passphrase in the data folder, which the first start makes", func(c *Config) *string { return &c.PassphraseFile }},
	{"trusted-proxies", "", "addresses and ranges of the proxies in front, such as 127.0.0.1,10.0.0.0/8; without it nobody is believed who speaks for others", func(c *Config) *string { return &c.TrustedProxies }},
	{"proxy-header", web.XForwardedFor, "the header in which they name the sender: x-forwarded-for or forwarded", func(c *Config) *string { return &c.ProxyHeader }},
	{"keep-imports", "90", "days that imports of items stay with their files after the last thing that happened to them, 1 to 3650", func(c *Config) *string { return &c.KeepImports }},
	{"metrics-token-file", "", "file whose first line is the bearer token of /metrics; without it only this machine may read them", func(c *Config) *string { return &c.MetricsToken }},
	{"signer", "", "address of the process that keeps the private keys (tongban signer), https://HOST:PORT or unix:PATH; without it they lie in the data folder", func(c *Config) *string { return &c.Signer }},
}

// variable is the setting's name in the environment: TONGBAN_LOG_LEVEL.
func (s setting) variable() string {
	return "TONGBAN_" + strings.ToUpper(strings.ReplaceAll(s.name, "-", "_"))
}

// key is the setting's name in the file: log_level.
func (s setting) key() string { return strings.ReplaceAll(s.name, "-", "_") }

// Problems is everything that is wrong with a configuration.
type Problems []string

// Error lists the problems, one per line.
func (p Problems) Error() string {
	return fmt.Sprintf("the configuration has %d problem(s):\n  - %s", len(p), strings.Join(p, "\n  - "))
}

// Load reads flags, environment ("NAME=value") and file, fills in the
// defaults and validates. The error is Problems.
func Load(args, env []string) (Config, error) {
	c := Config{sources: map[string]string{}}
	var bad Problems
	given := flags(args, &c, &bad)
	vars := environment(env, &bad)
	file := fileSettings(given, vars, &bad)
	for _, s := range settings {
		v, from := s.fallback, "default"
		if f, ok := file.values[s.name]; ok {
			v, from = f, "file "+file.path
		}
		if e, ok := vars[s.name]; ok {
			v, from = e, "environment "+s.variable()
		}
		if g, ok := given[s.name]; ok {
			v, from = g, "flag --"+s.name
		}
		*s.field(&c), c.sources[s.name] = strings.TrimSpace(v), from
	}
	c.derive()
	bad = append(bad, c.validate()...)
	if len(bad) > 0 {
		return c, bad
	}
	return c, nil
}

func find(name string) (setting, bool) {
	i := slices.IndexFunc(settings, func(s setting) bool { return s.name == name })
	if i < 0 {
		return setting{}, false
	}
	return settings[i], true
}

// flags reads "--name value" and "--name=value"; the rest is left in c.Args.
func flags(args []string, c *Config, bad *Problems) map[string]string {
	out := map[string]string{}
	for i := 0; i < len(args); i++ {
		a := args[i]
		if a == "--" {
			c.Args = append(c.Args, args[i+1:]...)
			break
		}
		if !strings.HasPrefix(a, "-") || a == "-" {
			c.Args = append(c.Args, a)
			continue
		}
		name, value, has := strings.Cut(strings.TrimLeft(a, "-"), "=")
		if _, known := find(name); !known && name != "config" {
			*bad = append(*bad, fmt.Sprintf("--%s is no setting; there are %s", name, list(func(s setting) string { return "--" + s.name })))
			continue
		}
		if !has {
			if i+1 >= len(args) {
				*bad = append(*bad, fmt.Sprintf("--%s needs a value", name))
				continue
			}
			i++
			value = args[i]
		}
		out[name] = value
	}
	return out
}

// developing are the variables of tests and tools, which may be exported where
// a node is started.
var developing = []string{"TEST_", "SIM_", "SHOTS", "CHROMIUM", "PROFILES", "BPMN_"}

func environment(env []string, bad *Problems) map[string]string {
	out := map[string]string{}
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		rest, ours := strings.CutPrefix(name, "TONGBAN_")
		if !ours || slices.ContainsFunc(developing, func(p string) bool { return strings.HasPrefix(rest, p) }) {
			continue
		}
		n := strings.ToLower(strings.ReplaceAll(rest, "_", "-"))
		if _, known := find(n); !known && n != "config" {
			*bad = append(*bad, fmt.Sprintf("%s is no setting; there are %s", name, list(setting.variable)))
			continue
		}
		out[n] = value
	}
	return out
}

func list(spell func(setting) string) string {
	var all []string
	for _, s := range settings {
		all = append(all, spell(s))
	}
	return strings.Join(all, ", ")
}

type settingsFile struct {
	path   string
	values map[string]string
}

func fileSettings(given, vars map[string]string, bad *Problems) settingsFile {
	first := func(name, fallback string) (string, bool) {
		if v, ok := given[name]; ok {
			return v, true
		}
		if v, ok := vars[name]; ok {
			return v, true
		}
		return fallback, false
	}
	data, _ := first("data", settings[0].fallback)
	p, asked := first("config", filepath.Join(data, "tongban.json"))
	out := settingsFile{p, map[string]string{}}
	body, err := os.ReadFile(p)
	if err != nil {
		if asked || !errors.Is(err, fs.ErrNotExist) {
			*bad = append(*bad, fmt.Sprintf("the configuration file %s cannot be read: %v", p, err))
		}
		return out
	}
	var raw map[string]any
	if err := json.Unmarshal(body, &raw); err != nil {
		*bad = append(*bad, fmt.Sprintf("%s is not a JSON object: %v", p, err))
		return out
	}
	for key, v := range raw {
		name := strings.ReplaceAll(key, "_", "-")
		text, isText := textOf(v)
		if _, known := find(name); !known {
			*bad = append(*bad, fmt.Sprintf("%s: %q is no setting; there are %s", p, key, list(setting.key)))
		} else if !isText {
			*bad = append(*bad, fmt.Sprintf("%s: %q must be a text in quotation marks, or a list of texts", p, key))
		} else {
			out.values[name] = text
		}
	}
	slices.Sort(*bad)
	return out
}

// textOf reads a value of the file; a list is the same as its parts with commas.
func textOf(v any) (string, bool) {
	if text, ok := v.(string); ok {
		return text, true
	}
	parts, ok := v.([]any)
	var words []string
	for _, part := range parts {
		word, isText := part.(string)
		ok = ok && isText
		words = append(words, word)
	}
	return strings.Join(words, ","), ok
}

// derive fills what follows from other settings.
func (c *Config) derive() {
	if c.Database == "" {
		c.Database, c.sources["database"] = "sqlite:"+filepath.Join(c.DataDir, "tongban.db"), "the data folder"
	}
	if c.BaseURL == "" {
		host, port, err := net.SplitHostPort(c.Listen)
		if err == nil && (host == "" || host == "0.0.0.0" || host == "::") {
			host = "127.0.0.1"
		}
		c.BaseURL, c.sources["base-url"] = "http://"+net.JoinHostPort(host, port), "the address"
	}
	c.BaseURL = strings.TrimRight(c.BaseURL, "/")
}

// Line explains one setting.
type Line struct{ Name, Value, Source, Variable, Help string }

// Explain lists every setting with its value and where it came from.
func (c Config) Explain() []Line {
	var out []Line
	for _, s := range settings {
		v := *s.field(&c)
		if s.name == "database" {
			v = Redact(v)
		}
		out = append(out, Line{s.name, v, c.sources[s.name], s.variable(), s.help})
	}
	return out
}

// Redact hides the password in a database URL.
func Redact(database string) string {
	u, err := url.Parse(database)
	if err != nil {
		return "(not readable)"
	}
	if _, has := u.User.Password(); has {
		u.User = url.UserPassword(u.User.Username(), "…")
		if s, err := url.PathUnescape(u.String()); err == nil {
			return s
		}
	}
	if q := u.Query(); q.Has("password") {
		q.Set("password", "hidden")
		u.RawQuery = q.Encode()
	}
	return u.String()
}
