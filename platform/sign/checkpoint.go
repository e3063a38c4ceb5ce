package sign

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"

	"golang.org/x/mod/sumdb/note"
)

// noteAlgorithm is Ed25519 in the numbering of golang.org/x/mod/sumdb/note.
const noteAlgorithm = 1

// noteKey signs and checks notes with the Ed25519 key.
type noteKey struct {
	name string
	hash uint32
	pub  ed25519.PublicKey
	key  KeyHolder
}

func (s *Signer) noteKey() noteKey {
	pub := s.PublicKey()
	return noteKey{s.name, noteHash(s.name, pub), pub, s.data}
}

func noteHash(name string, pub ed25519.PublicKey) uint32 {
	h := sha256.New()
	h.Write([]byte(name + "\n"))
	h.Write([]byte{noteAlgorithm})
	h.Write(pub)
	return binary.BigEndian.Uint32(h.Sum(nil))
}

func (k noteKey) Name() string                    { return k.name }
func (k noteKey) KeyHash() uint32                 { return k.hash }
func (k noteKey) Sign(msg []byte) ([]byte, error) { return k.key.Sign(msg) }
func (k noteKey) Verify(msg, sig []byte) bool     { return ed25519.Verify(k.pub, msg, sig) }

// NoteSigner signs notes, such as checkpoints of a log.
func (s *Signer) NoteSigner() note.Signer { return s.noteKey() }

// NoteVerifier checks notes that NoteSigner signed.
func (s *Signer) NoteVerifier() note.Verifier { return s.noteKey() }

// NoteVerifierOf checks notes that a key of that name signed.
func NoteVerifierOf(name string, pub ed25519.PublicKey) note.Verifier {
	return noteKey{name: name, hash: noteHash(name, pub), pub: pub}
}

// VerifierKey is the public key as note.NewVerifier reads it, for publication.
func (s *Signer) VerifierKey() string {
	k := s.noteKey()
	return fmt.Sprintf("%s+%08x+%s", k.name, k.hash,
		base64.StdEncoding.EncodeToString(append([]byte{noteAlgorithm}, k.pub...)))
}

// SignNote signs a text that ends with a line end.
func (s *Signer) SignNote(text string) ([]byte, error) {
	return note.Sign(&note.Note{Text: text}, s.NoteSigner())
}
