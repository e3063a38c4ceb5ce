package api

import (
	"bytes"
	"context"
	"time"

	"tongban/gov/casework"
	"tongban/platform/auth"
	"tongban/platform/clock"
	"tongban/platform/fault"
	"tongban/platform/files"
	"tongban/platform/i18n"
)

// Key names a thing by region and id.
type Key struct {
	Region string `path:"region" pattern:"^[0-9]{6,12}$"`
	ID     string `path:"id" maxLength:"40"`
}

func (a Key) draft() casework.DraftID { return casework.DraftID(a.ID) }
func (a Key) kase() casework.CaseID   { return casework.CaseID(a.ID) }
func (a Key) task() casework.TaskID   { return casework.TaskID(a.ID) }

type startInput struct {
	Body struct {
		Region    string            `json:"region" pattern:"^[0-9]{6,12}$"`
		Item      string            `json:"item" maxLength:"40" doc:"Code of the item"`
		Company   string            `json:"company,omitempty" maxLength:"18" doc:"Unified code of the company applied for"`
		Person    string            `json:"person,omitempty" maxLength:"40" doc:"Counter only: whom the clerk has before him"`
		Shown     string            `json:"shown,omitempty" maxLength:"18" doc:"Counter only: the number on the document shown"`
		Situation map[string]string `json:"situation,omitempty"`
	}
}

type draftBody struct {
	Region    string                     `json:"region"`
	ID        string                     `json:"id"`
	Item      string                     `json:"item"`
	ItemName  string                     `json:"item_name"`
	Channel   string                     `json:"channel"`
	Applicant string                     `json:"applicant"`
	State     string                     `json:"state" enum:"open,submitted,discarded"`
	Version   int                        `json:"version" doc:"Send it back with the next change"`
	Situation map[string]string          `json:"situation"`
	Form      map[string]string          `json:"form"`
	Names     map[string]string          `json:"names,omitempty" doc:"Names of the answers that are codes, such as 广东省广州市天河区 for 440106; on reading and saving one draft"`
	Materials map[string]casework.Choice `json:"materials"`
	Case      string                     `json:"case,omitempty"`
	Code      string                     `json:"code,omitempty" doc:"Shown at a counter to go on there, while the draft is open"`
	Delivery  string                     `json:"delivery" enum:"online,counter,post" doc:"How the decision reaches the applicant"`
	UpdatedAt time.Time                  `json:"updated_at"`
	Missing   []missing                  `json:"missing,omitempty" doc:"What keeps it from being submitted"`
}

