// Package certificates (证照) keeps the papers that offices issue: receipts,
// notices and certificates, each once, as signed data.
//
// # Purpose
//
// An office issues a paper in the commit of the act that causes it. What is
// signed is data; the PDF is a rendering of that data, signed again for readers
// of PDF, made when first asked for and kept by its hash. Anybody verifies a
// paper by its code, its QR or its file.
//
// # Law
//
// 国务院关于在线政务服务的若干规定 (国令第716号) art. 10: an electronic certificate has
// the force of the paper one. 行政许可法 art. 32, 38, 39, 44: receipts, reasons of a
// refusal with remedies, certificate with seal, ten days for delivery. GB/T
// 36902–36905: names of the metadata.
//
// # Words
//
// Paper (文书、证照), issuer (颁发机构), holder (持证主体), code (查验码), revoke (吊销、注销).
//
// # Life of a paper
//
//	issued → valid → expired
//	               ↘ revoked (with reason and legal basis)
//
// # Tables
//
// certificates_paper: one row a paper, with its signed data and status.
//
// # Facts announced
//
// PaperIssued, PaperRevoked.
//
// # Facts heard
//
// None.
//
// # Doors
//
// Service: IssueTx, Paper, ByCode, File, VerifyFile, Revoke, OfHolder.
package certificates
