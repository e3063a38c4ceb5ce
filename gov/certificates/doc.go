// Package certificates (证照) keeps the papers that offices issue: receipts,
// notices and certificates, each once, as signed data.
//
// # Purpose
//
// An office issues a paper in the commit of the act that causes it. What is
// signed is data; the PDF is a rendering of that data, made when first asked
// for, read back and compared with the data, signed again for readers of PDF,
// and kept by its hash. The signed data travel inside the PDF. Anybody verifies
// a paper by its code, its QR or its file; the file also without a network.
//
// # Law
//
// 国务院关于在线政务服务的若干规定 (国令第716号) art. 10: an electronic certificate has
// the force of the paper one. 行政许可法 art. 32, 38, 39, 44: receipts, reasons of a
// refusal with remedies, certificate with seal, ten days for delivery; art. 69,
// 70: when a licence is taken back. 个人信息保护法 art. 6, 51: strangers see masked
// names, readings by officers are recorded. GB/T 36902–36905: names of the
// metadata.
//
// # Words
//
// Paper (文书、证照), issuer (颁发机构), holder (持证主体), code (查验码), rendering
// (版式文件), revoke (吊销、注销), trust (公钥清单): the public keys that a stranger
// needs to check papers.
//
// # Life of a paper
//
//	issued → valid ⇄ suspended
//	         valid → superseded by the next version (renewed, changed, reissued)
//	         suspended → superseded by a corrected version, which is suspended too
//	         valid ⇄ moved
//	         valid → expired, revoked, withdrawn, cancelled
//
// Rules has all of it as data. Every act has an officer of the issuing office,
// a reason and a clause; the holder gets a notice; the history is kept beside
// the paper. Whoever relied on it hears PaperStatusChanged.
//
// A record whose bytes do not agree with their signature is no paper at all:
// it is refused with certificates.tampered and listed as damaged, without
// content.
//
// # What a file proves
//
// Report has one line for each: the PDF signature by a trusted certificate, over
// every byte; the signature of the data inside by a trusted key; the pages say
// what the data say; and, online, the record of the issuer. The key of the data
// vouches for the whole file, because pages and data were compared when it was
// drawn; where that is missing, the pages are read and compared at the check. So
// whoever has only the key for PDF cannot put other pages round our data. Offline a revocation
// after the issue cannot be known, and Report.Online says so.
//
// A paper has other forms for programs: a token (JWS) with the metadata under
// the names of GB/T 36903 and the signed data inside, by Ed25519, ES256 or SM2
// with SM3, and the signed data alone. Tokens are made when asked for, by the
// key of that algorithm, and not kept. The signature of the data inside has to
// be good whatever signs the token, and metadata that say anything else than
// the data are refused.
//
// OFD has the pages of the PDF, read back and compared as well, the metadata as
// custom data, the signed data as an attachment and an SM2 seal; the key of the
// data vouches for the whole, as in a PDF.
//
// Every form is read back after it was signed and compared with the record
// (package promised) before anybody gets it.
//
// The signature of a rendering states the time of the issue, because a
// rendering decides nothing: so the same paper gives the same file whenever it
// is made.
//
// # Tables
//
// certificates_paper: one row a paper, with its signed data and status.
// certificates_holder: whose it is, one row a holder. certificates_act: what was
// done to it after its issue.
//
// # Facts announced
//
// PaperIssued, PaperStatusChanged.
//
// # Facts heard
//
// None.
//
// # Doors
//
// Service: IssueTx; Paper, Read, File, Bytes, OfCase, Mine, OfHolder; Check (by
// code or identifier), CheckNumber, CheckFile; Act, Acts, History; Sweep for what
// expires; UsesFile for sweeping files. Without a database: Trust, Verifier,
// VerifyFile. A server remembers papers whose signature was good, with the very
// bytes it was good for; what became of them is always read.
package certificates
