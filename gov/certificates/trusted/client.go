package trusted

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"tongban/gov/certificates"
	"tongban/platform/id"
	"tongban/platform/jws"
)

// askLimit is how long somebody waits for another node; clockSkew is how far
// the clocks of two nodes may be apart.
const (
	askLimit  = 4 * time.Second
	clockSkew = 5 * time.Minute
	maxAnswer = 256 << 10
	maxList   = 4 << 20
)

// The open addresses of a node.
const (
	FilePath    = "/.well-known/tongban-node.jws"
	ListPath    = "/.well-known/tongban-nodes.jws"
	AnswersPath = "/api/v1/paper-answers"
)

// newClient asks other nodes: briefly, and nobody but them.
func newClient() *http.Client {
	return &http.Client{Timeout: askLimit, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// fetch does one request and reads a bounded answer.
func (s *Service) fetch(ctx context.Context, method, address string, body []byte, limit int64) ([]byte, error) {
	ctx, stop := context.WithTimeout(ctx, askLimit)
	defer stop()
	r, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, ErrUnreachable.Because(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	w, err := s.HTTP.Do(r)
	if err != nil {
		return nil, ErrUnreachable.Because(err)
	}
	defer w.Body.Close()
	b, err := io.ReadAll(io.LimitReader(w.Body, limit+1))
	switch {
	case err != nil:
		return nil, ErrUnreachable.Because(err)
	case w.StatusCode != http.StatusOK:
		return nil, ErrUnreachable.Because(fmt.Errorf("status %d", w.StatusCode))
	case int64(len(b)) > limit:
		return nil, ErrAnswer.Because(errors.New("too long"))
	}
	return b, nil
}

// ask asks a node about a paper of its own. Only an answer that it signed to
// this very question counts.
func (s *Service) ask(ctx context.Context, n Node, q certificates.Question) (certificates.Answer, error) {
	q.Nonce = id.Secret(16)
	body, err := json.Marshal(q)
	if err != nil {
		return certificates.Answer{}, err
	}
	raw, err := s.fetch(ctx, http.MethodPost, n.Site+AnswersPath, body, maxAnswer)
	if err != nil {
		return certificates.Answer{}, err
	}
	var out struct {
		Answer string `json:"answer"`
	}
	if err := json.Unmarshal(raw, &out); err != nil {
		return certificates.Answer{}, ErrAnswer.Because(err)
	}
	return s.readAnswer(n, q.Nonce, out.Answer)
}

func (s *Service) readAnswer(n Node, nonce, text string) (a certificates.Answer, err error) {
	t, err := jws.Parse([]byte(text))
	if err != nil {
		return a, ErrAnswer.Because(err)
	}
	if err := json.Unmarshal(t.Payload, &a); err != nil {
		return a, ErrAnswer.Because(err)
	}
	if err := signedBy(t, n.Trust, a.At); err != nil || t.Type != certificates.AnswerType {
		return certificates.Answer{}, ErrAnswer.Because(fmt.Errorf("type %q: %w", t.Type, err))
	}
	age := s.Clock.Now().Sub(a.At)
	switch {
	case a.Format != certificates.AnswerFormat, a.Nonce != nonce, age > clockSkew, age < -clockSkew:
		return a, ErrAnswer.Because(fmt.Errorf("answer of %s to another question", a.At))
	case a.Known && (a.Report == nil || a.Report.Paper == nil || a.Report.Recognised != nil):
		return a, ErrAnswer.Because(errors.New("an answer without a paper of its own"))
	}
	return a, nil
}
