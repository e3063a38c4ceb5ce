// Package participation (互动) lets people judge the service that they got.
//
// # Purpose
//
// Whoever had a matter decided may say, once per case, how good the service
// was, on the five official grades. The answer is never forced, can be changed
// once, and counts for the item and for the office.
//
// # Law
//
// GB/T 39735-2020 政务服务评价工作指南 and GB/T 39734 (一事一评): voluntary, per case,
// five grades, 1 非常满意 … 5 非常不满意 (lower is better: the code is never
// averaged). 国办发〔2019〕51号: every decided case may be rated, and the results are
// public.
//
// # Words
//
// Rating (好差评), grade (评价等级), indicator (评价指标), invitation (邀评).
//
// # Life of a rating
//
//	case decided → invited → rated → changed once
//
// # Tables
//
// participation_rating: one row a decided case, first as invitation.
//
// # Facts announced
//
// ServiceRated.
//
// # Facts heard
//
// CaseDecided, which invites.
//
// # Doors
//
// Service: Invite, Invitation, Rate, Summary.
package participation
