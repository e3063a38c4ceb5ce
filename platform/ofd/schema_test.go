package ofd

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// allowed is what the schemas of GB/T 33190 Annex A let an element have, as far
// as this package writes it: children in their order ("*" any number, "?" at
// most one, "+" one or more), attributes with their kind ("!" required).
type allowed struct {
	children string
	attrs    map[string]string
	value    string // kind of the text; "" none
}

var schema = map[string]map[string]allowed{
	"OFD.xml": {
		"OFD": {children: "DocBody+", attrs: map[string]string{"Version": "1.0!", "DocType": "OFD!"}}, "DocBody": {children: "DocInfo DocRoot Signatures?"},
		"DocInfo": {children: "DocID Title? Author? Subject? Abstract? CreationDate? ModDate? Creator? CreatorVersion? CustomDatas?"},
		"DocID":   {value: "text"}, "Title": {value: "text"}, "Author": {value: "text"}, "Subject": {value: "text"}, "CreationDate": {value: "date"}, "Creator": {value: "text"},
		"CustomDatas": {children: "CustomData+"}, "CustomData": {value: "text", attrs: map[string]string{"Name": "text!"}}, "DocRoot": {value: "text"}, "Signatures": {value: "text"},
	},
	"Doc_0/Document.xml": {
		"Document": {children: "CommonData Pages Attachments?"}, "CommonData": {children: "MaxUnitID PageArea PublicRes*"}, "MaxUnitID": {value: "number"}, "PageArea": {children: "PhysicalBox"},
		"PhysicalBox": {value: "box"}, "PublicRes": {value: "text"}, "Pages": {children: "Page+"}, "Page": {attrs: map[string]string{"ID": "number!", "BaseLoc": "text!"}}, "Attachments": {value: "text"},
	},
	"Doc_0/PublicRes.xml": {
		"MultiMedias": {children: "MultiMedia+"}, "MultiMedia": {children: "MediaFile", attrs: map[string]string{"ID": "number!", "Type": "text!", "Format": "text"}}, "MediaFile": {value: "text"},
		"Res": {children: "Fonts* MultiMedias*", attrs: map[string]string{"BaseLoc": "text!"}}, "Fonts": {children: "Font+"},
		"Font": {children: "FontFile?", attrs: map[string]string{"ID": "number!", "FontName": "text!", "FamilyName": "text"}}, "FontFile": {value: "text"},
	},
	"Doc_0/Pages/Page_0/Content.xml": {
		"Page": {children: "Area? Content?"}, "Area": {children: "PhysicalBox"}, "PhysicalBox": {value: "box"},
		"ImageObject": {attrs: map[string]string{"ID": "number!", "Boundary": "box!", "CTM": "array", "ResourceID": "number!"}}, "Content": {children: "Layer+"}, "Layer": {children: "|TextObject PathObject ImageObject", attrs: map[string]string{"ID": "number!", "Type": "text"}},
		"TextObject":  {children: "FillColor? StrokeColor? CGTransform* TextCode", attrs: map[string]string{"ID": "number!", "Boundary": "box!", "Font": "number!", "Size": "real!", "CTM": "array", "Stroke": "boolean", "LineWidth": "real"}},
		"PathObject":  {children: "StrokeColor? FillColor? AbbreviatedData", attrs: map[string]string{"ID": "number!", "Boundary": "box!", "Stroke": "boolean", "Fill": "boolean", "LineWidth": "real"}},
		"CGTransform": {children: "Glyphs?", attrs: map[string]string{"CodePosition": "number!", "CodeCount": "number", "GlyphCount": "number"}}, "Glyphs": {value: "array"},
		"FillColor": {attrs: map[string]string{"Value": "array"}}, "StrokeColor": {attrs: map[string]string{"Value": "array"}},
		"TextCode": {value: "text", attrs: map[string]string{"X": "real", "Y": "real", "DeltaX": "array"}}, "AbbreviatedData": {value: "path"},
	},
	"Doc_0/Attachs/Attachments.xml": {
		"Attachments": {children: "Attachment*"}, "FileLoc": {value: "text"},
		"Attachment": {children: "FileLoc", attrs: map[string]string{"ID": "name!", "Name": "text!", "Format": "text", "Size": "real", "Visible": "boolean"}},
	},
	signaturesFile: {"Signatures": {children: "Signature*"}, "Signature": {attrs: map[string]string{"ID": "name!", "Type": "text", "BaseLoc": "text!"}}},
	signatureFile: {
		"Signature": {children: "SignedInfo SignedValue"}, "SignedInfo": {children: "Provider SignatureMethod? SignatureDateTime? References StampAnnot*"},
		"Provider": {attrs: map[string]string{"ProviderName": "text!", "Version": "text", "Company": "text"}}, "SignatureMethod": {value: "text"}, "SignatureDateTime": {value: "text"},
		// The schema of 2016 lists MD5 and SHA1 for CheckMethod; seals of today name SM3.
		"References": {children: "Reference+", attrs: map[string]string{"CheckMethod": "text"}}, "Reference": {children: "CheckValue", attrs: map[string]string{"FileRef": "text!"}},
		"CheckValue": {value: "text"}, "StampAnnot": {attrs: map[string]string{"ID": "name!", "PageRef": "number!", "Boundary": "box!"}}, "SignedValue": {value: "text"},
	},
}

