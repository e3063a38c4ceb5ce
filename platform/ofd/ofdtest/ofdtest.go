// Package ofdtest lets programs of others say what they think of OFD files.
//
// # Purpose
//
// A file that only its maker can read is no document. Tests give files to the
// validator of libxml2 with the schemas of GB/T 33190 Annex A, and to a reader
// that other people wrote.
//
// # How to use
//
//	ofdtest.Valid(t, file)         // skips aloud without schemas
//	said := ofdtest.Read(t, file)  // skips aloud without a reader
//
// SchemasVariable names the folder with the schemas, one file a root element:
// OFD.xsd, Document.xsd, Page.xsd, Res.xsd, Attachments.xsd, Signatures.xsd,
// Signature.xsd and what they include. They do not ship here: nobody has said
// under which licence. ReaderVariable names a command, such as
// scripts/ofd-reader/read, that gets the path of a file and prints its text, a
// page a line, and "seal verified" when it finds the seal good. With
// ShowVariable it gets the beginning of the names of PNG files to draw, too.
//
// # Guarantees
//
// One thing of the schemas is passed over: of 2016, they list MD5 and SHA1 as
// CheckMethod, and GB/T 38540 wants SM3. Nothing else is.
package ofdtest

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What tests take from the environment.
const (
	SchemasVariable = "TONGBAN_TEST_OFD_SCHEMAS"
	ReaderVariable  = "TONGBAN_TEST_OFD_READER"
	ShowVariable    = "TONGBAN_SHOW" // a folder for pictures, to be looked at
)

// rootRE finds the root element of a part, which names its schema.
var rootRE = regexp.MustCompile(`(?s)^(?:<\?[^>]*\?>\s*)?<ofd:(\w+)`)

// passedOver is the one complaint that is expected, of Signature.xml.
var passedOver = regexp.MustCompile(`attribute 'CheckMethod': \[facet 'enumeration'\] The value '1\.2\.156\.10197\.1\.401' is not an element of the set \{'MD5', 'SHA1'\}`)

// Valid validates every XML part of a file, and of the pictures of seals in it,
// which are OFD files themselves. It gives how many parts were validated.
func Valid(t testing.TB, file []byte) int {
	t.Helper()
	schemas := os.Getenv(SchemasVariable)
	if schemas == "" {
		t.Skip("SKIPPED: " + SchemasVariable + " is not set, so files are not validated against the schemas of GB/T 33190")
	}
	xmllint, err := exec.LookPath("xmllint")
	if err != nil {
		t.Skip("SKIPPED: xmllint is not installed (Debian: libxml2-utils), so files are not validated against the schemas of GB/T 33190")
	}
	checked := 0
	for name, data := range parts(t, file) {
		if at := bytes.Index(data, []byte("PK\x03\x04")); strings.HasSuffix(name, ".dat") && at >= 0 {
			checked += Valid(t, data[at:])
		}
		if !strings.HasSuffix(name, ".xml") {
			continue
		}
		root := rootRE.FindSubmatch(data)
		if root == nil {
			t.Errorf("%s: no element of OFD", name)
			continue
		}
		cmd := exec.Command(xmllint, "--noout", "--nonet", "--schema", filepath.Join(schemas, string(root[1])+".xsd"), "-")
		cmd.Stdin = bytes.NewReader(data)
		said, err := cmd.CombinedOutput()
		if checked++; err == nil {
			continue
		}
		for line := range strings.Lines(string(said)) {
			if line = strings.TrimSpace(line); line != "" && line != "- fails to validate" && !passedOver.MatchString(line) {
				t.Errorf("%s: %s", name, line)
			}
		}
	}
	return checked
}

// parts unpacks a file.
func parts(t testing.TB, file []byte) map[string][]byte {
	t.Helper()
	end := bytes.LastIndex(file, []byte("PK\x05\x06"))
	if end < 0 || len(file) < end+22 {
		t.Fatal("no package")
	}
	file = file[:end+22] // what is after the picture of a seal belongs to the seal
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if out[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
		r.Close()
	}
	return out
}

// Read gives a file to a reader that others wrote and returns what it says. name
// is for the pictures.
func Read(t testing.TB, file []byte, name string) string {
	t.Helper()
	command := strings.Fields(os.Getenv(ReaderVariable))
	if len(command) == 0 {
		t.Skip("SKIPPED: " + ReaderVariable + " is not set, so no program of others opens our OFD files")
	}
	in := filepath.Join(t.TempDir(), "file.ofd")
	if err := os.WriteFile(in, file, 0o600); err != nil {
		t.Fatal(err)
	}
	args := append(command[1:], in)
	if show := os.Getenv(ShowVariable); show != "" {
		args = append(args, filepath.Join(show, name))
	}
	cmd := exec.Command(command[0], args...)
	var problems strings.Builder
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", command[0], err, problems.String())
	}
	return string(out)
}
