package config

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func write(t *testing.T, name, body string, mode os.FileMode) string {
	t.Helper()
	p := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(p, []byte(body), mode); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestLoad_defaultsStartATown(t *testing.T) {
	c, err := Load(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:8080" || c.Database != "sqlite:"+filepath.Join("tongban-data", "tongban.db") || c.BaseURL != "http://127.0.0.1:8080" || c.Region != "440000" {
		t.Errorf("%+v", c)
	}
}

func TestLoad_flagBeatsEnvironmentBeatsFile(t *testing.T) {
	file := write(t, "c.json", `{"listen":":1","region":"110000","log_level":"warn","data":"from-file"}`, 0o600)
	c, err := Load([]string{"--listen=:3", "import", "--region", "330000", "--", "--not-a-flag"},
		[]string{"TONGBAN_CONFIG=" + file, "TONGBAN_LISTEN=:2", "TONGBAN_LOG_LEVEL=error", "TONGBAN_TEST_POSTGRES=x", "HOME=/x"})
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != ":3" || c.Region != "330000" || c.LogLevel != "error" || c.DataDir != "from-file" || c.BaseURL != "http://127.0.0.1:3" {
		t.Errorf("%+v", c)
	}
	if !slices.Equal(c.Args, []string{"import", "--not-a-flag"}) {
		t.Errorf("left over: %q", c.Args)
	}
	sources := map[string]string{}
	for _, l := range c.Explain() {
		sources[l.Name] = l.Source
	}
	for name, want := range map[string]string{"listen": "flag --listen", "log-level": "environment TONGBAN_LOG_LEVEL", "data": "file " + file, "log-format": "default", "base-url": "the address"} {
		if sources[name] != want {
			t.Errorf("%s comes from %q, want %q", name, sources[name], want)
		}
	}
}

func TestLoad_findsTheFileInTheDataFolder(t *testing.T) {
	dir := filepath.Dir(write(t, "tongban.json", `{"log_format":"json"}`, 0o600))
	if c, err := Load([]string{"--data", dir}, nil); err != nil || c.LogFormat != "json" {
		t.Errorf("%+v %v", c, err)
	}
}

func TestLoad_saysWhatIsWrong(t *testing.T) {
	open := write(t, "pass", "x", 0o644)
	notJSON := write(t, "c.json", "{", 0o600)
	odd := write(t, "c.json", `{"listn":":1","region":440000}`, 0o600)
	cases := []struct {
		args []string
		want []string
	}{
		{[]string{"--listen", "8080"}, []string{`listen (from flag --listen): "8080" is no host:port`}},
		{[]string{"--listen", ":99999"}, []string{"no port"}},
		{[]string{"--database", "mysql://x"}, []string{"neither sqlite:PATH nor postgres"}},
		{[]string{"--database", "postgres://u:secret@h"}, []string{"names no database"}},
		{[]string{"--database", "sqlite:"}, []string{"needs a path"}},
		{[]string{"--region", "44"}, []string{"six digits"}},
		{[]string{"--base-url", "https://a.example/x"}, []string{"without a path"}},
		{[]string{"--log-level", "loud", "--log-format", "xml"}, []string{"2 problem", "debug, info, warn, error", "neither text nor json"}},
		{[]string{"--passphrase-file", open}, []string{"set it to 0600"}},
		{[]string{"--passphrase-file", "nowhere"}, []string{"cannot be read"}},
		{[]string{"--lisen", ":1"}, []string{"--lisen is no setting", "--listen"}},
		{[]string{"--listen"}, []string{"needs a value"}},
		{[]string{"--config", "nowhere.json"}, []string{"nowhere.json cannot be read"}},
		{[]string{"--config", notJSON}, []string{"not a JSON object"}},
		{[]string{"--config", odd}, []string{`"listn" is no setting`, `"region" must be a text`}},
		{[]string{"--data", open}, []string{"is a file, a folder is needed"}},
		{[]string{"--trusted-proxies", "10.0.0.0/8,proxy"}, []string{"trusted-proxies (from flag --trusted-proxies)", `"proxy"`}},
		{[]string{"--trusted-proxies", "0.0.0.0/0"}, []string{"is everybody"}},
		{[]string{"--site", "示例\u200b平台"}, []string{"site (from flag --site)", "characters that are seen"}},
		{[]string{"--site", strings.Repeat("长", 61)}, []string{"site (from flag --site)"}},
		{[]string{"--proxy-header", "x-real-ip"}, []string{"proxy-header (from flag", "x-forwarded-for nor forwarded"}},
		{[]string{"--metrics-token-file", open}, []string{"metrics-token-file (from flag", "may be read by others"}},
	}
	for _, c := range cases {
		_, err := Load(c.args, nil)
		var p Problems
		if !errors.As(err, &p) {
			t.Errorf("%q: %v", c.args, err)
			continue
		}
		for _, w := range c.want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%q: %q is missing in: %v", c.args, w, err)
			}
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: the password is shown: %v", c.args, err)
		}
	}
	if _, err := Load(nil, []string{"TONGBAN_LISTNE=x"}); err == nil || !strings.Contains(err.Error(), "TONGBAN_LISTNE is no setting") {
		t.Errorf("a misspelt variable: %v", err)
	}
}

func TestExplain_hidesThePassword(t *testing.T) {
	c, err := Load([]string{"--database", "postgres://u:secret@h/name?sslmode=disable"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range c.Explain() {
		if strings.Contains(l.Value, "secret") {
			t.Errorf("%s shows %s", l.Name, l.Value)
		}
		if l.Help == "" || l.Source == "" || !strings.HasPrefix(l.Variable, "TONGBAN_") {
			t.Errorf("%+v", l)
		}
	}
	if got := Redact("postgres://h/n?password=secret&user=u"); strings.Contains(got, "secret") {
		t.Error(got)
	}
}

func TestLoad_listsInTheFile(t *testing.T) {
	file := write(t, "c.json", `{"trusted_proxies":["127.0.0.1","10.0.0.0/8"],"proxy_header":"forwarded"}`, 0o600)
	c, err := Load([]string{"--config", file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.Proxies()
	if err != nil || len(p.Trusted) != 2 || p.Header != "forwarded" {
		t.Errorf("%+v %v", p, err)
	}
	if _, err := Load([]string{"--config", write(t, "d.json", `{"trusted_proxies":["127.0.0.1",1]}`, 0o600)}, nil); err == nil {
		t.Error("a number is taken for an address")
	}
}
