package pdf

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// poppler runs one of its tools on a file; without them the test says so.
func poppler(t *testing.T, tool string, file []byte, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(tool)
	if err != nil {
		t.Skipf("SKIPPED: %s is not installed (Debian: poppler-utils), so other people's reading of our files is not checked", tool)
	}
	in := filepath.Join(t.TempDir(), "in.pdf")
	if err := os.WriteFile(in, file, 0o600); err != nil {
		t.Fatal(err)
	}
	for i, a := range args {
		if a == "IN" {
			args[i] = in
		}
	}
	cmd := exec.Command(path, args...)
	var problems strings.Builder
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil || problems.Len() > 0 {
		t.Fatalf("%s: %v\n%s", tool, err, problems.String())
	}
	return string(out)
}

func TestPoppler_text(t *testing.T) {
	out := poppler(t, "pdftotext", mustBytes(t, sampleNotice(3)), "-enc", "UTF-8", "IN", "-")
	for _, want := range []string{rareName + "：", "示例·𠮷䶮㛃𫖯𪚥𬀩𰻞", "受理通知书", "示例市政务服务中心 受理专用"} {
		if !strings.Contains(out, want) {
			t.Errorf("pdftotext does not find %q in:\n%s", want, out)
		}
	}
}

func TestPoppler_infoAndFonts(t *testing.T) {
	b := mustBytes(t, sampleCertificate())
	info := poppler(t, "pdfinfo", b, "IN")
	for _, want := range []string{"Title:           示例经营许可证", "Tagged:          yes", "Pages:           1", "(A4)", "PDF version:     1.7"} {
		if !strings.Contains(info, want) {
			t.Errorf("pdfinfo does not say %q:\n%s", want, info)
		}
	}
	lines := strings.Split(strings.TrimSpace(poppler(t, "pdffonts", b, "IN")), "\n")[2:]
	if len(lines) != 2 {
		t.Errorf("fonts: %q", lines)
	}
	for _, l := range lines {
		if !strings.Contains(l, "CID TrueType") || !strings.Contains(l, "Identity-H       yes yes yes") {
			t.Errorf("font %q is not an embedded subset with a character map", l)
		}
	}
}

func TestPoppler_structure(t *testing.T) {
	out := poppler(t, "pdfinfo", mustBytes(t, sampleNotice(3)), "-struct-text", "IN")
	for _, want := range []string{"Document", "H1 (block)\n    \"受理通知书\"", "H2 (block)\n    \"一、办件信息\"", "/Scope /Column", "/Scope /Row", "Figure"} {
		if !strings.Contains(out, want) {
			t.Errorf("structure lacks %q:\n%s", want, out)
		}
	}
	if strings.Contains(out, "共") {
		t.Error("page numbers are read aloud as content")
	}
}

// Every page is drawn without complaint, and not empty.
func TestPoppler_draws(t *testing.T) {
	dir := t.TempDir()
	poppler(t, "pdftoppm", mustBytes(t, sampleNotice(12)), "-r", "30", "-gray", "IN", filepath.Join(dir, "page"))
	files, err := filepath.Glob(filepath.Join(dir, "*.pgm"))
	if err != nil || len(files) < 2 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		dark := 0
		for _, c := range b[20:] {
			if c < 128 {
				dark++
			}
		}
		if dark < 100 {
			t.Errorf("%s has %d dark points", filepath.Base(f), dark)
		}
	}
}
