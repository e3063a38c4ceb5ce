package config

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"tongban/platform/web"
	"unicode"
	"unicode/utf8"
)

// maxSite bounds the name of a site, in characters.
const maxSite = 60

var regionRE = regexp.MustCompile(`^[0-9]{6}$`)

// validate says in words what cannot be used.
func (c Config) validate() (bad Problems) {
	problem := func(name, format string, args ...any) {
		bad = append(bad, fmt.Sprintf("%s (from %s): %s", name, c.sources[name], fmt.Sprintf(format, args...)))
	}
	if c.DataDir == "" {
		problem("data", "name a folder")
	} else if st, err := os.Stat(c.DataDir); err == nil && !st.IsDir() {
		problem("data", "%s is a file, a folder is needed", c.DataDir)
	}
	if _, port, err := net.SplitHostPort(c.Listen); err != nil {
		problem("listen", "%q is no host:port, for example 127.0.0.1:8080", c.Listen)
	} else if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		problem("listen", "%q is no port between 0 and 65535", port)
	}
	if what := databaseProblem(c.Database); what != "" {
		problem("database", "%s", what)
	}
	if !regionRE.MatchString(c.Region) {
		problem("region", "%q is no region code; six digits are needed, for example 440000", c.Region)
	}
	if u, err := url.Parse(c.BaseURL); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.User != nil {
		problem("base-url", "%q is not http:// or https:// and a host without a path", c.BaseURL)
	}
	if c.Site != strings.TrimSpace(c.Site) || utf8.RuneCountInString(c.Site) > maxSite || strings.ContainsFunc(c.Site, func(r rune) bool { return !unicode.IsPrint(r) }) {
		problem("site", "%q is no name of at most %d characters that are seen", c.Site, maxSite)
	}
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, c.LogLevel) {
		problem("log-level", "%q is none of debug, info, warn, error", c.LogLevel)
	}
	if !slices.Contains([]string{"text", "json"}, c.LogFormat) {
		problem("log-format", "%q is neither text nor json", c.LogFormat)
	}
	if n, err := strconv.Atoi(c.KeepImports); err != nil || n < 1 || n > 3650 {
		problem("keep-imports", "%q is no number of days from 1 to 3650", c.KeepImports)
	}
	for name, path := range map[string]string{"passphrase-file": c.PassphraseFile, "metrics-token-file": c.MetricsToken} {
		if what := secretProblem(path); what != "" {
			problem(name, "%s", what)
		}
	}
	if c.Signer != "" && !strings.HasPrefix(c.Signer, "https://") && !strings.HasPrefix(c.Signer, "unix:/") {
		problem("signer", "%q is neither https://HOST:PORT nor unix:/PATH", c.Signer)
	}
	name := "trusted-proxies"
	if _, err := web.ParseProxies("", c.ProxyHeader); err != nil {
		name = "proxy-header"
	}
	if _, err := c.Proxies(); err != nil {
		problem(name, "%v", err)
	}
	slices.Sort(bad)
	return bad
}

// Imports is how long imports stay with their files.
func (c Config) Imports() time.Duration {
	n, _ := strconv.Atoi(c.KeepImports) // validated
	return time.Duration(n) * 24 * time.Hour
}

// Proxies are the machines in front that are believed.
func (c Config) Proxies() (web.Proxies, error) {
	return web.ParseProxies(c.TrustedProxies, c.ProxyHeader)
}

// Secret reads the first line of a file that only its owner may read; "" is no
// file and no secret.
func Secret(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	raw, err := os.ReadFile(path)
	first, _, _ := strings.Cut(string(raw), "\n")
	return strings.TrimRight(first, "\r"), err
}

func databaseProblem(d string) string {
	switch scheme, rest, _ := strings.Cut(d, ":"); scheme {
	case "postgres", "postgresql":
		u, err := url.Parse(d)
		if err != nil || strings.Trim(u.Path, "/") == "" {
			return fmt.Sprintf("%s names no database; write postgres://user@host/name", Redact(d))
		}
		return ""
	case "sqlite":
		if rest == "" {
			return "sqlite: needs a path behind the colon"
		}
		return ""
	}
	return fmt.Sprintf("%s is neither sqlite:PATH nor postgres://…", Redact(d))
}

func secretProblem(p string) string {
	if p == "" {
		return ""
	}
	st, err := os.Stat(p)
	switch {
	case err != nil:
		return fmt.Sprintf("the file cannot be read: %v", err)
	case !st.Mode().IsRegular():
		return p + " is no file"
	case st.Mode().Perm()&0o077 != 0:
		return fmt.Sprintf("%s may be read by others (mode %04o); set it to 0600", p, st.Mode().Perm())
	}
	return ""
}
