package api

import (
	"context"

	"tongban/gov/casework/operations"
)

type awaitedValue struct {
	Name  string `json:"name"`
	Title string `json:"title" doc:"What the drawing calls it"`
	Type  string `json:"type" enum:"text,number,boolean,date"`
}

type awaitedBody struct {
	Name   string         `json:"name"`
	Title  string         `json:"title" doc:"What the drawing calls it"`
	Office string         `json:"office,omitempty" doc:"May hand it in besides the office in charge"`
	Values []awaitedValue `json:"values"`
	Stops  bool           `json:"stops" doc:"This part of the flow goes no further without it"`
}

type awaitedOutput struct {
	Body struct {
		Messages []awaitedBody `json:"messages"`
	}
}

func (d Deps) listMessages(ctx context.Context, in *Key) (*awaitedOutput, error) {
	list, err := d.Casework.Awaits(ctx, in.Region, in.kase())
	if err != nil {
		return nil, err
	}
	out := &awaitedOutput{}
	out.Body.Messages = []awaitedBody{}
	for _, a := range list {
		b := awaitedBody{Name: a.Name, Title: a.Title, Office: a.Org, Values: []awaitedValue{}, Stops: a.Stops}
		for _, v := range a.Values {
			b.Values = append(b.Values, awaitedValue{v.Name, v.Title, v.Type})
		}
		out.Body.Messages = append(out.Body.Messages, b)
	}
	return out, nil
}

type messageInput struct {
	Key
	Name string `path:"name" maxLength:"200" doc:"Of the message, as the flow calls it"`
	Body struct {
		Values  map[string]string `json:"values,omitempty" doc:"As text: 2.5, true, 2026-12-01; exactly those that the flow declares"`
		Reason  string            `json:"reason" maxLength:"1000" doc:"Where it came from; it stays on record"`
		Version int               `json:"version,omitempty" minimum:"0" doc:"The version of the case that the caller saw; 0 is any"`
	}
}

func (d Deps) handInMessage(ctx context.Context, in *messageInput) (*caseOutput, error) {
	return answerCase(d.ops().Receive(ctx, in.Region, in.kase(), operations.Message{Name: in.Name, Values: in.Body.Values, Reason: in.Body.Reason, Version: in.Body.Version}))
}
