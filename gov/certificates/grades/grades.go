package grades

// Grade is how far a paper can be relied on.
type Grade string

// The grades.
const (
	A Grade = "A" // issued by the authority
	B Grade = "B" // compared with the original by a clerk
	C Grade = "C" // uploaded by whoever applies
	D Grade = "D" // made by whoever applies, with a pledge
)

// Of is the grade that a certificate signs; "" is A, issued here. What is no
// grade counts least among what is signed.
func Of(signed string) Grade {
	switch g := Grade(signed); g {
	case "":
		return A
	case A, B, C, D:
		return g
	}
	return C
}

// Upload is the grade of an uploaded file: whether a clerk saw the original, and
// whether whoever applies made it with a pledge.
func Upload(originalSeen, pledged bool) Grade {
	switch {
	case originalSeen:
		return B
	case pledged:
		return D
	}
	return C
}

// Given is what stands before the purpose across the pages of a copy of a
// certificate of a grade that an office keeps.
//
// Law: 国办函〔2016〕108号: what is used again says who provides it, what for and until
// when; of grade B who compared it with the original.
func (g Grade) Given(office string) string {
	if g == A {
		return "此件由" + office + "提供，"
	}
	return g.Watermark(office) + "；"
}

// Watermark is what stands across the pages of a certificate or an uploaded file of
// a grade, kept or compared by an office. A certificate that the authority issued here has its seal and needs
// none; its copies say who provides them (Given).
func (g Grade) Watermark(office string) string {
	switch g {
	case B:
		return "可信等级B：此件经" + office + "与原件核对无误，仅供办理政务服务事项时使用"
	case C:
		return "可信等级C：此件由当事人提供，使用前请核对原件"
	case D:
		return "可信等级D：此件由当事人制作并承诺真实"
	}
	return ""
}
