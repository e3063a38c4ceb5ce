package api

import (
	"errors"

	"tongban/gov/casework"
)

// receiverFields says which field of a request names no receiver; other errors
// pass.
func receiverFields(err error, officer string) error {
	switch {
	case errors.Is(err, casework.ErrNoOfficer) && officer == "":
		return casework.Problems{{Field: "officer", Code: "casework.problem.required"}}
	case errors.Is(err, casework.ErrNoOfficer):
		return casework.Problems{{Field: "officer", Code: "fault.casework.no_officer"}}
	case errors.Is(err, casework.ErrNoOffice):
		return casework.Problems{{Field: "office", Code: "fault.casework.no_office"}}
	}
	return err
}
