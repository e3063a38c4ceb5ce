package api

import (
	"context"
	"time"

	"tongban/gov/casework/copies"
)

type copyInput struct {
	Key
	Body struct {
		Office  string `json:"office" maxLength:"18"`
		Officer string `json:"officer,omitempty" maxLength:"40" doc:"Account; empty informs the office"`
		Note    string `json:"note,omitempty" maxLength:"1000"`
	}
}

func (d Deps) copyCase(ctx context.Context, in *copyInput) (*caseOutput, error) {
	return answerCase(d.Casework.Copy(ctx, in.Region, in.kase(), in.Body.Office, in.Body.Officer, in.Body.Note))
}

type copyBody struct {
	Region     string    `json:"region"`
	ID         string    `json:"id"`
	Case       string    `json:"case"`
	CaseNumber string    `json:"case_number"`
	ItemName   string    `json:"item_name"`
	Office     string    `json:"office"`
	Officer    string    `json:"officer,omitempty"`
	By         string    `json:"by"`
	Note       string    `json:"note,omitempty"`
	SentAt     time.Time `json:"sent_at"`
	ReadAt     time.Time `json:"read_at,omitzero"`
}

func showCopy(c copies.Copy) copyBody {
	return copyBody{c.Region, c.ID, string(c.Case), c.CaseNumber, c.ItemName, c.Org, c.Account, c.ByName, c.Note, c.SentAt, c.ReadAt}
}

type copiesInput struct {
	Unread bool `query:"unread"`
	Paging
}

type copiesOutput struct {
	Body struct {
		Copies []copyBody `json:"copies"`
		Next   string     `json:"next"`
	}
}

func (d Deps) listCopies(ctx context.Context, in *copiesInput) (*copiesOutput, error) {
	page, err := d.Casework.Copies.Inbox(ctx, in.Unread, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &copiesOutput{}
	out.Body.Copies, out.Body.Next = []copyBody{}, page.Next
	for _, c := range page.Copies {
		out.Body.Copies = append(out.Body.Copies, showCopy(c))
	}
	return out, nil
}

type copyOutput struct{ Body copyBody }

func (d Deps) readCopy(ctx context.Context, in *Key) (*copyOutput, error) {
	c, err := d.Casework.Copies.Read(ctx, in.Region, in.ID)
	if err != nil {
		return nil, err
	}
	return &copyOutput{showCopy(c)}, nil
}
