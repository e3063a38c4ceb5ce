package portraits

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	_ "image/png" // pictures of screens and scanners
	"io"
	"sync"

	"tongban/platform/exif"
	"tongban/platform/fault"
	"tongban/platform/files"
)

// What is asked of a portrait, in pixels. The smallest is a photograph of one
// inch, 25 mm by 35 mm at 300 dots an inch; the largest is what a certificate
// prints of it, 35 mm by 49 mm at 400.
const (
	MinWide, MinHigh = 295, 413
	maxWide, maxHigh = 551, 772
	maxPixels        = 24_000_000
	maxFile          = 20 << 20 // bytes
	quality          = 88
)

// Shapes that are taken: width to height. A photograph of one inch has 0.71, one
// for identity cards 0.81.
const narrowest, widest = 0.65, 0.85

// Why a picture is refused. Details name what it has.
var (
	ErrUnreadable = fault.Invalid("casework.portrait.unreadable") // no JPEG or PNG
	ErrSmall      = fault.Invalid("casework.portrait.small")      // details wide, high
	ErrLarge      = fault.Invalid("casework.portrait.large")      // more pixels than are taken
	ErrShape      = fault.Invalid("casework.portrait.shape")      // not upright, or too narrow; details wide, high
)

// one is made fit at a time: a decoded picture takes a hundred megabytes.
var one sync.Mutex

// Fit gives a portrait as it is kept: JPEG, upright, of bounded size, nothing in
// it but pixels. What is fit already is given back as it is.
func Fit(b []byte) ([]byte, error) {
	c, format, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return nil, ErrUnreadable.Because(err)
	}
	turn := 1
	if format == "jpeg" {
		turn = exif.Turn(b)
	}
	wide, high := c.Width, c.Height
	if turn > 4 {
		wide, high = high, wide
	}
	shape := float64(wide) / float64(max(high, 1))
	switch {
	case wide*high > maxPixels || wide > 1<<15 || high > 1<<15:
		return nil, ErrLarge
	case shape < narrowest || shape > widest:
		return nil, ErrShape.With("wide", wide).With("high", high)
	case wide < MinWide || high < MinHigh:
		return nil, ErrSmall.With("wide", wide).With("high", high)
	case format == "jpeg" && wide <= maxWide && high <= maxHigh && bare(b) && plain(c.ColorModel):
		return b, nil
	}
	one.Lock()
	defer one.Unlock()
	img, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, ErrUnreadable.Because(err)
	}
	flat := image.NewRGBA(image.Rect(0, 0, c.Width, c.Height))
	draw.Draw(flat, flat.Rect, image.White, image.Point{}, draw.Src) // behind what a PNG leaves clear
	draw.Draw(flat, flat.Rect, img, img.Bounds().Min, draw.Over)
	var out bytes.Buffer
	err = jpeg.Encode(&out, scaled(turned(flat, turn)), &jpeg.Options{Quality: quality})
	return out.Bytes(), err
}

func plain(m color.Model) bool { return m == color.GrayModel || m == color.YCbCrModel }

// scaled makes a picture as small as it is kept: every pixel is the average of
// those that it stands for.
func scaled(from *image.RGBA) *image.RGBA {
	w, h := from.Rect.Dx(), from.Rect.Dy()
	scale := min(1, float64(maxWide)/float64(w), float64(maxHigh)/float64(h))
	if scale == 1 {
		return from
	}
	wide, high := max(int(float64(w)*scale), MinWide), max(int(float64(h)*scale), MinHigh)
	to := image.NewRGBA(image.Rect(0, 0, wide, high))
	for y := range high {
		top, bottom := y*h/high, max((y+1)*h/high, y*h/high+1)
		for x := range wide {
			left, right := x*w/wide, max((x+1)*w/wide, x*w/wide+1)
			var r, g, b, n int
			for v := top; v < bottom; v++ {
				for p := from.PixOffset(left, v); p < from.PixOffset(right, v); p += 4 {
					r, g, b, n = r+int(from.Pix[p]), g+int(from.Pix[p+1]), b+int(from.Pix[p+2]), n+1
				}
			}
			to.SetRGBA(x, y, color.RGBA{uint8(r / n), uint8(g / n), uint8(b / n), 255})
		}
	}
	return to
}

// Store keeps files by their digest. *files.Store is one.
type Store interface {
	Open(hash string) (io.ReadSeekCloser, error)
	Put(ctx context.Context, r io.Reader, limit int64, accept []files.Kind) (files.Ref, error)
}

// Desk makes kept files fit.
type Desk struct{ Store Store }

// Fit makes a kept picture fit and keeps that; what is fit already stays.
func (d Desk) Fit(ctx context.Context, hash string) (files.Ref, error) {
	f, err := d.Store.Open(hash)
	if err != nil {
		return files.Ref{}, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err != nil {
		return files.Ref{}, err
	}
	fit, err := Fit(b)
	if err != nil {
		return files.Ref{}, err
	}
	if bytes.Equal(fit, b) {
		return files.Ref{Hash: hash, Size: int64(len(b)), Kind: files.JPEG}, nil
	}
	return d.Store.Put(ctx, bytes.NewReader(fit), maxFile, []files.Kind{files.JPEG})
}
