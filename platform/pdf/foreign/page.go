package foreign

import (
	"math"

	"tongban/platform/pdf/syntax"
)

// Page is one page of a file as its reader sees it.
type Page struct {
	// Box is what is shown of it, in points: left, bottom, right, top.
	Box [4]float64
	// Turn is how far it is turned clockwise for showing: 0, 90, 180 or 270.
	Turn int

	number, gen int64
	dict        syntax.Value
}

// inherited are what a page may take from the tree above it.
type inherited struct{ media, crop, rotate syntax.Value }

func (i *inherited) from(d *syntax.Value) {
	for name, to := range map[string]*syntax.Value{"MediaBox": &i.media, "CropBox": &i.crop, "Rotate": &i.rotate} {
		if v := d.Get(name); v.Kind != syntax.Null {
			*to = v
		}
	}
}

// Pages lists the pages in their order. A page that is listed twice comes once.
func (f *File) Pages() ([]Page, error) {
	catalog, err := f.resolve(f.trailer.Get("Root"))
	if err != nil {
		return nil, err
	}
	w := walk{f: f, seen: map[int64]bool{}}
	if err := w.down(catalog.Get("Pages"), inherited{}, 0); err != nil {
		return nil, err
	}
	if len(w.out) == 0 {
		return nil, ErrBroken
	}
	return w.out, nil
}

// walk goes through the tree of pages.
type walk struct {
	f    *File
	seen map[int64]bool
	out  []Page
}

func (w *walk) down(at syntax.Value, has inherited, depth int) error {
	if at.Kind != syntax.Ref || depth > maxDepth {
		return ErrBroken
	}
	if w.seen[at.Int] {
		return nil
	}
	w.seen[at.Int] = true
	d, err := w.f.resolve(at)
	if err != nil || d.Kind == syntax.Null {
		return err
	}
	if d.Kind != syntax.Dict {
		return ErrBroken
	}
	has.from(&d)
	kids := d.Get("Kids")
	if kids.Kind == syntax.Null {
		return w.page(at, d, &has)
	}
	if kids, err = w.f.resolve(kids); err != nil {
		return err
	}
	for i := range kids.Items {
		if err := w.down(kids.Items[i], has, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (w *walk) page(at, d syntax.Value, has *inherited) error {
	if len(w.out) == maxPages {
		return ErrTooMuch
	}
	box, err := w.f.box(has.media)
	if err != nil {
		return err
	}
	if has.crop.Kind != syntax.Null {
		crop, err := w.f.box(has.crop)
		if err != nil {
			return err
		}
		cut := [4]float64{max(box[0], crop[0]), max(box[1], crop[1]), min(box[2], crop[2]), min(box[3], crop[3])}
		if cut[2] > cut[0] && cut[3] > cut[1] {
			box = cut
		}
	}
	turn, err := w.f.resolve(has.rotate)
	if err != nil {
		return err
	}
	const most = 1e6 // points: 350 metres
	if wide, high := box[2]-box[0], box[3]-box[1]; !(wide >= 1 && high >= 1 && wide <= most && high <= most) {
		return ErrBroken
	}
	p := Page{Box: box, number: at.Int, gen: int64(at.Gen), dict: d}
	if turn.Int%90 == 0 {
		p.Turn = int((turn.Int%360 + 360) % 360)
	}
	w.out = append(w.out, p)
	return nil
}

// box reads a rectangle, its corners in whatever order.
func (f *File) box(v syntax.Value) (out [4]float64, err error) {
	if v, err = f.resolve(v); err != nil {
		return out, err
	}
	if len(v.Items) != 4 {
		return out, ErrBroken
	}
	for i, x := range v.Items {
		if x, err = f.resolve(x); err != nil {
			return out, err
		}
		if x.Kind != syntax.Int && x.Kind != syntax.Real || math.Abs(x.Real) > 1e9 {
			return out, ErrBroken
		}
		out[i] = x.Real
	}
	out[0], out[2] = min(out[0], out[2]), max(out[0], out[2])
	out[1], out[3] = min(out[1], out[3]), max(out[1], out[3])
	return out, nil
}
