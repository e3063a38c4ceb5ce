package facts

import "time"

// PaperIssued announces that an office issued a paper (文书、证照签发).
type PaperIssued struct {
	Region string    `json:"region"`
	Paper  string    `json:"paper"`
	Kind   string    `json:"kind"`
	Case   string    `json:"case"`
	Issuer string    `json:"issuer"`
	At     time.Time `json:"at"`
}

// Type implements events.Fact.
func (PaperIssued) Type() string { return "tongban.certificates.paper.issued.v1" }

// PaperRevoked announces that a paper lost its force (证照吊销、注销).
type PaperRevoked struct {
	Region string    `json:"region"`
	Paper  string    `json:"paper"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
}

// Type implements events.Fact.
func (PaperRevoked) Type() string { return "tongban.certificates.paper.revoked.v1" }
