// Package sdjwt makes, shows and checks selectively disclosable tokens
// (SD-JWT, RFC 9901): the issuer signs digests, the holder decides which of
// the values behind them a verifier gets to see.
//
// # Purpose
//
// A credential that lies in somebody's wallet is shown in parts: an age
// without an address. The signature has to hold for every part.
//
// # How to use
//
//	token, err := sdjwt.Issue(sdjwt.Claims{"iss": issuer, "name": sdjwt.Hidden{Value: "…"}}, sdjwt.Options{Key: key, Type: "dc+sd-jwt"})
//	t, err := sdjwt.Parse(token)
//	shown := t.Present(func(path []string) bool { return path[0] == "name" })
//	bound, err := shown.Bind(holderKey, sdjwt.Binding{Audience: verifier, Nonce: nonce, At: now})
//	claims, err := sdjwt.Verify(bound, sdjwt.Check{Key: find, Now: now, Audience: verifier, Nonce: nonce})
//
// # Guarantees
//
//   - Verify returns only what the issuer signed: every disclosure has its digest
//     in the signed part, each exactly once (RFC 9901 §7.1).
//   - Algorithms are EdDSA and ES256; "none" and symmetric ones are refused.
//   - A token whose issuer bound it to a key (cnf) is accepted only with a
//     binding that is right for audience, nonce and time, when Check asks for one.
//   - No input makes Parse or Verify panic; sizes are bounded.
package sdjwt
