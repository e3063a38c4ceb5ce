package casefile

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"tongban/gov/casework"
	"tongban/gov/casework/operations"
	"tongban/gov/catalogue/caseflow"
	"tongban/platform/auth"
	"tongban/platform/i18n"
	"tongban/platform/web"
	"tongban/ui"
)

// sentMessage is a message that was handed in on the page and refused.
type sentMessage struct {
	Name     string
	Form     url.Values
	Problems []ui.Problem
}

// MayHandIn tells whether handing a message in is worth offering. The office that
// a drawing names may be named by its name: the service decides.
func (v View) MayHandIn(ctx context.Context, a caseflow.Awaited) bool {
	if v.File.Paused {
		return false
	}
	if May(ctx, casework.MayMessage, v.File.Region, v.File.Org, a.Org) {
		return true
	}
	for _, g := range auth.From(ctx).Grants {
		if a.Org != "" && g.Org != "" && !g.Own && g.Has(casework.MayMessage.Name) {
			return true
		}
	}
	return false
}

// messageField names a control of the form of a message.
func messageField(a caseflow.Awaited, name string) string { return "message." + a.Element + "." + name }

// said is what was entered, and what is wrong with it.
func (v View) said(a caseflow.Awaited, name string) (value, problem string) {
	if v.Sent.Name != a.Name {
		return "", ""
	}
	field := messageField(a, name)
	for _, p := range v.Sent.Problems {
		if p.Field == field {
			problem = p.Text
		}
	}
	return v.Sent.Form.Get(field), problem
}

// messageControl is the control for one value of a message.
func (v View) messageControl(ctx context.Context, a caseflow.Awaited, x caseflow.Value) ui.FieldProps {
	value, problem := v.said(a, x.Name)
	f := ui.FieldProps{Name: messageField(a, x.Name), Label: x.Title, Type: ui.Text, Value: value, Error: problem, Required: true}
	switch x.Type {
	case "number":
		f.Hint = i18n.T(ctx, "casefile.message.number")
	case "date":
		f.Hint = i18n.T(ctx, "casefile.message.date")
	case "boolean":
		f.Type, f.Options = ui.Choice, []ui.Option{{Value: "true", Text: i18n.T(ctx, "casefile.message.true")}, {Value: "false", Text: i18n.T(ctx, "casefile.message.false")}}
	}
	return f
}

// messageReason is the control for where a message came from.
func (v View) messageReason(ctx context.Context, a caseflow.Awaited) ui.FieldProps {
	value, problem := v.said(a, "reason")
	return ui.FieldProps{Name: messageField(a, "reason"), Label: i18n.T(ctx, "casefile.message.reason"), Hint: i18n.T(ctx, "casefile.message.reason_hint"), Type: ui.TextArea, Value: value, Error: problem,
		Required: true, Max: 1000, Attrs: templ.Attributes{"rows": "2"}}
}

// HandIn answers POST …/cases/{region}/{id}/messages/{name} (登记收到的消息).
func (d Desk) HandIn(w http.ResponseWriter, r *http.Request) error {
	region, id := caseID(r)
	if err := Form(w, r); err != nil {
		return err
	}
	ctx, name := r.Context(), r.PathValue("name")
	list, err := d.Casework.Awaits(ctx, region, id)
	if err != nil {
		return err
	}
	in := operations.Message{Name: name, Values: map[string]string{}, Version: Version(r)}
	var wait caseflow.Awaited
	for _, a := range list {
		if a.Name == name && wait.ID == "" {
			wait = a
			in.Reason = r.PostForm.Get(messageField(a, "reason"))
			for _, x := range a.Values {
				if s := strings.TrimSpace(r.PostForm.Get(messageField(a, x.Name))); s != "" {
					in.Values[x.Name] = s
				}
			}
		}
	}
	if _, err = operations.On(d.Casework).Receive(ctx, region, id, in); err == nil {
		return web.Redirect(w, r, With(d.Path(region, id), "purpose", forMessage)+"#messages")
	}
	problems := Problems(ctx, err, map[string]string{casework.ErrNeedReason.Code: "reason", casework.ErrTooLong.Code: "reason"})
	if problems == nil {
		return d.conflict(w, r, err)
	}
	for i := range problems {
		problems[i].Field = messageField(wait, strings.TrimPrefix(problems[i].Field, "values."))
	}
	v, err := d.View(ctx, region, id, forMessage)
	if err != nil {
		return err
	}
	v.Sent = sentMessage{Name: name, Form: r.PostForm, Problems: problems}
	return d.render(w, r, http.StatusUnprocessableEntity, v, v.Asking(ctx, nil), v.NotAccepting(d.Casework.Rules, casework.Refusal{}))
}

// forMessage is the purpose under which a case is read by who hands a message in.
const forMessage = "登记收到的消息"
