package feel

import (
	"tongban/platform/dmn/feel/builtin"
	"tongban/platform/dmn/feel/value"
)

// The values of the language, its types and what an evaluation carries along. They
// are described in package value and named here so that one import is enough.
type (
	Value         = value.Value
	Number        = value.Number
	Date          = value.Date
	Time          = value.Time
	DateTime      = value.DateTime
	Zone          = value.Zone
	DayDuration   = value.DayDuration
	MonthDuration = value.MonthDuration
	Context       = value.Context
	Range         = value.Range
	Function      = value.Function
	Param         = value.Param
	Type          = value.Type
	Kind          = value.Kind
	Constraint    = value.Constraint
	Run           = value.Run
	Limits        = value.Limits
)

// The kinds of the language; see package value.
const (
	KindAny           = value.KindAny
	KindNull          = value.KindNull
	KindNumber        = value.KindNumber
	KindString        = value.KindString
	KindBoolean       = value.KindBoolean
	KindDate          = value.KindDate
	KindTime          = value.KindTime
	KindDateTime      = value.KindDateTime
	KindDayDuration   = value.KindDayDuration
	KindMonthDuration = value.KindMonthDuration
	KindList          = value.KindList
	KindContext       = value.KindContext
	KindRange         = value.KindRange
	KindFunction      = value.KindFunction
)

// Functions of package value under the name of the language; see there.
var (
	Builtin       = builtin.Lookup
	KindOf        = value.KindOf
	Int           = value.Int
	Float         = value.Float
	ParseNumber   = value.ParseNumber
	ParseDate     = value.ParseDate
	ParseTime     = value.ParseTime
	ParseDateTime = value.ParseDateTime
	ParseDuration = value.ParseDuration
	NewContext    = value.NewContext
	NewRun        = value.NewRun
	BasicType     = value.BasicType
	FromGo        = value.FromGo
	ToGo          = value.ToGo
	Text          = value.Text
	ErrBudget     = value.ErrBudget
	ErrDepth      = value.ErrDepth
)
