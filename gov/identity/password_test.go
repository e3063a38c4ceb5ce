package identity

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tongban/gov/identity/number"
	"tongban/platform/audit"
	"tongban/platform/clock"
	"tongban/platform/db"
)

func TestPassword_hash(t *testing.T) {
	s, err := New(Deps{Key: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	h, err := s.hashPassword(t.Context(), "correct horse 8")
	if err != nil || !strings.HasPrefix(h, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("%s, %v", h, err)
	}
	if again, _ := s.hashPassword(t.Context(), "correct horse 8"); again == h {
		t.Error("two hashes share a salt")
	}
	for password, want := range map[string]bool{"correct horse 8": true, "correct horse 9": false, "": false, strings.Repeat("x", 1000): false} {
		if ok, err := s.checkPassword(t.Context(), password, h); ok != want || err != nil {
			t.Errorf("%q: %v, %v", password, ok, err)
		}
	}
	if ok, err := s.checkPassword(t.Context(), "", ""); ok || err != nil {
		t.Errorf("an account without a password opens: %v, %v", ok, err)
	}
	for _, bad := range []string{"plain", "$argon2id$v=19$m=19456,t=2,p=1$AA$AA", "$argon2id$v=18$m=1,t=1,p=1$AAAA$AAAA", "$argon2i$v=19$m=19456,t=2,p=1$AAAA$AAAA"} {
		if ok, err := s.checkPassword(t.Context(), "x", bad); ok || err == nil {
			t.Errorf("%s: %v, %v", bad, ok, err)
		}
	}
}

// Many people who sign in at once from one address all get in.
func TestSignIn_crowdFromOneAddress(t *testing.T) {
	onBoth(t, func(t *testing.T, b bench) {
		const crowd = 80 // more than one address may have failures
		r := func(i int) Registration {
			return Registration{Name: "王示例", Number: string(number.Fictional("449901", 2000+i)), Phone: "14000000501", Password: "correct horse 8"}
		}
		hash, err := b.hashPassword(t.Context(), r(0).Password)
		if err != nil {
			t.Fatal(err)
		}
		b.crowd(t, crowd, r, hash)
		b.parallel(t, crowd, func(i int) error {
			_, err := b.SignIn(t.Context(), r(i).Number, r(i).Password, Caller{Address: "10.9.9.9"})
			return err
		})
	})
}

// BenchmarkSignIn prints the rate of sign-ins in parallel as a share of the
// rate of bare password hashes, measured beside it.
func BenchmarkSignIn(b *testing.B) {
	const crowd = 64
	x := benchService(b)
	r := func(i int) Registration {
		return Registration{Name: "王示例", Number: string(number.Fictional("449901", 2000+i)), Password: "correct horse 8"}
	}
	hash, err := x.hashPassword(b.Context(), r(0).Password)
	if err != nil {
		b.Fatal(err)
	}
	x.crowd(b, crowd, r, hash)
	var bare, whole time.Duration
	for b.Loop() {
		start := clock.Start()
		x.parallel(b, crowd, func(int) error { _, err := x.checkPassword(b.Context(), "correct horse 8", hash); return err })
		bare += clock.Elapsed(start)
		start = clock.Start()
		x.parallel(b, crowd, func(i int) error {
			_, err := x.SignIn(b.Context(), r(i).Number, r(i).Password, Caller{Address: "10.9.9.9"})
			return err
		})
		whole += clock.Elapsed(start)
	}
	b.ReportMetric(float64(b.N*crowd)/whole.Seconds(), "sign-ins/s")
	b.ReportMetric(100*bare.Seconds()/whole.Seconds(), "%_of_bare_hash")
}

// BenchmarkAuthenticate prints the cost of a request's caller: remembered, and
// asked from the database, for a resident and for an officer of all sample offices.
func BenchmarkAuthenticate(b *testing.B) {
	for _, c := range []struct {
		name, role string
		forget     bool
	}{{"remembered", RoleExaminer, false}, {"asked, resident", RoleResident, true}, {"asked, 11 posts", RoleExaminer, true}} {
		b.Run(c.name, func(b *testing.B) {
			x := benchService(b)
			link := x.seeded(b)[c.role]
			secret, err := x.SignInByLink(b.Context(), link, Caller{})
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if c.forget {
					x.seen.forget()
				}
				if _, err := x.Authenticate(b.Context(), secret); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// benchService is a service on a fresh SQLite file.
func benchService(b *testing.B) bench {
	b.Helper()
	d, err := db.Open(b.Context(), "sqlite:"+filepath.Join(b.TempDir(), "bench.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { d.Close() })
	if err := d.Migrate(b.Context(), audit.Migrations(), Migrations()); err != nil {
		b.Fatal(err)
	}
	c := clock.NewFake(testStart)
	s, err := New(Deps{DB: d, Clock: c, Region: "440000", Key: make([]byte, 32), Policy: testPolicy})
	if err != nil {
		b.Fatal(err)
	}
	return bench{s, c, d}
}

func (b bench) parallel(t testing.TB, n int, f func(int) error) {
	t.Helper()
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			if err := f(i); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestLoadKey_sameOnEveryStart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "identity.key")
	first, err := LoadKey(file)
	if err != nil || len(first) != keyBytes {
		t.Fatalf("%d bytes, %v", len(first), err)
	}
	second, err := LoadKey(file)
	if err != nil || !bytes.Equal(first, second) {
		t.Errorf("another key on the second start (%v)", err)
	}
	if info, _ := os.Stat(file); info.Mode().Perm() != 0o600 {
		t.Errorf("readable by others: %v", info.Mode())
	}
	if err := os.WriteFile(file, []byte("abcd"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = LoadKey(file)
	wantErr(t, "damaged key", err, ErrKeyTooShort)
	_, err = New(Deps{Key: []byte("short")})
	wantErr(t, "short key", err, ErrKeyTooShort)
}
