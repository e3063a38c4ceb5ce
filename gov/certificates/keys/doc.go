// Package keys says which keys sign papers, and for whom (签发密钥、公钥清单).
//
// # Purpose
//
// A stranger who checks a paper has a list of public keys and nothing else. The
// list says of each key whose papers it signs, from when, until when and what
// became of it; from an old list he goes on to a newer one by what the keys
// themselves signed (platform/sign/ring). Offices may have keys of their own:
// then nobody else's key signs for them, and theirs for nobody else.
//
// # Law
//
// 电子签名法 art. 13: the data for making a signature belong to the signer alone
// and are under his control; art. 15, 27: who knows that they got lost says so
// and ends their use. 国令第716号 art. 9, 10: seals and certificates of offices.
//
// # Words
//
// Trust list (公钥清单), issuing key (签发密钥), successor key (接替密钥), to be
// witnessed (有记录可证): that the record had a paper before others had its key.
//
// # Life of a key
//
//	in force → retired (until a time; what it signed before stays good)
//	         → revoked (others may have it since a time; what it signed before
//	           counts when the record is a witness, or when a key in force
//	           vouches for the whole file)
//
// # Tables
//
// None.
//
// # Facts announced
//
// None.
//
// # Facts heard
//
// None.
//
// # Doors
//
// Trust, ParseTrust, TrustOf, Follow; Index with Stands; Ring, the keys of a
// node in use.
package keys
