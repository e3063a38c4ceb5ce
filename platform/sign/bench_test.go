package sign

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"testing"
)

func BenchmarkSignPDF(b *testing.B) {
	s := openTest(b, b.TempDir(), "node", today)
	file := paper(b)
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		signTest(b, s, file)
	}
}

func BenchmarkVerifyPDF(b *testing.B) {
	s := openTest(b, b.TempDir(), "node", today)
	file := signTest(b, s, paper(b))
	v := NewVerifier(s.Roots())
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		if _, err := v.PDF(file); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBareVerify is the floor for BenchmarkVerifyPDF: hash the same file
// and check one ECDSA signature.
func BenchmarkBareVerify(b *testing.B) {
	s := openTest(b, b.TempDir(), "node", today)
	file := signTest(b, s, paper(b))
	sum := sha256.Sum256(file)
	sig, err := s.paper.Sign(file)
	if err != nil {
		b.Fatal(err)
	}
	pub := s.paper.Public().(*ecdsa.PublicKey)
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		sum = sha256.Sum256(file)
		if !ecdsa.VerifyASN1(pub, sum[:], sig) {
			b.Fatal("bare verify")
		}
	}
}

func BenchmarkSignData(b *testing.B) {
	s := openTest(b, b.TempDir(), "node", today)
	msg := make([]byte, 1000)
	for b.Loop() {
		if _, err := s.Sign(msg); err != nil {
			b.Fatal(err)
		}
	}
}
