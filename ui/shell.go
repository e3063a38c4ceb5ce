package ui

import "context"

// Shell is what surrounds every page: the app fills it once per request with
// what this reader may see.
type Shell struct {
	Site   string           // "示例市政务服务网"
	Place  string           // the division the site serves, below the name
	Home   string           // path of the start page; "/" when empty
	Nav    map[Face][]Entry // entries per face; only those whose pages exist and that the reader may open
	Face   Face             // the face this request belongs to; error pages use it
	Faces  []Link           // the work areas this reader may switch between
	Reader *Reader          // who is signed in; nil for nobody
	SignIn string           // path of the sign-in page; no link when empty
	Footer Footer
}

// Entry is one destination of a face's navigation.
type Entry struct {
	Key   string // Page.Active names it
	Text  string
	Href  string
	Icon  string
	Count int    // waiting there; not shown when 0
	Group string // heading above it in the side navigation
}

// Reader is the signed-in account as the frame shows it.
type Reader struct {
	Name    string
	Role    string // "审批员 · 示例区市场监督管理局"
	Href    string // page of the account
	SignOut string // the form that signs out posts here
}

// Footer holds what every government site states about itself.
type Footer struct {
	Sponsor, Operator     string // 主办单位, 承办单位
	SiteCode, ICP, Police string // 网站标识码, ICP备案, 公安备案; left out when empty
	Hotline               string // "12345"
	Links                 []Link // accessibility, corrections, privacy
}

type shellKey struct{}

// WithShell puts the frame's contents into the context.
func WithShell(ctx context.Context, s Shell) context.Context {
	if s.Home == "" {
		s.Home = "/"
	}
	return context.WithValue(ctx, shellKey{}, s)
}

// ShellOf returns the frame's contents; an empty frame when nobody set any.
func ShellOf(ctx context.Context) Shell {
	s, ok := ctx.Value(shellKey{}).(Shell)
	if !ok {
		s.Home = "/"
	}
	return s
}

// groups sorts a side navigation into its headings, in order of appearance.
func groups(entries []Entry) [][]Entry {
	var out [][]Entry
	for _, e := range entries {
		n := len(out)
		if n > 0 && out[n-1][0].Group == e.Group {
			out[n-1] = append(out[n-1], e)
		} else {
			out = append(out, []Entry{e})
		}
	}
	return out
}