var kinds = map[string]*regexp.Regexp{
	"text": regexp.MustCompile(`(?s)^.+$`), "number": regexp.MustCompile(`^[0-9]+$`), "real": regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`), "name": regexp.MustCompile(`^[A-Za-z_][\w.-]*$`),
	"boolean": regexp.MustCompile(`^(true|false)$`), "box": regexp.MustCompile(`^(-?[0-9.]+ ){3}-?[0-9.]+$`), "array": regexp.MustCompile(`^-?[0-9.]+( -?[0-9.]+)*$`),
	"path": regexp.MustCompile(`^[MLBC]( -?[0-9.]+| [MLBC])*$`), "1.0": regexp.MustCompile(`^1\.0$`), "OFD": regexp.MustCompile(`^OFD$`),
}

// pageRE finds which page a file is of: all are as the first.
var pageRE = regexp.MustCompile(`Page_\d+`)

func conforms(t *testing.T, file string, e *element) {
	t.Helper()
	rule, ok := schema[pageRE.ReplaceAllString(file, "Page_0")][e.name]
	if !ok {
		t.Errorf("%s: %s is not in the schema", file, e.name)
		return
	}
	for name, value := range e.attrs {
		if kind := strings.TrimSuffix(rule.attrs[name], "!"); name != "ofd" && (kind == "" || !kinds[kind].MatchString(value)) {
			t.Errorf("%s: %s has %s=%q", file, e.name, name, value)
		}
	}
	for name, kind := range rule.attrs {
		if strings.HasSuffix(kind, "!") && e.attrs[name] == "" {
			t.Errorf("%s: %s lacks %s", file, e.name, name)
		}
	}
	switch {
	case rule.value == "date":
		if _, err := time.Parse(time.DateOnly, e.text); err != nil {
			t.Errorf("%s: %s says %q", file, e.name, e.text)
		}
	case rule.value != "" && !kinds[rule.value].MatchString(e.text), rule.value == "" && e.value() != "":
		t.Errorf("%s: %s says %q", file, e.name, e.text)
	}
	var names []string
	for _, c := range e.children {
		names = append(names, c.name)
		conforms(t, file, c)
	}
	if choice, ok := strings.CutPrefix(rule.children, "|"); ok {
		for _, n := range names {
			if !slices.Contains(strings.Fields(choice), n) {
				t.Errorf("%s: %s in %s", file, n, e.name)
			}
		}
		return
	}
	pattern := "^"
	for _, c := range strings.Fields(rule.children) {
		name := strings.TrimRight(c, "?*+")
		pattern += "(" + name + " )" + c[len(name):]
	}
	if !regexp.MustCompile(pattern + "$").MatchString(strings.Join(append(names, ""), " ")) {
		t.Errorf("%s: %s holds %v, the schema wants %s", file, e.name, names, rule.children)
	}
}

func TestSign_asTheSchemasWant(t *testing.T) {
	s, _ := signer(t)
	parts, err := unpack(sealed(t, s))
	if err != nil {
		t.Fatal(err)
	}
	checked, highest, ids := 0, 0, map[string]bool{}
	for _, p := range parts {
		if !strings.HasSuffix(p.name, ".xml") {
			continue
		}
		root, err := parse(p.data)
		if err != nil {
			t.Fatal(err)
		}
		conforms(t, p.name, root)
		checked++
		for _, e := range append(root.all("Page"), append(root.all("Font"), append(root.all("Layer"), append(root.all("TextObject"), append(root.all("MultiMedia"), append(root.all("ImageObject"), root.all("PathObject")...)...)...)...)...)...) {
			id := e.attrs["ID"]
			if n, err := strconv.Atoi(id); err != nil || ids[id] {
				t.Errorf("%s: number %s twice or none", p.name, id)
			} else {
				highest = max(highest, n)
			}
			ids[id] = true
		}
		if p.name == "Doc_0/Document.xml" && root.child("CommonData", "MaxUnitID").value() == "" {
			t.Error("no MaxUnitID")
		}
	}
	document, _ := find(parts, "Doc_0/Document.xml")
	root, _ := parse(document)
	if most, _ := strconv.Atoi(root.child("CommonData", "MaxUnitID").value()); checked != len(schema)+1 || most < highest {
		t.Errorf("%d files checked of %d; MaxUnitID %d, highest %d", checked, len(schema), most, highest)
	}
}
