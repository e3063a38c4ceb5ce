// Package wallets puts certificates into people's wallets and asks for them
// there (数字钱包).
//
// # Purpose
//
// A certificate that its holder carries on a device of his own, bound to a key
// that never leaves it, and shows in parts: to a counter, to a company, to
// another country, with any wallet that speaks the standards.
//
// # Law
//
// OpenID for Verifiable Credential Issuance 1.0 (pre-authorised and authorisation
// code flow), with PKCE (RFC 7636), pushed requests (RFC 9126) and the issuer in
// the answer (RFC 9207), OpenID for Verifiable Presentations 1.0, SD-JWT VC, Token Status List.
// 个人信息保护法 art. 6, 13, 14: as little as the purpose needs, and only what the
// holder himself hands over.
//
// # Words
//
// Offer (领取码): a certificate waiting to be fetched by a wallet. Credential
// (钱包凭证): a copy bound to a wallet's key. Status list (状态列表): what became of
// credentials, without telling who asks about which. Request (出示请求): what a
// verifier wants to see.
//
// # Life of a credential
//
// Offered by its holder, with a code on the screen and a number to type; fetched
// once, within ten minutes, with a proof that counts once; good as long as its certificate is: a status list,
// signed anew for whoever asks, says so.
//
// # Tables
//
// certificates_offer, certificates_credential, certificates_request.
//
// # Facts announced
//
// None.
//
// # Facts heard
//
// None: the list is made from the certificates as they are.
//
// # Doors
//
// Service: Offer, Offered, Redeem; Push, Pushed, Candidates, Consent, Deny,
// RedeemCode; Nonce, Issue, Metadata, StatusList for
// wallets; Ask, Answer, Decline, Result for verifiers.
package wallets
