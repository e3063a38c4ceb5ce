// Package ring keeps the keys of a node with their history: which key signed
// when, which one followed it, and who said so.
//
// # Purpose
//
// Keys get lost, get known, or are simply to be replaced every few years. What
// was signed before has to stay good, what is signed with a key after its end
// must not, and whoever keeps an old list of keys has to be able to go on to a
// newer one without believing whoever hands it to him.
//
// # How to use
//
//	r, err := ring.Open(sign.Options{Dir: dir, Name: "node", …}) // the first keys are made on first start
//	s, err := r.Signer(party)                // signs for whoever has keys of his own, else with the node's
//	_, err = r.Rotate(ring.Order{Role: ring.Data, Reason: why, Record: checkpoints})
//	_, err = r.Join(party, name, why)        // keys of his own
//	list := r.Known()                        // keys and statements, for publication
//	newer, err := older.Follow(statements)   // from anywhere
//	audit.Verify(ctx, d, r.Record())         // checkpoints by all keys of the node
//
// Without a private key: Look opens what is known, Propose, Sign and Finish
// are a ceremony of keyholders.
//
// # Statements
//
// A statement ends a key, begins one, or names keyholders. Statements are a
// chain, each with the hash of the one before. One is believed when signed by
// the key that ends, by the key for data of the same party or of the node, or by
// so many keyholders together as their quorum says; every key that begins signs
// as well. A key for data of the node that counts as known to others can only
// be replaced by the keyholders: it could say anything of itself. An authority
// of certificates gives its place to another by a succession, which it signs
// together with the key for data of the node. What became
// of the keys is not written down but follows from the statements, whenever
// they are read.
//
// # Guarantees
//
//   - Private keys stay in the vault (sign.Vault); the register has none.
//   - The register is replaced as a whole. A crash before leaves the old keys in
//     force and a key that nobody uses.
//   - Another process that replaces a key is noticed at the next signature. The
//     old key ends Lead after the statement, so that what was begun is in time.
//   - Two keys with one id, a key under another role or party, a statement that
//     is cut, changed, left out or put elsewhere are refused.
package ring
