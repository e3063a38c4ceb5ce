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

// PaperStatusChanged announces that an office did something to a paper after
// its issue (延续、变更、暂扣、撤销、吊销、注销、转出), or that its time is over.
type PaperStatusChanged struct {
	Region     string    `json:"region"`
	Paper      string    `json:"paper"`
	Identifier string    `json:"identifier"`
	Title      string    `json:"title"`
	Case       string    `json:"case"`
	Issuer     string    `json:"issuer"`
	Act        string    `json:"act"`
	From       string    `json:"from"`
	To         string    `json:"to"`
	Successor  string    `json:"successor"`
	Reason     string    `json:"reason"`
	Basis      string    `json:"basis"`
	At         time.Time `json:"at"`
}

// Type implements events.Fact.
func (PaperStatusChanged) Type() string { return "tongban.certificates.paper.statuschanged.v1" }

// ObjectionOpened announces that a holder says an entry of a certificate is
// wrong (证照异议).
type ObjectionOpened struct {
	Region    string    `json:"region"`
	Objection string    `json:"objection"`
	Paper     string    `json:"paper"`
	Title     string    `json:"title"`
	Issuer    string    `json:"issuer"`
	Due       time.Time `json:"due"`
	At        time.Time `json:"at"`
}

// Type implements events.Fact.
func (ObjectionOpened) Type() string { return "tongban.certificates.objection.opened.v1" }

// ObjectionAnswered announces that the issuing office corrected the certificate,
// refused to, or that the holder took the objection back.
type ObjectionAnswered struct {
	Region    string    `json:"region"`
	Objection string    `json:"objection"`
	Paper     string    `json:"paper"`
	Title     string    `json:"title"`
	Issuer    string    `json:"issuer"`
	Outcome   string    `json:"outcome"` // corrected, refused, withdrawn
	Successor string    `json:"successor"`
	At        time.Time `json:"at"`
}

// Type implements events.Fact.
func (ObjectionAnswered) Type() string { return "tongban.certificates.objection.answered.v1" }

// NodeKeysFollowed announces that a recognised installation replaced keys, and
// that the keys known here vouch for the new ones (密钥接续).
type NodeKeysFollowed struct {
	Region     string    `json:"region"`
	Node       string    `json:"node"`
	Name       string    `json:"name"`
	Site       string    `json:"site"`
	Statements int       `json:"statements"` // how many it made about its keys in all
	At         time.Time `json:"at"`
}

// Type implements events.Fact.
func (NodeKeysFollowed) Type() string { return "tongban.certificates.nodekeys.followed.v1" }

// NodeKeysRefused announces that what a recognised installation says of its keys
// is not believed here, and why.
type NodeKeysRefused struct {
	Region string    `json:"region"`
	Node   string    `json:"node"`
	Name   string    `json:"name"`
	Site   string    `json:"site"`
	Why    string    `json:"why"` // code of the refusal
	At     time.Time `json:"at"`
}

// Type implements events.Fact.
func (NodeKeysRefused) Type() string { return "tongban.certificates.nodekeys.refused.v1" }
