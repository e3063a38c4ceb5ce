// Package sign makes and checks signatures: over bytes, over checkpoints of a
// log, and inside PDF files.
//
// # Purpose
//
// A paper that leaves the house must prove by itself who issued it and that no
// byte was changed since, to anybody, also without a network. A log must be
// able to show its state so that it cannot be taken back later.
//
// # How to use
//
//	s, err := sign.LoadOrCreate(dir, "node")      // keys are made on first start
//	signed, err := s.SignPDF(file, sign.PDFSignature{Reason: "签发", At: now})
//	report, err := sign.VerifyPDF(signed, s.Roots()) // err is a *fault.Fault, see below
//
//	sig := s.Sign(message)                        // detached, over any bytes
//	ok := sign.Verify(s.PublicKey(), message, sig)
//
//	text, err := s.SignNote("origin\n42\nroot\n") // as golang.org/x/mod/sumdb/note
//	n, err := note.Open(text, note.VerifierList(s.NoteVerifier()))
//
// A service that checks many files keeps a Verifier, which remembers the
// certificates it has already followed to a root.
//
// # Keys
//
// Every name has four keys: Ed25519 for bytes and checkpoints, ECDSA P-256 with
// a certificate for PDF files, ECDSA P-256 for tokens in wallets, SM2 with a
// certificate for electronic seals. Certificates are issued by an authority whose
// key lies in the same directory (name "ca", and "ca.sm2" for SM2, because a chain
// has one algorithm); others trust it by its files ca.pem and ca.sm2.pem. Private keys are files of mode 0600, and a key file that others may
// read is refused. With a passphrase (Options.Passphrase, or the environment
// variable TONGBAN_KEY_PASSPHRASE for LoadOrCreate) they are sealed with
// AES-256-GCM under a key derived by Argon2id. Without a passphrase they are
// stored in the clear: whoever can read the directory can sign. OwnPassphrase
// makes a new folder a passphrase of its own, beside the keys and not among them.
//
// An authority that was replaced (package ring) has another name, such as "ca-1".
//
// Keys in software are not a certified cryptographic module. They may lie in a
// process of their own (package remote). The seam for a
// hardware module or another signing service is KeyHolder: three methods, of which Sign takes the whole message,
// because SM2 and Ed25519 do not sign a bare digest. A new algorithm adds a
// line to the table of suites in suite.go; a new place for keys is passed to
// New in place of the files.
//
// # Format of a signed PDF
//
// A signature is an incremental update (ISO 32000-1 §12.8) with SubFilter
// ETSI.CAdES.detached and a CMS of the baseline B-B (ETSI EN 319 142-1): SHA-256
// over everything but the signature itself, the ESS signing-certificate-v2
// attribute, no signing-time attribute. The time is the entry M, which the
// signer states; a time-stamp authority is not used.
//
// # Guarantees
//
//   - The last signature must cover the whole file. Bytes appended later are
//     refused (sign.appended), however the appended update looks.
//   - Every byte of a signed file matters: those outside the signature through
//     the digest, those inside because only one spelling of it is accepted.
//   - No input makes VerifyPDF panic. It refuses with a fault that has one of
//     the codes listed in refusal.go.
//   - The same input, key and time give the same signature (RFC 6979, RFC 8032).
//   - Signatures over bytes, for different purposes and over checkpoints cannot
//     be taken for one another.
package sign
