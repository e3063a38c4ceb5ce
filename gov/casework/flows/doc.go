// Package flows keeps the flow of a case: the instance that the engine moves,
// and when its timers were set. It loads a case with its flow, and a task with
// both, in one round trip.
package flows
