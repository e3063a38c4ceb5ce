// Package custody shows who keeps which keys, and has them replaced by two
// people (密钥管理).
//
// # Purpose
//
// A key that nobody looks at is replaced when it is too late. Whoever is
// answerable sees each key with its history and the day on which it is due, and
// orders what is to be done; somebody else looks at the order before it is
// carried out. The keys themselves do the rest (platform/sign/ring): statements
// that the old key and the new one sign.
//
// # Law
//
// 电子签名法 art. 13: the data for making a signature belong to the signer alone;
// art. 15: they are kept with care, and whoever knows that they got lost says so.
// 密码法 art. 27: whoever runs what others depend on looks after its cryptography.
//
// # Words
//
// Order about keys (密钥指令): to replace a key or an authority, or to give an
// office keys of its own. Due (应更换日): the day on which a key has been in force
// as long as it should.
//
// # Life of an order
//
//	proposed → approved → done
//	         → rejected
//
// An order that is approved is carried out at once. When that fails, because the
// signer is away or closed for work on keys, it stays approved with the reason,
// and either of the two has it carried out later. The statement names the order,
// so that none is carried out twice, whatever crashes in between.
//
// # Tables
//
// certificates_key_order.
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
// Service: Overview, Key; Propose, Decide, Carry.
package custody
