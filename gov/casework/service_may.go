package casework

import (
	"context"

	"tongban/gov/casework/desk"
	"tongban/platform/fault"
)

// MayRead returns nil when the caller may read the case: its owner, the offices
// that handle it, the counter that took it in, the supervision. It shows
// nothing and records nothing; papers of the case ask it.
func (s *Service) MayRead(ctx context.Context, region string, id CaseID) error {
	_, err := s.visible(ctx, region, id)
	return err
}

// Task returns one step for whoever may read its case; for others there is
// none. It shows nothing about a person and records nothing.
func (s *Service) Task(ctx context.Context, region string, id TaskID) (Task, error) {
	t, err := desk.Load(ctx, s.DB, region, id)
	if err != nil {
		return Task{}, err
	}
	if err := s.MayRead(ctx, region, t.Case); err != nil {
		if k := fault.Of(err).Kind; k == fault.KindNotFound || k == fault.KindForbidden {
			err = ErrNoTask
		}
		return Task{}, err
	}
	return t, nil
}
