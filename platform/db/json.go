package db

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"reflect"
)

// JSON carries a value of type T in a jsonb column.
type JSON[T any] struct{ V T }

// AsJSON wraps v for use as an argument.
func AsJSON[T any](v T) JSON[T] { return JSON[T]{v} }

// Value implements driver.Valuer.
func (j JSON[T]) Value() (driver.Value, error) {
	b, err := j.marshal()
	return string(b), err
}

// marshal asks values that write themselves directly: they need not be read
// over once more.
func (j JSON[T]) marshal() ([]byte, error) {
	if m, ok := any(j.V).(json.Marshaler); ok {
		if v := reflect.ValueOf(m); v.Kind() == reflect.Pointer && !v.IsNil() {
			return m.MarshalJSON()
		}
	}
	return json.Marshal(j.V)
}

// Scan implements sql.Scanner; NULL leaves the zero value.
func (j *JSON[T]) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		return nil
	case string:
		return j.unmarshal([]byte(v))
	case []byte:
		return j.unmarshal(v)
	}
	return fmt.Errorf("scan json from %T", src)
}

func (j *JSON[T]) unmarshal(b []byte) error {
	if u, ok := any(&j.V).(json.Unmarshaler); ok && string(b) != "null" {
		return u.UnmarshalJSON(b)
	}
	return json.Unmarshal(b, &j.V)
}
