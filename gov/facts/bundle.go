package facts

import "time"

// BundleRef says which one thing a fact is about. Owner is the person or
// company whose application it is.
type BundleRef struct {
	Region   string    `json:"region"`
	Bundle   string    `json:"bundle"`
	Number   string    `json:"number"`
	Item     string    `json:"item"`
	ItemName string    `json:"item_name"`
	Org      string    `json:"org"`
	Owner    string    `json:"owner"`
	At       time.Time `json:"at"`
}

// BundleSubmitted announces that a one thing was handed in (一件事申请). Cases
// is how many parts started at once.
type BundleSubmitted struct {
	BundleRef
	Channel string `json:"channel"`
	Cases   int    `json:"cases"`
}

// BundleMoved announces that a part of a one thing moved by itself: it started,
// it waits for the applicant, it will not start any more.
type BundleMoved struct {
	BundleRef
	Part    string `json:"part"`
	To      string `json:"to"`
	Case    string `json:"case"`
	Because string `json:"because"`
}

// BundleClosed announces that every part of a one thing has ended.
type BundleClosed struct {
	BundleRef
	Withdrawn bool `json:"withdrawn"`
}

// Type implements events.Fact.
func (BundleSubmitted) Type() string { return "tongban.casework.bundle.submitted.v1" }

// Type implements events.Fact.
func (BundleMoved) Type() string { return "tongban.casework.bundle.moved.v1" }

// Type implements events.Fact.
func (BundleClosed) Type() string { return "tongban.casework.bundle.closed.v1" }
