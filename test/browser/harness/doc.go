// Package harness opens pages in Chromium for tests.
//
// # Purpose
//
// One browser per test binary, one clean profile per tab; a tab knows how wide
// it is, which wishes its reader has, and whether scripts run.
//
// # How to use
//
//	tab := harness.Open(t, harness.Look{Width: 390, Theme: "dark"})
//	tab.Go(server.URL + "/")
//	tab.Clean()       // axe-core finds nothing, nothing sticks out
//
// # Guarantees
//
// Tabs share nothing. Everything ends with the test. When no browser is
// installed the test is skipped, aloud.
package harness
