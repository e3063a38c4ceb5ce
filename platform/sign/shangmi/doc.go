// Package shangmi is the Chinese commercial cryptography that signatures need:
// SM2 keys and signatures (GB/T 32918.2), the hash SM3 (GB/T 32905), and
// certificates of SM2 keys (GB/T 20518).
//
// # Purpose
//
// Electronic seals and many receivers in China accept nothing else. The
// arithmetic is that of github.com/emmansun/gmsm, which is no certified
// cryptographic module; what stands here are encodings, in one accepted
// spelling, and certificates, which the standard library cannot read for this
// curve.
//
// # How to use
//
//	key, err := shangmi.Generate()
//	sig, err := key.Sign(message)                 // DER, hashing included
//	ok := key.Verifier().Verify(message, sig)
//	cert, err := shangmi.Issue(shangmi.Template{…}, key.Verifier(), issuer, issuerKey)
//
// # Guarantees
//
//   - Signatures are made and checked with the distinguishing identifier of
//     GB/T 35276 §10, "1234567812345678".
//   - A signature has one accepted encoding: whoever changes a byte of it is
//     refused.
//   - The same key and message give the same signature: the nonce is derived
//     from both, as RFC 6979 does for ECDSA.
//   - No input makes a parser panic.
package shangmi
