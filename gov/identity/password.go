package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// Cost of a password hash. Because: OWASP's floor for Argon2id is 19 MiB, two
// passes, one lane; more would only slow our own node down at sign-in.
const (
	argonMemory = 19 * 1024 // KiB
	argonPasses = 2
	argonLanes  = 1
	argonLength = 32
	saltLength  = 16
)

// Bounds of a password, in characters. The upper one keeps a huge body from
// being hashed.
const (
	MinPassword = 10
	MaxPassword = 128
)

// hashSlots is how many hashes run at once; more would only wait for the processor.
func hashSlots() int { return max(2, runtime.GOMAXPROCS(0)) }

// passwordProblem returns the code of what is wrong with a new password, or "".
// known are facts about the person that it must not consist of.
func passwordProblem(password string, known ...string) (code string, pairs []any) {
	n := utf8.RuneCountInString(password)
	switch {
	case password == "":
		return "identity.password.empty", []any{"min", MinPassword}
	case n < MinPassword:
		return "identity.password.short", []any{"n", n, "min", MinPassword}
	case n > MaxPassword:
		return "identity.password.long", []any{"n", n, "max", MaxPassword}
	}
	distinct := map[rune]bool{}
	for _, r := range password {
		distinct[r] = true
	}
	if len(distinct) < 5 || isRun(password) {
		return "identity.password.simple", nil
	}
	lower := strings.ToLower(password)
	for _, k := range known {
		if k = strings.ToLower(k); utf8.RuneCountInString(k) >= 6 && (strings.Contains(lower, k) || strings.Contains(k, lower)) {
			return "identity.password.personal", nil
		}
	}
	return "", nil
}

// isRun tells whether the characters only count up or down, as in 0123456789.
func isRun(s string) bool {
	var prev rune
	up, down := true, true
	for i, r := range s {
		if i > 0 {
			up = up && (r == prev+1 || prev == '9' && r == '0')
			down = down && (r == prev-1 || prev == '0' && r == '9')
		}
		prev = r
	}
	return up || down
}

// hashPassword returns the Argon2id hash in PHC form. It waits for a free slot.
func (s *Service) hashPassword(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltLength)
	rand.Read(salt)
	sum, err := s.argon(ctx, password, salt, argonPasses, argonMemory, argonLanes)
	if err != nil {
		return "", err
	}
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonPasses, argonLanes,
		b64.EncodeToString(salt), b64.EncodeToString(sum)), nil
}

// absent is a hash that no password matches; it is compared when there is no
// account, so that the time taken does not tell whether there is one.
const absent = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// checkPassword tells whether the password gives the stored hash.
func (s *Service) checkPassword(ctx context.Context, password, stored string) (bool, error) {
	if stored == "" {
		stored = absent
	}
	if utf8.RuneCountInString(password) > MaxPassword {
		return false, nil
	}
	var version int
	var memory, passes uint32
	var lanes uint8
	parts := strings.Split(stored, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, fmt.Errorf("stored password is not Argon2id")
	}
	if _, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &memory, &passes, &lanes); err != nil || version != argon2.Version {
		return false, fmt.Errorf("stored password: unknown parameters")
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	want, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(want) != argonLength {
		return false, fmt.Errorf("stored password: damaged")
	}
	got, err := s.argon(ctx, password, salt, passes, memory, lanes)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}

func (s *Service) argon(ctx context.Context, password string, salt []byte, passes, memory uint32, lanes uint8) ([]byte, error) {
	select {
	case s.hashes <- struct{}{}:
		defer func() { <-s.hashes }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey([]byte(password), salt, passes, memory, lanes, argonLength), nil
}
