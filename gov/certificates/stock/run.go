package stock

import (
	"time"

	"tongban/gov/catalogue"
	"tongban/platform/authz"
	"tongban/platform/fault"
	"tongban/platform/files"
)

// The permissions of the stock.
var (
	MayTakeIn  = authz.Define("certificates.stock.take_in", "take in the certificates that one's office issued on paper, and settle what is doubtful about them")
	MaySee     = authz.Define("certificates.stock.see", "see what was taken in of the certificates that one's office issued on paper, and what is wrong with it")
	MayRelease = authz.Define("certificates.stock.release", "release certificates that somebody else of one's office took in, and have them signed")
)

// MaxUpload is how large a file may be that is handed in through the site;
// larger ones are imported by the command.
const MaxUpload = 512 << 20

// maxCommand bounds a file that the command takes in.
const maxCommand = 16 << 30

// State is where a run is.
type State string

// The states of a run.
const (
	Mapping   State = "mapping" // the file is there, its columns are being mapped
	Queued    State = "queued"
	Running   State = "running"
	Paused    State = "paused"
	Tried     State = "tried"    // a dry run is over
	Held      State = "held"     // taken in, waiting for its release
	Released  State = "released" // records may be signed
	Issued    State = "issued"   // all that could be signed are
	Failed    State = "failed"
	Withdrawn State = "withdrawn"
)

// Job is what a run does, or did last.
type Job string

// The jobs.
const (
	Try  Job = "try" // everything but keeping
	Take Job = "take"
	Sign Job = "sign"
	Undo Job = "undo"
)

// Run is one intake of a file (导入批次).
type Run struct {
	Region     string
	ID         string
	State      State
	Job        Job
	Type       string // code of the certificate type
	TypeName   string
	Issuer     string // unified code of the authority that issued what is in the file
	IssuerName string
	Grade      string // of trust: A, B or C
	File       files.Ref
	FileName   string
	Annexes    files.Ref // archive of scans; no hash: there is none
	AnnexName  string
	Map        Map
	At         time.Time
	By         string // account
	ByName     string
	Changed    time.Time
	Released   time.Time
	ReleasedBy string // account
	Releaser   string
	Progress   Progress
	Report     Report
	Failure    catalogue.Text

	folder  string // of scans, for the command
	attempt int
	at      checkpoint
}

// Busy tells whether the run is under way.
func (r Run) Busy() bool { return r.State == Queued || r.State == Running }

// MayTakeIn tells whether the run can be taken in for real.
func (r Run) MayTakeIn() bool {
	return r.State == Tried || (r.State == Failed || r.State == Paused) && r.Job == Take
}

// MayWithdraw tells whether the run can be taken back.
func (r Run) MayWithdraw() bool {
	return r.Released.IsZero() && !r.Busy() && r.State != Withdrawn
}

// checkpoint is where a run is, kept with its records.
type checkpoint struct {
	Rows     int      `json:"rows"`   // of the file that are done
	Cursor   int      `json:"cursor"` // line of the last record that was looked at for signing
	Left     int      `json:"left"`   // how many are to be signed yet; below 0: all
	Report   Report   `json:"report"`
	Progress Progress `json:"progress"`
	Folder   string   `json:"folder,omitempty"`
}

// Report says what a run did, or would do.
type Report struct {
	Rows      int            `json:"rows"`      // looked at
	Taken     int            `json:"taken"`     // records that are held, or would be
	Repeated  int            `json:"repeated"`  // rows that say what is there already
	Conflicts int            `json:"conflicts"` // rows that say something else about a number that is there
	Rejected  int            `json:"rejected"`  // rows with an error
	Warnings  int            `json:"warnings"`
	Findings  int            `json:"findings"`
	Certain   int            `json:"certain"` // records whose holder is known for certain
	Likely    int            `json:"likely"`  // a clerk has to look
	Unknown   int            `json:"unknown"` // nobody here by that number yet
	Annexes   int            `json:"annexes"`
	Unused    int            `json:"unused,omitempty"`  // scans that no row names
	Unnamed   []string       `json:"unnamed,omitempty"` // the first of them
	Signed    int            `json:"signed"`
	Refused   int            `json:"refused"` // records that could not be signed
	Rules     map[string]int `json:"rules,omitempty"`
	By        string         `json:"by,omitempty"` // account that started the taking in
}

