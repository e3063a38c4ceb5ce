package db

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Time carries a time across the border: timestamptz on PostgreSQL, sortable
// fixed-width UTC text on SQLite. The zero time is NULL.
type Time struct{ time.Time }

const layout = "2006-01-02T15:04:05.000000Z"

// At wraps t for use as an argument.
func At(t time.Time) Time { return Time{t.UTC()} }

// Value implements driver.Valuer. Fixed-width text sorts on SQLite, and
// PostgreSQL reads it as timestamptz.
func (t Time) Value() (driver.Value, error) {
	if t.IsZero() {
		return nil, nil
	}
	return t.UTC().Format(layout), nil
}

// Scan implements sql.Scanner.
func (t *Time) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		t.Time = time.Time{}
	case time.Time:
		t.Time = v.UTC()
	case string:
		return t.parse(v)
	case []byte:
		return t.parse(string(v))
	default:
		return fmt.Errorf("scan time from %T", src)
	}
	return nil
}

func (t *Time) parse(s string) error {
	p, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return fmt.Errorf("scan time: %w", err)
	}
	t.Time = p.UTC()
	return nil
}
