package app

import (
	"crypto/sha256"

	"tongban/gov/certificates"
	"tongban/gov/certificates/wallets"
	"tongban/platform/sign"
)

// openWallets sets up what puts certificates into wallets. The secret of its
// nonces comes from the node's key, so that every process of the node has the
// same and nobody has to keep another file.
func (a *App) openWallets(trust certificates.Trust) error {
	seed, err := a.Signer.SignFor("wallet nonces", []byte("tongban wallet nonces v1"))
	if err != nil {
		return err
	}
	secret := sha256.Sum256(seed.Bytes)
	key := a.Signer.Token()
	a.Wallets = wallets.New(wallets.Deps{DB: a.DB, Clock: a.Clock, Papers: a.Certificates, Types: a.Types, Key: key, KeyID: sign.KeyID(key.Public()),
		Secret: secret[:], BaseURL: a.BaseURL, Trust: func() certificates.Trust { return trust }})
	return nil
}