// Progress is how far a run is.
type Progress struct {
	Rows    int       `json:"rows"`
	Of      int       `json:"of,omitempty"` // records to sign; 0 when not known
	Bytes   int64     `json:"bytes"`
	Size    int64     `json:"size"`
	Began   int       `json:"began"` // rows when this process began
	Started time.Time `json:"started"`
	Now     time.Time `json:"now"`
}

// Share is how much is done, 0 to 1; false when it is not known.
func (p Progress) Share() (float64, bool) {
	switch {
	case p.Of > 0:
		return min(1, float64(p.Rows)/float64(p.Of)), true
	case p.Size > 0:
		return min(1, float64(p.Bytes)/float64(p.Size)), true
	}
	return 0, false
}

// Rate is how many rows a second this process does.
func (p Progress) Rate() int {
	if s := p.Now.Sub(p.Started).Seconds(); s > 0.1 {
		return int(float64(p.Rows-p.Began) / s)
	}
	return 0
}

// RecordState is where one record is.
type RecordState string

// The states of a record.
const (
	RecordHeld      RecordState = "held"
	RecordConflict  RecordState = "conflict"
	RecordIssued    RecordState = "issued"
	RecordDiscarded RecordState = "discarded"
)

// Doubt is why a clerk has to look at a record before it can be signed.
type Doubt string

// The doubts.
const (
	NoDoubt       Doubt = ""
	DoubtHolder   Doubt = "holder"   // somebody is known by the number, under another name
	DoubtConflict Doubt = "conflict" // another record has the number and says something else
	DoubtRefused  Doubt = "refused"  // it could not be signed
)

// Match is how sure it is whose a record is.
type Match string

// How sure it is.
const (
	Certain Match = "certain" // number and name agree with somebody whose identity was confirmed
	Likely  Match = "likely"  // the number agrees, the name does not
	Unknown Match = "none"
)

// Record is one certificate of the stock.
type Record struct {
	Region, Run string
	Line        int // of the file
	State       RecordState
	Draft
	Holder  string // person or organisation; "" while none is joined
	Match   Match
	Known   string // the name by which the register knows the number, when it is another one
	Doubt   Doubt
	Note    string // what the doubt is about: another line, a reason
	Annex   files.Ref
	Paper   string
	Settled string // name of the clerk who settled the doubt
	digest  string
}

// Faults of the stock.
var (
	ErrNoRun      = fault.NotFound("certificates.stock.no_run")
	ErrNoRecord   = fault.NotFound("certificates.stock.no_record")
	ErrNotNow     = fault.Conflict("certificates.stock.not_now") // the run is not in a state for that
	ErrSamePerson = fault.Forbidden("certificates.stock.same_person")
	ErrFormat     = fault.Invalid("certificates.stock.format")      // detail problem
	ErrMissing    = fault.Invalid("certificates.stock.missing")     // detail fields
	ErrGrade      = fault.Invalid("certificates.stock.grade")       // not A, B or C
	ErrIssuer     = fault.Invalid("certificates.stock.issuer")      // no unified code
	ErrIssuerName = fault.Invalid("certificates.stock.issuer_name") // that of another office; detail code
	ErrAnnexes    = fault.Invalid("certificates.stock.annexes")     // the archive of scans cannot be used; detail problem
	ErrSettled    = fault.Conflict("certificates.stock.settled")    // somebody else settled it, or the other record is signed
	ErrMapName    = fault.Invalid("certificates.stock.map_name")    // a saved mapping has a name of 1 to 60 characters
	ErrHowMany    = fault.Invalid("certificates.stock.how_many")    // between 1 and what is held
	ErrNothing    = fault.Conflict("certificates.stock.nothing")    // nothing that could be signed
	ErrFile       = fault.Internal("certificates.stock.unreadable") // the kept file cannot be read at any place
)
