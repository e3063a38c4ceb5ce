package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"tongban/platform/sign"
)

// ownPassphrase is where the data folder keeps the passphrase of its keys.
func (c *call) ownPassphrase() string { return filepath.Join(c.DataDir, sign.PassphraseName) }

// opener is the file whose first line opens the keys; "" is none.
func (c *call) opener() string {
	if c.PassphraseFile != "" {
		return c.PassphraseFile
	}
	if _, err := os.Stat(c.ownPassphrase()); err != nil {
		return ""
	}
	return c.ownPassphrase()
}

// sealed adds to keys that do not open what an operator does about it.
func (c *call) sealed(err error) error {
	if errors.Is(err, sign.ErrKeySealed) {
		return fmt.Errorf("%w. Put the passphrase file of this installation at %s (mode 0600), or name it with --passphrase-file; no backup holds it (docs/runbooks/lost-key.md)", err, c.ownPassphrase())
	}
	return err
}

// aboutBackup says what opens the keys in a backup.
func (c *call) aboutBackup() string {
	if len(sign.Files{Dir: filepath.Join(c.DataDir, "keys")}.Locked()) == 0 {
		return "It holds what lies in the folder keys, and nothing seals it: keep it as safe as that folder."
	}
	return fmt.Sprintf("It holds the keys of the node. Those that sign open only with %s, which is not in it: keep a copy of that file apart from the backup.", c.opener())
}

// aboutRestored says whether the keys that came out of a backup open here.
func (c *call) aboutRestored(passphrase string) string {
	keys := sign.Files{Dir: filepath.Join(c.DataDir, "keys"), Passphrase: passphrase}
	switch locked := keys.Locked(); {
	case len(locked) == 0 && passphrase == "":
		return ""
	case len(locked) == 0:
		return "The keys open with " + c.opener() + "."
	case passphrase == "":
		return fmt.Sprintf("The keys are sealed and their passphrase is not here: no backup holds it. Put the passphrase file of the installation that made the backup at %s (mode 0600), or name it with --passphrase-file; until then a start is refused (sign.key_sealed).", c.ownPassphrase())
	default:
		return fmt.Sprintf("%d keys do not open with %s: it is the passphrase of another installation. Put the right one at %s (mode 0600), or name it with --passphrase-file; until then a start is refused (sign.key_sealed).", len(locked), c.opener(), c.ownPassphrase())
	}
}

// aboutPassphrase tells whoever keeps the passphrase in the data folder what
// that does not protect from; "" when it lies elsewhere.
func (c *call) aboutPassphrase() string {
	file := c.opener()
	folder, err := filepath.Abs(c.DataDir)
	if file == "" || err != nil {
		return ""
	}
	if file, err = filepath.Abs(file); err != nil {
		return ""
	}
	if in, err := filepath.Rel(folder, file); err != nil || !filepath.IsLocal(in) {
		return ""
	}
	return fmt.Sprintf("keys: their passphrase lies beside them (%s): backups and copies of the keys are protected, a copy of the whole folder is not. Move it to where other copies are made, and name it with --passphrase-file", file)
}
