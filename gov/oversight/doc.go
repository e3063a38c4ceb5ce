// Package oversight (监督) watches the work: limits that come near or are passed,
// who holds what, and the record of every act.
//
// # Purpose
//
// A supervisor sees red and yellow cards with the one who holds the clock and
// drills down to the step; an auditor reads the record and verifies it.
//
// # Law
//
// 国务院关于在线政务服务的若干规定 (国令第716号) art. 14: the platform keeps a record that can
// be traced. 行政许可法 art. 60–61: the superior organ supervises.
//
// # Words
//
// Card (预警): yellow (黄牌), near its limit (terms.Near); red (红牌), the limit
// has passed. Record (审计记录). Checkpoint (存证检查点).
//
// # Life of a card
//
// A card is computed from the case's due date; it ends when the step is done.
//
// # Tables
//
// None: casework keeps the limits, platform/audit the record.
//
// # Facts announced
//
// None.
//
// # Facts heard
//
// None.
//
// # Doors
//
// Service: Overview, Cards, Record, Verify, Parked.
package oversight
