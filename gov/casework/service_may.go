package casework

import "context"

// MayRead returns nil when the caller may read the case: its owner, the offices
// that handle it, the counter that took it in, the supervision. It shows
// nothing and records nothing; papers of the case ask it.
func (s *Service) MayRead(ctx context.Context, region string, id CaseID) error {
	_, err := s.visible(ctx, region, id)
	return err
}
