// Package jws makes and checks signed tokens (JSON Web Signature, RFC 7515):
// one signer, compact or as flattened JSON.
//
// # Purpose
//
// Whoever receives signed data wants to check them with the library that he has.
// Every language has one for this format.
//
// # How to use
//
//	t, err := jws.Sign(payload, key, "paper+jws")
//	text := t.Compact()                    // or t.JSON()
//
//	t, err := jws.Parse(file)
//	err = t.Verify(publicKey)              // t.Payload may be used now
//
// # Algorithms
//
// EdDSA with Ed25519 (RFC 8037), ES256 (RFC 7518) and SM2-SM3, a name of ours,
// because none is registered: SM2 over SM3 (GB/T 32918.2) with the identifier
// "1234567812345678", the signature r and s of 32 bytes each. The key decides
// what a token may be signed with: a token that names another algorithm, none,
// or a symmetric one is refused before any arithmetic.
//
// # Guarantees
//
//   - Every byte of a token counts: base64url without padding in its one
//     spelling, no member twice, none that is unknown, no unprotected header, no
//     "crit".
//   - No input makes Parse or Verify panic; MaxSize bounds what is read.
package jws
