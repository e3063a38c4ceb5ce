package certificates

import (
	"tongban/gov/certificates/keys"
	"tongban/platform/sign"
)

// Trust and TrustKey are the list of public keys by which papers are checked.
type (
	Trust    = keys.Trust
	TrustKey = keys.TrustKey
)

// Why a list or a key does not count.
var (
	ErrTrust       = keys.ErrTrust
	ErrUnknownKey  = keys.ErrUnknownKey
	ErrNewerKey    = keys.ErrNewerKey
	ErrKeyEnded    = keys.ErrKeyEnded
	ErrKeyRevoked  = keys.ErrKeyRevoked
	ErrWitness     = keys.ErrWitness
	ErrOtherOffice = keys.ErrOtherOffice
)

// TrustOf gives the public half of a node's keys about which nothing was said.
func TrustOf(s *sign.Signer, site string) Trust { return keys.TrustOf(s, site) }

// ParseTrust reads a list.
func ParseTrust(b []byte) (Trust, error) { return keys.ParseTrust(b) }

// Keyring has the keys of a node and of the offices that sign for themselves.
// *keys.Ring is one.
type Keyring interface {
	// Keys are those that sign for an office now.
	Keys(office string) (keys.Office, error)
	// Trust is the public half; the same pointer as long as nothing changes.
	Trust() *Trust
}

// NodeKeys signs and checks the data of papers with the keys of a node that has
// no register of keys.
type NodeKeys = keys.NodeKeys
