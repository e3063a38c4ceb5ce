// Package credential reads certificates as wallets hold them: signed tokens whose
// holder may withhold what is nobody's business (SD-JWT VC), and the signed lists
// that say what became of them (Token Status List).
//
// # Purpose
//
// A token from a wallet comes over OpenID4VP to an officer, as a file to the page
// for checking, or from another installation. All of them read it here, in one
// way, and refuse it for the same reasons.
//
// # Law
//
// 国务院关于在线政务服务的若干规定 (国令第716号) art. 10: an electronic certificate counts
// like the one on paper. 个人信息保护法 art. 6: whoever looks at it sees as little as
// his purpose needs.
//
// # Words
//
// Credential (钱包证照): a certificate in a wallet. Withheld (未出示): said by the
// issuer and not shown by the holder. Status list (状态清单): signed bits, a place
// for each credential, that names nobody.
//
// # Life of a credential
//
// Issued by package wallets for one key of one wallet; shown; checked here. What
// becomes of the certificate stands at its place of the status list.
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
// Looks and Key before anything is checked; Open checks a token; ReadList and
// List.Of for what became of it.
package credential