type missing struct {
	Field   string `json:"field"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

type draftOutput struct{ Body draftBody }

func showDraft(d casework.Draft) draftBody {
	return draftBody{Region: d.Region, ID: string(d.ID), Item: d.Item, ItemName: d.ItemName, Channel: string(d.Channel), Applicant: d.Applicant.Title(),
		State: string(d.State), Version: d.Version, Situation: kept(d.Situation), Form: kept(d.Form), Materials: kept(d.Materials), Case: string(d.Case), UpdatedAt: d.UpdatedAt, Code: openCode(d), Delivery: string(d.Delivery.How())}
}

// openCode is the code as it is shown; a closed draft has none.
func openCode(d casework.Draft) string {
	if d.State != casework.DraftOpen {
		return ""
	}
	return casework.ShowCode(d.Code)
}

// kept turns an absent map into an empty one, so that programs need not ask.
func kept[V any](m map[string]V) map[string]V {
	if m == nil {
		return map[string]V{}
	}
	return m
}

func answer(d casework.Draft, err error) (*draftOutput, error) {
	if err != nil {
		return nil, err
	}
	return &draftOutput{showDraft(d)}, nil
}

func (d Deps) startDraft(ctx context.Context, in *startInput) (*draftOutput, error) {
	b := in.Body
	if err := d.Region(ctx, "region", b.Region); fault.IsKind(err, fault.KindInvalid) {
		return nil, casework.Problems{{Field: "region", Code: "fault." + fault.Of(err).Code, Pairs: []any{"code", b.Region}}}
	} else if err != nil {
		return nil, err
	}
	return answer(d.Casework.Start(ctx, casework.Start{Region: b.Region, Item: b.Item, Company: b.Company, Person: b.Person, Shown: b.Shown, Situation: b.Situation}))
}

type draftsOutput struct {
	Body struct {
		Drafts []draftBody `json:"drafts"`
	}
}

func (d Deps) listDrafts(ctx context.Context, _ *struct{}) (*draftsOutput, error) {
	list, err := d.Casework.MyDrafts(ctx)
	if err != nil {
		return nil, err
	}
	out := &draftsOutput{}
	out.Body.Drafts = []draftBody{}
	for _, one := range list {
		out.Body.Drafts = append(out.Body.Drafts, showDraft(one))
	}
	return out, nil
}

func (d Deps) getDraft(ctx context.Context, in *Key) (*draftOutput, error) {
	found, err := d.Casework.Draft(ctx, in.Region, in.draft())
	if err != nil {
		return nil, err
	}
	problems, err := d.Casework.Check(ctx, found)
	if err != nil {
		return nil, err
	}
	out, err := d.named(ctx, found)
	if err != nil {
		return nil, err
	}
	problems.Each(func(field, code string, pairs []any) {
		out.Body.Missing = append(out.Body.Missing, missing{field, code, i18n.T(ctx, code, pairs...)})
	})
	return out, nil
}

type saveInput struct {
	Key
	Body struct {
		Version   int               `json:"version" minimum:"0" doc:"The version that the caller saw"`
		Situation map[string]string `json:"situation,omitempty"`
		Form      map[string]string `json:"form,omitempty" doc:"Only these keys change; an empty value clears the field. A field of type division takes a code or a full name and keeps the code; what is no division is refused"`
	}
}

func (d Deps) saveDraft(ctx context.Context, in *saveInput) (*draftOutput, error) {
	saved, err := d.Casework.SaveListed(ctx, in.Region, in.draft(), in.Body.Version, casework.Edit{Situation: in.Body.Situation, Form: in.Body.Form})
	if err != nil {
		return nil, err
	}
	return d.named(ctx, saved)
}

// named shows a draft with the names of its codes.
func (d Deps) named(ctx context.Context, found casework.Draft) (*draftOutput, error) {
	out := &draftOutput{showDraft(found)}
	var err error
	out.Body.Names, err = d.Casework.NamesOf(ctx, found)
	return out, err
}

func (d Deps) discardDraft(ctx context.Context, in *Key) (*struct{}, error) {
	return nil, d.Casework.Discard(ctx, in.Region, in.draft())
}

type chooseInput struct {
	Key
	Material string `path:"material" maxLength:"60"`
	Body     struct {
		Mode  string `json:"mode" enum:"file,electronic,commitment,to_follow,not_applicable"`
		Paper string `json:"paper,omitempty" maxLength:"60" doc:"Kind and source of one of the replacements of the material, such as data:population, or the code of a certificate"`
		Note  string `json:"note,omitempty" maxLength:"500"`
		// Law: 个人信息保护法 art. 14: consent is explicit, also for programs.
		Consent bool `json:"consent,omitempty" doc:"Needed with the mode electronic: the applicant agrees to the office looking up what stands in for the material, for this matter"`
	}
}

func (d Deps) chooseMaterial(ctx context.Context, in *chooseInput) (*draftOutput, error) {
	if in.Body.Mode == string(casework.Electronic) && !in.Body.Consent {
		return nil, casework.Problems{{Field: "material." + in.Material, Code: "casework.problem.consent", Pairs: []any{"name", in.Material}}}
	}
	return answer(d.Casework.Choose(ctx, in.Region, in.draft(), in.Material, casework.Mode(in.Body.Mode), in.Body.Paper, in.Body.Note))
}

type unchooseInput struct {
	Key
	Material string `path:"material" maxLength:"60"`
}

func (d Deps) unchooseMaterial(ctx context.Context, in *unchooseInput) (*draftOutput, error) {
	return answer(d.Casework.Unchoose(ctx, in.Region, in.draft(), in.Material))
}

type attachInput struct {
	Key
	Material string `path:"material" maxLength:"60"`
	Name     string `query:"name" required:"true" maxLength:"200" doc:"Name of the file as its owner calls it"`
	RawBody  []byte `contentType:"application/octet-stream"`
}

// documents are the kinds of files that applications take.
var documents = []files.Kind{files.PDF, files.JPEG, files.PNG, files.OFD}

// maxFile bounds a file sent through the interface, in bytes.
const maxFile = 20 << 20

func (d Deps) attachFile(ctx context.Context, in *attachInput) (*draftOutput, error) {
	if _, err := d.Casework.Draft(ctx, in.Region, in.draft()); err != nil {
		return nil, err // before anything is stored
	}
	ref, err := d.Files.PutNamed(ctx, in.Name, bytes.NewReader(in.RawBody), maxFile, documents)
	if err != nil {
		return nil, err
	}
	p := auth.From(ctx)
	return answer(d.Casework.Attach(ctx, in.Region, in.draft(), in.Material, casework.Attachment{Hash: ref.Hash, Name: in.Name, Size: ref.Size, Kind: string(ref.Kind),
		At: clock.System.Now(), By: p.ID, Who: p.Name}))
}

type detachInput struct {
	Key
	Material string `path:"material" maxLength:"60"`
	Hash     string `path:"hash" maxLength:"80"`
}

func (d Deps) detachFile(ctx context.Context, in *detachInput) (*draftOutput, error) {
	return answer(d.Casework.Detach(ctx, in.Region, in.draft(), in.Material, in.Hash))
}

type submitInput struct {
	Key
	Body struct {
		Version int `json:"version" minimum:"0" doc:"The version that the applicant read through; 0 is any"`
	}
}

func (d Deps) submitDraft(ctx context.Context, in *submitInput) (*caseOutput, error) {
	return answerCase(d.Casework.Submit(ctx, in.Region, in.draft(), in.Body.Version))
}
