// Package stock takes in the certificates that an authority issued before
// there was this library (存量证照), and issues them little by little.
//
// # Purpose
//
// Years of paper certificates stand in tables of their authorities. They become
// records here: read from CSV, XLSX or JSON lines, with a scan or a photograph
// of each beside them, checked by the definition of their type, joined to their
// holders, and signed when a second officer has released them.
//
// # Law
//
// 国务院关于在线政务服务的若干规定 (国令第716号) art. 9, 10: certificates that exist are made
// electronic by the authority that issued them. GB/T 36904-2018: their identifiers.
// 国办函〔2016〕108号: grades of trust A (the authority's own data), B (compared with
// the original), C (handed in by the holder). 个人信息保护法 art. 6, 8: a record is
// joined to nobody of whom it is not certain that it is his.
//
// # Words
//
// Stock (存量证照), intake run (导入批次), record (存量记录), finding (质检问题), doubt
// (待核对): what a clerk has to settle, held (待签发), release (放行): the second
// officer's word that what was taken in may be signed, scan (附图): of the original.
//
// # Life of a run
//
//	mapping → tried → held → released → issued
//	          failed, paused → on from where it was
//	          held, paused → withdrawn: nothing of it is left but the record of it
//
// Where a run is, is kept in the transactions of its records: after a crash
// another process goes on from there, and everything counts once.
//
// A record is held, in conflict or discarded; released and signed it is issued
// and has a paper. Those in doubt are passed over until they are settled.
//
// # Tables
//
// certificates_stock_run, certificates_stock_record, certificates_stock_finding,
// certificates_stock_mapping.
//
// # Facts announced
//
// Those of the papers that are issued.
//
// # Facts heard
//
// None: a holder who registers later is recognised when he opens his papers.
//
// # Doors
//
// Service: Begin, SetMapping, Start, Pause, Resume, Withdraw, Release, Issue;
// Runs, Run, Samples, Findings, WriteFindings, Doubts, Settle; Claim, FirstUse
// and Holds for package certificates; Work in the background; Sweep.
package stock
