package certificates

import (
	"encoding/json"
	"errors"
	"time"

	"tongban/platform/pdf/content"
)

// The signed data travel inside the PDF as an attachment that any viewer
// shows, so that a paper proves itself twice: as a file and as data.
const (
	envelopeName   = "paper.json"
	envelopeType   = "application/json"
	envelopeFormat = "tongban-paper-v1"
	envelopeWords  = "签名数据 (signed data of this paper)"
)

// envelope holds the bytes that were signed, as they were signed.
type envelope struct {
	Format    string `json:"format"`
	Key       string `json:"key"`
	Signature []byte `json:"signature"`
	Data      string `json:"data"`
}

func enclose(pdf []byte, e envelope, at time.Time) ([]byte, error) {
	e.Format = envelopeFormat
	b, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	return content.Attach(pdf, content.Attachment{Name: envelopeName, Type: envelopeType, Description: envelopeWords, Data: b, At: at})
}

// errNoData says that a PDF carries no data of ours.
var errNoData = errors.New("no signed data inside")

func enclosed(pdf []byte) (envelope, error) {
	var e envelope
	b, err := content.Attached(pdf, envelopeName)
	if err != nil {
		return e, errors.Join(errNoData, err)
	}
	if err := json.Unmarshal(b, &e); err != nil || e.Format != envelopeFormat {
		return e, errors.Join(errNoData, err)
	}
	return e, nil
}
