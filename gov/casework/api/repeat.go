package api

// repeats says of each command that takes no Idempotency-Key why its repeat
// does no harm. All others keep what they did for the key.
var repeats = map[string]string{
	"save-draft":        "the answers have these values already",
	"discard-draft":     "a draft that was given up stays so",
	"choose-material":   "the material is handed in this way already",
	"unchoose-material": "the choice is taken back already",
	"attach-file":       "the same file is not attached a second time",
	"detach-file":       "the file is off already",
	"choose-delivery":   "the decision takes this way already",
	"answer-supplement": "the item has this answer already",

	"answer-bundle-supplement": "the offices have this answer already",
}
