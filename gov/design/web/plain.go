package web

import (
	"context"
	"regexp"
)

// plain are the reasons that the reader of flows gives, and the keys of their words
// for people who do not read its English.
var plain = []struct {
	reason *regexp.Regexp
	key    string
}{
	{regexp.MustCompile(`^(?:says nothing about who or what does it.*)$`), "task"},
	{regexp.MustCompile(`^(?:is not supported, because compensation is not.*)$`), "transaction"},
	{regexp.MustCompile(`^(?:is not supported; add signers to a task.*)$`), "adhoc"},
	{regexp.MustCompile(`^(?:is not supported; use an inclusive gateway.*)$`), "complex"},
	{regexp.MustCompile(`^(?:.*compensation, which is not supported.*|.*is not supported; draw the way back)$`), "compensation"},
	{regexp.MustCompile(`^(?:.*belongs to transactions.*)$`), "cancel"},
	{regexp.MustCompile(`^(?:leads nowhere)$`), "nowhere"},
	{regexp.MustCompile(`^(?:is never reached: it has no incoming flow)$`), "unreached"},
	{regexp.MustCompile(`^(?:is a second start event beside.*)$`), "starts"},
	{regexp.MustCompile(`^(?:has no start event)$`), "start"},
	{regexp.MustCompile(`^(?:holds no executable process.*)$`), "process"},
	{regexp.MustCompile(`^(?:does not say what it waits for)$`), "waits"},
	{regexp.MustCompile(`^(?:does not say what to call.*)$`), "call"},
	{regexp.MustCompile(`^(?:does not say which process it calls)$`), "called"},
	{regexp.MustCompile(`^(?:does not say what to send.*|does not name a message)$`), "message"},
	{regexp.MustCompile(`^(?:does not name a signal)$`), "signal"},
	{regexp.MustCompile(`^(?:names the (message|signal) .*, which does not exist)$`), "gone"},
	{regexp.MustCompile(`^(?:has no script)$`), "script"},
	{regexp.MustCompile(`^(?:does not say which variable takes the value.*)$`), "variable"},
	{regexp.MustCompile(`^(?:is written in (.*); only expressions are supported)$`), "language"},
	{regexp.MustCompile(`^(?:needs either a collection or a loopCardinality)$`), "several"},
	{regexp.MustCompile(`^(?:needs a loopCondition or a loopMaximum)$`), "again"},
	{regexp.MustCompile(`^(?:has the loopMaximum.*|cannot run .* times)$`), "number"},
	{regexp.MustCompile(`^(?:has no condition)$`), "condition"},
	{regexp.MustCompile(`^(?:.*has no time)$`), "time"},
	{regexp.MustCompile(`^(?:has more than one time)$`), "times"},
	{regexp.MustCompile(`^(?:.*is not a duration such as.*)$`), "duration"},
	{regexp.MustCompile(`^(?:.*is not a date such as.*)$`), "date"},
	{regexp.MustCompile(`^(?:.*is not a cycle such as.*)$`), "cycle"},
	{regexp.MustCompile(`^(?:makes no sense on an intermediate event.*)$`), "cycle_wait"},
	{regexp.MustCompile(`^(?:completion .* is none of.*)$`), "completion"},
	{regexp.MustCompile(`^(?:leaves a gateway without a condition and is not the default flow)$`), "way"},
	{regexp.MustCompile(`^(?:is the default flow and has a condition.*)$`), "default"},
	{regexp.MustCompile(`^(?:has the default flow .*, which does not leave it)$`), "default_gone"},
	{regexp.MustCompile(`^(?:leaves a parallel gateway and has a condition.*)$`), "parallel"},
	{regexp.MustCompile(`^(?:leaves an event-based gateway and has a condition.*)$`), "events_condition"},
	{regexp.MustCompile(`^(?:leads from an event-based gateway to.*)$`), "events"},
	{regexp.MustCompile(`^(?:follows an event-based gateway.*)$`), "events_after"},
	{regexp.MustCompile(`^(?:catches an error and does not interrupt.*)$`), "error"},
	{regexp.MustCompile(`^(?:is attached to .*, which never waits)$`), "border"},
	{regexp.MustCompile(`^(?:is attached to .*, which does not exist)$`), "detached"},
	{regexp.MustCompile(`^(?:.*does not say which error)$`), "code"},
	{regexp.MustCompile(`^(?:jumps to the link.*)$`), "link"},
	{regexp.MustCompile(`^(?:crosses the border of a sub-process)$`), "crosses"},
	{regexp.MustCompile(`^(?:runs code when something happens.*)$`), "listener"},
	{regexp.MustCompile(`^(?:waits for several events.*|has more than one event definition)$`), "multiple"},
	{regexp.MustCompile(`^(?:is not well-formed XML.*)$`), "xml"},
	{regexp.MustCompile(`^(?:(attribute .*: )?expression .*)$`), "expression"},
}

// reasonText says why something cannot run; what has no words here is said as the
// reader of flows says it.
func reasonText(ctx context.Context, reason string) string {
	for _, p := range plain {
		if p.reason.MatchString(reason) {
			return words(ctx, "plain."+p.key, "rest", reason)
		}
	}
	return reason
}
