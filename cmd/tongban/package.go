package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"tongban/app"
	"tongban/gov/catalogue/packages"
)

// exportPackage writes the newest version of an item as a folder of readable
// files, or as a ZIP when the name ends so.
func (c *call) exportPackage(ctx context.Context) error {
	if len(c.Args) != 3 {
		return errors.New("say which and where to: tongban export package CODE DIR|FILE.zip")
	}
	code, to := c.Args[1], c.Args[2]
	region := c.own["of"]
	if region == "" && len(code) > 8 {
		region = code[2:8] // of the office that the code begins with
	}
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	name, files, err := a.ExportPackage(ctx, region, code)
	if err != nil {
		return fmt.Errorf("%s", app.Explain(c.english(), err))
	}
	if strings.HasSuffix(to, ".zip") {
		raw, err := packages.Zip(name, files)
		if err != nil {
			return err
		}
		if err := os.WriteFile(to, raw, 0o644); err != nil {
			return err
		}
	} else if to, err = writePackage(to, name, files); err != nil {
		return err
	}
	fmt.Println(c.say("%s 写到了 %s", "%s is in %s", code, to))
	return nil
}

// writePackage writes the files into a folder of their own, with the offices
// beside it; offices of other packages stay.
func writePackage(dir, name string, files map[string][]byte) (string, error) {
	folder := filepath.Join(dir, name)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	for file, b := range files {
		to := filepath.Join(folder, file)
		if file == packages.OfficesFile {
			to = filepath.Join(dir, file)
			old, err := os.ReadFile(to)
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				return "", err
			}
			if b, err = packages.MergeOffices(old, b); err != nil {
				return "", fmt.Errorf("%s: %w", to, err)
			}
		}
		if err := os.WriteFile(to, b, 0o644); err != nil {
			return "", err
		}
	}
	return folder, nil
}

// importPackage makes a package the draft of its item.
func (c *call) importPackage(ctx context.Context) error {
	from := filepath.Clean(c.Args[1])
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	var files map[string][]byte
	if info.IsDir() {
		files, err = packages.FromFS(os.DirFS(filepath.Dir(from)), filepath.Base(from))
	} else {
		var raw []byte
		if raw, err = head(from, packages.MaxZip+1); err == nil {
			files, err = packages.FromZip(raw)
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %s", from, app.Explain(c.english(), err))
	}
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	path, err := a.ImportPackage(operator(ctx, "import"), files)
	if err != nil {
		return fmt.Errorf("%s: %s", from, app.Explain(c.english(), err))
	}
	fmt.Println(c.say("%s 成了草稿，在 %s 看过再发布", "%s is a draft; look at it and publish it at %s", from, path))
	return nil
}

// head reads a file up to a bound.
func head(name string, most int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, most))
}
