package web

import "errors"

func asFields(err error, target *FieldProblems) bool { return errors.As(err, target) }
