// Package promised reads every file of a paper back before it is handed out, and
// compares it with what was promised.
//
// # Purpose
//
// Between a record and the bytes that somebody takes home lie keys, modules,
// remote signers and memory. A certificate that leaves the house wrong cannot be
// called back. So what was made is read with the reader that will check it some
// day, and whatever is not there, or is not what the record says, is not handed
// out.
//
// # Law
//
// 国令第716号 art. 10: an electronic certificate has the force of the paper one: the
// organ answers for what it says.
//
// # Words
//
// Promise (应载内容): what a file has to say, taken from the record.
//
// # Life of a comparison
//
// Made, read back, compared, handed out. For each form: the signature by the key
// that should have signed, over every byte; the signed data of the record inside,
// byte for byte; what the key of the data says of the whole; and what the form has
// besides: metadata, pages, photographs, fields, claims.
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
// Token, PDF, OFD, Code, Credential.
package promised
