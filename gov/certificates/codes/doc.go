// Package codes writes what a QR code on a certificate says, signed, so that it
// is verified with no network, and reads it again.
//
// # Purpose
//
// A printed certificate is checked where there is no network: in a cellar, in a
// village, at a roadside. A code that holds only an address proves nothing there.
// So the code holds the address and, after a #, the claims with their signature:
// a telephone opens the address and sends the rest to nobody; a program without
// network reads the rest.
//
// # Law
//
// 国令第716号 art. 10: an electronic certificate has the force of the paper one.
//
// # Words
//
// Claims (声明): what a certificate says, in short. Letters (编码): the forty-three
// characters that both codes and the part of an address after # may hold.
//
// # Life of a code
//
// The claims are JSON in one spelling; they are signed, packed (RFC 1951) and
// written in letters, three for two bytes, behind a key id and the signature. A
// version 24 code with low redundancy, which a printer draws in 40 mm with
// modules of a third of a millimetre, holds about 1,060 bytes: claims of about
// 1,900 bytes of Chinese JSON. Longer ones leave out the fields; if that is too
// long still, the code has the address and a digest of the signed data, which
// prove nothing without a network, and the page says so.
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
// Claims.Sign, Claims.Bare, Digest; Looks, Open. New, Is, Clean and Show are the
// twelve characters that people type.
package codes
