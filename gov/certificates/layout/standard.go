package layout

// Note is the small print of the shipped templates.
const Note = "本证照为电子证照，与纸质证照具有同等法律效力；以文件内的电子签名和网上查验结果为准。"

// Standard is the layout of a type that has no other: upright A4 with frame,
// particulars as rows, seal and code at the foot.
func Standard(typ string) Template {
	return Template{Type: typ, Page: Page{210, 297}, Parts: []Part{
		{Sort: Frame, X: 12, Y: 12, Wide: 186, High: 273, Size: 2.4, Color: "red", Twice: true},
		{Sort: Text, X: 30, Y: 38, Wide: 150, High: 9, Size: 14, Align: "center", Color: "grey", Text: "{issuer}"},
		{Sort: Text, X: 30, Y: 48, Wide: 150, High: 17, Size: 34, Align: "center", Bold: true, Color: "red", Title: true, Text: "{title}"},
		{Sort: Text, X: 30, Y: 66, Wide: 150, High: 7, Size: 11.5, Align: "center", Text: "{number}"},
		{Sort: Sentences, X: 30, Y: 79, Wide: 150, High: 50, Size: 13, Align: "justify"},
		{Sort: Rows, X: 30, Y: 79, Wide: 150, High: 131, Size: 12, After: true},
		{Sort: Seal, X: 127, Y: 214, Wide: 42, High: 42},
		{Sort: Text, X: 103, Y: 227, Wide: 90, High: 16, Size: 13, Align: "center", Text: "{issuer}\n{issued}"},
		{Sort: Code, X: 28, Y: 214, Wide: 40, High: 40},
		{Sort: Text, X: 22, Y: 254, Wide: 62, High: 9, Size: 8.5, Align: "center", Color: "grey", Text: "查验码 {code}\n{check}"},
		{Sort: Text, X: 30, Y: 269, Wide: 150, High: 9, Size: 8.5, Align: "center", Color: "grey", Text: Note},
	}}
}

// Lying is upright Standard turned: A4 on its side, for licences that hang on a
// wall.
func Lying(typ string) Template {
	return Template{Type: typ, Page: Page{297, 210}, Parts: []Part{
		{Sort: Frame, X: 10, Y: 10, Wide: 277, High: 190, Size: 2.4, Color: "red", Twice: true},
		{Sort: Text, X: 40, Y: 24, Wide: 217, High: 17, Size: 34, Align: "center", Bold: true, Color: "red", Title: true, Text: "{title}"},
		{Sort: Text, X: 40, Y: 42, Wide: 217, High: 7, Size: 11.5, Align: "center", Text: "{number}"},
		{Sort: Rows, X: 24, Y: 54, Wide: 150, High: 118, Size: 12},
		{Sort: Sentences, X: 184, Y: 54, Wide: 88, High: 44, Size: 12, Align: "justify"},
		{Sort: Code, X: 206, Y: 100, Wide: 42, High: 42},
		{Sort: Text, X: 184, Y: 142, Wide: 88, High: 9, Size: 8.5, Align: "center", Color: "grey", Text: "查验码 {code}\n{check}"},
		{Sort: Seal, X: 208, Y: 152, Wide: 38, High: 38},
		{Sort: Text, X: 184, Y: 163, Wide: 88, High: 16, Size: 13, Align: "center", Text: "{issuer}\n{issued}"},
		{Sort: Text, X: 24, Y: 181, Wide: 150, High: 9, Size: 8.5, Color: "grey", Text: Note},
	}}
}

// WithPhoto is Standard with a photograph beside the particulars.
func WithPhoto(typ, field string) Template {
	t := Standard(typ)
	for i := range t.Parts {
		if t.Parts[i].Sort == Rows || t.Parts[i].Sort == Sentences {
			t.Parts[i].Wide = 108
		}
	}
	t.Parts = append(t.Parts, Part{Sort: Photo, X: 145, Y: 82, Wide: 35, High: 49, Field: field})
	return t
}
