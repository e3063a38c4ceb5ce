// Command load measures what the platform promises about speed and prints it
// as a table: number, bar, pass or fail.
//
// # Purpose
//
// Machines differ and are noisy, so speed is judged by ratios taken in one run:
// P1 (journeys from application to certificate) against the rate of bare
// commits of the same rows, written to the same database by as many clients. P2
// (an approver's inbox) and P9 (start, memory, size) have absolute bars. P5 takes
// a million certificates in, by a process that is killed in the middle, has them
// signed, and measures checks and look-ups among them against their bare parts.
//
// # How to use
//
//	make bench                                 # both engines, PostgreSQL started for it
//	go run ./test/load -only p2 -postgres URL  # one of them
package main
