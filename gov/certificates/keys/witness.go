package keys

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"tongban/platform/audit"
	"tongban/platform/db"
	"tongban/platform/fault"
)

// ErrOtherData says that the record has the issue of a paper with other data.
var ErrOtherData = errors.New("the record has the issue of other data")

// Issue is what the act of an issue names. Acts of older releases have no
// digest; of them the rest has to agree.
type Issue struct{ Kind, Case, Number, Digest string }

// Witnessed tells whether the record had the issue of a paper under a
// checkpoint before a time: nil, ErrKeyRevoked or ErrOtherData.
func (i Issue) Witnessed(ctx context.Context, r db.Reader, region, paper string, before time.Time) error {
	a, at, err := audit.SealedAt(ctx, r, region, "certificates.paper.issued", paper)
	if fault.IsKind(err, fault.KindNotFound) || err == nil && at.After(before) {
		return ErrKeyRevoked.With("paper", paper)
	}
	if err != nil {
		return err
	}
	var said Issue
	if err := json.Unmarshal([]byte(a.Details), &said); err != nil {
		return errors.Join(ErrOtherData, err)
	}
	if said.Digest == "" {
		said.Digest = i.Digest
	}
	if said != i {
		return ErrOtherData
	}
	return nil
}
