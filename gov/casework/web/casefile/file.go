package casefile

import (
	"errors"
	"net/http"

	"tongban/gov/casework"
	"tongban/gov/casework/marks"
	"tongban/platform/files"
	"tongban/platform/i18n"
	"tongban/ui"
)

// Purposes under which files are looked at; the applicant reads them in Chinese.
const (
	forFile     = "查看材料"
	forOriginal = "查看材料（上传的原文件）"
)

// Handed is a file as it was handed in: its material's way, and whose clerk saw the
// original.
type Handed struct {
	casework.Attachment
	Way    casework.Mode
	Region string
	Office string // code; "" when it is not known
}

// Find looks for a file in an application and in the answers to its requests. The
// same file may have been handed in for several materials: what it is worth most
// as counts, since what a clerk compared was these very bytes.
func Find(d casework.Draft, asked []casework.Supplement, hash string) (out Handed, ok bool) {
	see := func(way casework.Mode, list []casework.Attachment) {
		for _, a := range list {
			if a.Hash == hash && (!ok || marks.Grade(way, a) < marks.Grade(out.Way, out.Attachment)) {
				out, ok = Handed{a, way, d.Region, d.Compared(a)}, true
			}
		}
	}
	for _, ch := range d.Materials {
		see(ch.Mode, ch.Files)
	}
	for _, s := range asked {
		for _, it := range s.Items {
			see(casework.ByFile, it.Files)
		}
	}
	return out, ok
}

// File answers GET …/files/{region}/{case}/{hash}: an attachment of a case that one
// may read, with its trust grade across its pages; with ?original=1 as it came. The
// reading is on record.
func (d Desk) File(w http.ResponseWriter, r *http.Request) error {
	region, id, purpose := r.PathValue("region"), casework.CaseID(r.PathValue("case")), forFile
	if original(r) {
		purpose = forOriginal
	}
	f, err := d.Casework.Open(r.Context(), region, id, purpose)
	if err != nil {
		return err
	}
	x, ok := Find(f.Application, f.Supplements, r.PathValue("hash"))
	if !ok {
		return files.ErrMissing
	}
	return d.Hand(w, r, x, ui.Link{Text: i18n.T(r.Context(), "casefile.back_case"), Href: d.Path(region, id)})
}

func original(r *http.Request) bool { return r.URL.Query().Get("original") != "" }

// Hand hands a file out to whoever did not hand it in: marked, or as it came when
// that is asked for or its kind has no pages to mark. Files that cannot be marked
// get a page that says why and leads to them.
//
// Law: 国办函〔2016〕108号.
func (d Desk) Hand(w http.ResponseWriter, r *http.Request, x Handed, back ui.Link) error {
	ctx, download := r.Context(), r.URL.Query().Get("download") != ""
	if original(r) || !marks.Able(x.Kind) {
		ref := files.Ref{Hash: x.Hash, Size: x.Size, Kind: files.Kind(x.Kind)}
		if download {
			return d.Files.Serve(w, r, ref, x.Name)
		}
		return d.Files.Preview(w, r, ref, x.Name)
	}
	office := ""
	if x.Office != "" {
		o, err := d.Casework.Offices.Office(ctx, x.Region, x.Office)
		if err != nil && !errors.Is(err, casework.ErrNoOffice) {
			return err
		}
		office = o.Name
	}
	grade := marks.Grade(x.Way, x.Attachment)
	note := marks.Note(grade, office, x.Attachment)
	b, why, err := marks.Make(ctx, d.Files, x.Attachment, note)
	if err != nil {
		return err
	}
	if why == "" {
		files.Hand(w, files.PDF, x.Name, download, b)
		return nil
	}
	return ui.Render(w, r, http.StatusOK, ui.Page{Title: x.Name, Face: d.Face, Active: d.Active, Back: back},
		unmarkedPage(unmarkedView{Why: i18n.T(ctx, "casefile.file.unmarked."+why), Note: note, Original: r.URL.Path + "?original=1"}))
}

// unmarkedView tells why a file has no mark.
type unmarkedView struct {
	Why      string
	Note     string // what would stand there
	Original string
}
