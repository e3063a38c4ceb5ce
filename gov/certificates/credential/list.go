package credential

import (
	"bytes"
	"compress/zlib"
	"crypto"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"time"

	"tongban/platform/fault"
	"tongban/platform/sdjwt"
)

// ListType is what status lists call themselves (header typ).
const ListType = "statuslist+jwt"

// Why a status list is refused.
var (
	// ErrList: no status list, or another one than was asked for.
	ErrList = fault.Invalid("certificates.credential.list")
	// ErrListTime: its time is over, or it is from the future.
	ErrListTime = fault.Invalid("certificates.credential.list_time")
)

// State is what a status list says of one credential (Token Status List §7.1).
type State int

// The states.
const (
	Good      State = 0
	Dead      State = 1 // for good: revoked, cancelled, expired, replaced
	Suspended State = 2
)

// maxBits bounds an unpacked list, in bytes: 16 million places of two bits.
const maxBits = 4 << 20

// listSkew is how far the clocks of two installations may be apart.
const listSkew = 5 * time.Minute

// List is a status list that was checked.
type List struct {
	At    time.Time // when it was signed
	width int       // bits of a place
	bits  []byte
}

// ReadList checks a status list: signed by its issuer, the one at this address,
// and in time.
func ReadList(token, address string, keys Keys, now time.Time) (List, error) {
	body, h, err := sdjwt.Open(token, func(h sdjwt.Header) (crypto.PublicKey, error) { return keys(h.Issue, h.KeyID) })
	if err != nil {
		return List{}, err
	}
	var c struct {
		Subject string `json:"sub"`
		At      int64  `json:"iat"`
		Until   int64  `json:"exp"`
		List    struct {
			Bits int    `json:"bits"`
			Data string `json:"lst"`
		} `json:"status_list"`
	}
	if err := json.Unmarshal(body, &c); err != nil || h.Type != ListType || c.Subject != address || c.At == 0 {
		return List{}, ErrList.Because(errors.Join(errors.New("another list, or none"), err))
	}
	l := List{At: time.Unix(c.At, 0), width: c.List.Bits}
	if l.At.After(now.Add(listSkew)) || c.Until != 0 && now.After(time.Unix(c.Until, 0)) {
		return List{}, ErrListTime
	}
	if l.width != 1 && l.width != 2 && l.width != 4 && l.width != 8 {
		return List{}, ErrList.Because(errors.New("width of a place"))
	}
	l.bits, err = unpack(c.List.Data)
	return l, err
}

// unpack reads what is compressed, up to the bound.
func unpack(data string) ([]byte, error) {
	raw, err := base64.RawURLEncoding.DecodeString(data)
	if err != nil {
		return nil, ErrList.Because(err)
	}
	z, err := zlib.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, ErrList.Because(err)
	}
	defer z.Close()
	bits, err := io.ReadAll(io.LimitReader(z, maxBits+1))
	switch {
	case err != nil:
		return nil, ErrList.Because(err)
	case len(bits) > maxBits:
		return nil, ErrList.Because(errors.New("longer than any list"))
	}
	return bits, nil
}

// Of is the state of the credential at a place.
func (l List) Of(place int64) (State, error) {
	per := int64(8 / max(l.width, 1))
	if place < 0 || place/per >= int64(len(l.bits)) {
		return Dead, ErrList.Because(errors.New("no such place"))
	}
	return State(l.bits[place/per]>>(int64(l.width)*(place%per))) & (1<<l.width - 1), nil
}
