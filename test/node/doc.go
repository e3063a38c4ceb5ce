// Package node opens a whole seeded node for tests that meet it from outside,
// through its pages and its API.
//
// # Purpose
//
// Journeys, browser tests and the walk over all routes need the same thing:
// the real site over the real services, the shipped guides, the practice town
// with people of every role, a clock that the test moves, and files such as
// people upload.
//
// # How to use
//
//	func TestMain(m *testing.M) { os.Exit(node.Main(m)) }
//
//	n := node.Open(t, node.Options{})            // SQLite; Postgres: true for the other engine
//	secret := n.SignIn("示例窗口员")                  // value of the session cookie
//	n.Site.ServeHTTP(w, r)
//
// # Guarantees
//
// The town is seeded once per test binary and copied for every node. Nodes
// share nothing. Everything is gone after the test.
package node
