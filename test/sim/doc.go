// Package sim lets a practice town live: people act, machines die, and what
// must always hold is counted afterwards.
//
// # Purpose
//
// Two simulations. In the first, clients drive the API of a running program
// that is killed (SIGKILL) again and again; afterwards every effect that was
// acknowledged must be there, none twice, and every command whose answer was
// cut off must turn out to be done or not done. In the second, a seeded crowd
// does allowed and forbidden things through the services over a fake clock; the
// same seed must end alike on both engines.
//
// # How to use
//
//	go test ./test/sim                          # six kills an engine
//	TONGBAN_SIM_KILLS=50 go test ./test/sim     # the bar of reliability
//	TONGBAN_SIM_SEED=7 go test -run TestTown ./test/sim
//
// # What else is simulated elsewhere
//
// Leaping clocks: platform/schedule. Flipped bytes: platform/audit, sign,
// files. Random histories of flows: platform/bpmn. A killed writer: platform/db.
package sim
