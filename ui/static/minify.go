package static

import (
	"sort"
	"strings"
)

// stylesheet joins the source files by name and expands "@theme name{…}".
func stylesheet() string {
	entries, err := sources.ReadDir("css")
	if err != nil {
		panic(err) // embedded, so it is a build mistake
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, e.Name())
	}
	sort.Strings(names)
	var b strings.Builder
	for _, n := range names {
		raw, err := sources.ReadFile("css/" + n)
		if err != nil {
			panic(err)
		}
		b.Write(raw)
	}
	return expandThemes(b.String())
}

// asked says which wish of the reader's system a theme answers when the reader
// chose none on the site.
var asked = map[string]string{"dark": "prefers-color-scheme:dark", "hc": "prefers-contrast:more"}

// expandThemes writes a theme's variables out twice: once for the reader who
// chose it here and once for the reader whose system asks for it.
func expandThemes(css string) string {
	for {
		i := strings.Index(css, "@theme ")
		if i < 0 {
			return css
		}
		open := i + strings.IndexByte(css[i:], '{')
		end := open + strings.IndexByte(css[open:], '}')
		name := strings.TrimSpace(css[i+len("@theme ") : open])
		vars := css[open+1 : end]
		css = css[:i] +
			"@media (" + asked[name] + "){:root:not([data-theme]){" + vars + "}}" +
			":root[data-theme=" + name + "]{" + vars + "}" + css[end+1:]
	}
}

// Minify removes comments and blanks that a style sheet does not need.
// Quoted strings stay as they are.
func Minify(css string) string {
	var b strings.Builder
	blank := false
	last := byte(0)
	for i := 0; i < len(css); {
		c := css[i]
		switch {
		case strings.HasPrefix(css[i:], "/*"):
			end := strings.Index(css[i+2:], "*/")
			if end < 0 {
				return b.String()
			}
			i += end + 4
			blank = true
			continue
		case c == ' ' || c == '\n' || c == '\t' || c == '\r':
			blank = true
			i++
			continue
		}
		if blank && !strings.ContainsRune("{};,>:", rune(last)) && !strings.ContainsRune("{};,>", rune(c)) && last != 0 {
			b.WriteByte(' ')
		}
		blank = false
		if c == '"' || c == '\'' {
			end := i + 1
			for end < len(css) && css[end] != c {
				if css[end] == '\\' {
					end++
				}
				end++
			}
			end = min(end+1, len(css))
			b.WriteString(css[i:end])
			last, i = c, end
			continue
		}
		b.WriteByte(c)
		last = c
		i++
	}
	return strings.ReplaceAll(b.String(), ";}", "}")
}

// minifyScript drops whole-line comments and indentation; it leaves every
// statement alone, because compression does the rest.
func minifyScript(js string) string {
	var b strings.Builder
	for line := range strings.Lines(js) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "//") {
			continue
		}
		b.WriteString(line)
		b.WriteByte('\n')
	}
	return b.String()
}
