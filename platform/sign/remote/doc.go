// Package remote keeps private keys in a process of their own, which signs for
// others what it understands and nothing else.
//
// # Purpose
//
// Whoever breaks into the process that talks to everybody must not be able to
// carry keys away, nor have them sign whatever he likes, nor do so unseen. The
// signer is small, has no pages and no database, and keeps a log of every
// signature that only grows.
//
// # How to use
//
//	s, err := remote.NewServer(remote.Options{Dir: dir, Policy: policy, …}) // keys lie in DIR/keys
//	err = s.Serve(ctx, "unix:/run/tongban/signer.sock")                     // or "https://127.0.0.1:9443"
//
//	c, err := remote.Dial(remote.ClientOptions{Address: address, Dir: keys}) // a sign.Vault
//	r, err := ring.Open(sign.Options{Dir: keys, Vault: c, …})
//
// The protocol is four requests over HTTP; docs/runbooks/signer.md describes
// it for whoever attaches a hardware module.
//
// # What it understands
//
// Recognise reads from the bytes themselves what they are: data with a framed
// purpose, a token with its type, a checkpoint of a log, the attributes of a
// signature in a PDF, an electronic seal, a certificate. The Policy says which
// key may sign which of these. Statements about keys, new keys and new
// authorities are signed only while somebody on the signer's own machine has
// opened it for that (OpenFor), for a time.
//
// # Guarantees
//
//   - No private key leaves the process; no request asks for one.
//   - A signature is answered only after its line in the log is on the disk. Each
//     line has the hash of the one before; VerifyLog reads them all.
//   - A request that is sent twice is signed once: it carries an id.
//   - A certificate is signed only for a key that this signer holds.
//   - The client believes no signature that it has not checked against the
//     public key that it got first, and goes on knowing public keys while the
//     signer is away. When it is away, signing is refused at once
//     (sign.signer_away) and nothing waits with a transaction open.
package remote
