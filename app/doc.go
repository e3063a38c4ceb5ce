// Package app puts the parts together: the only package that sees the whole
// world.
//
// # Purpose
//
// Open builds every service over one database and one folder. Seed fills a
// practice town. Handler is the whole site, pages and API; Run does the
// background work. roles.go is the one table that says which role may do what.
//
// # How to use
//
//	a, err := app.Open(ctx, app.Options{DataDir: dir, Region: "440000"})
//	defer a.Close()
//	go a.Run(ctx)
//	http.Serve(listener, a.Handler())
//
// # Guarantees
//
// Nothing is registered twice, nothing without a permission. Opening migrates
// the database forward and never backward.
package app
