package sign

import "tongban/platform/fault"

// Why a file or signature is refused. The codes are stable; errors.Is compares
// them.
var (
	// ErrNotPDF: the bytes are not a PDF, or too broken to read.
	ErrNotPDF = fault.Invalid("sign.not_pdf")
	// ErrNotSigned: a readable PDF without a signature.
	ErrNotSigned = fault.Invalid("sign.not_signed")
	// ErrTampered: a signature is there, but not over these bytes.
	ErrTampered = fault.Invalid("sign.tampered")
	// ErrAppended: the signature is over an earlier state of the file; something
	// was added after it.
	ErrAppended = fault.Invalid("sign.appended")
	// ErrTruncated: the end of the file is missing.
	ErrTruncated = fault.Invalid("sign.truncated")
	// ErrPartial: the signature leaves bytes out that it ought to cover.
	ErrPartial = fault.Invalid("sign.partial")
	// ErrUnknownIssuer: the signer's certificate does not lead to a trusted root.
	ErrUnknownIssuer = fault.Invalid("sign.unknown_issuer")
	// ErrCertificateTime: the certificate was not valid at the time of signing.
	ErrCertificateTime = fault.Invalid("sign.certificate_time")
	// ErrUnsupported: a construction or algorithm that is not read here.
	ErrUnsupported = fault.Invalid("sign.unsupported")
	// ErrTooLarge: the signature does not fit in the room kept for it, or the
	// file is larger than this package reads.
	ErrTooLarge = fault.Invalid("sign.too_large")

	// ErrKeyOpen: a key file can be read by others than its owner.
	ErrKeyOpen = fault.Internal("sign.key_open")
	// ErrKeySealed: a key file is sealed and the passphrase is missing or wrong.
	ErrKeySealed = fault.Internal("sign.key_sealed")
	// ErrKeyDamaged: a key or certificate file cannot be read.
	ErrKeyDamaged = fault.Internal("sign.key_damaged")
	// ErrNoKey: a private key that ought to be there is not.
	ErrNoKey = fault.Internal("sign.no_key")
	// ErrName: a name of a key, purpose or note that cannot be used.
	ErrName = fault.Invalid("sign.name")
)
