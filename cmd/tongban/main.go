// Command tongban is the whole platform in one binary: it serves the site,
// imports and exports data, verifies the record and papers, makes and restores
// backups, and explains what is wrong.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"tongban/app"
	"tongban/platform/fault"
)

// command is one word after "tongban".
type command struct {
	name  string
	usage string // arguments
	help  string // one line
	own   []option
	run   func(ctx context.Context, c *call) error
}

// option is a flag of one command; settings that all commands share are in
// platform/config.
type option struct {
	name  string
	value bool // takes a value
	help  string
}

// commands in the order in which help shows them.
func commands() []command {
	return []command{
		{"dev", "", "serve a practice town: import the shipped data, seed people, print one-time links", nil, runDev},
		{"serve", "", "serve the site", nil, runServe},
		{"link", "ROLE…", "print one-time sign-in links for holders of roles (system_admin, clerk, …)", nil, runLink},
		{"import", "items|package|certificates|divisions|departments|halls|calendar|laws FILE", "take in a file (items, package: also a ZIP or a folder), with a row-by-row report; a package becomes the draft of its item",
			[]option{{"format", true, "items: guides, national or sheet; default: found out"}, {"map", true, "items, certificates: file of a mapping (items: or the name of a saved one)"},
				{"propose", true, "items, certificates: write the proposed mapping into this file and stop"}, {"errors", true, "items, certificates: write the rows with problems into this CSV file"},
				{"kind", true, "certificates: code or key of their type"}, {"issuer", true, "certificates: unified code of the authority that issued them; default: the one that defines the type"}, {"issuer-name", true, "certificates: its name; default: as it is registered here"},
				{"grade", true, "certificates: how far the data are trusted: A the authority's own (default), B compared with the originals, C handed in"}, {"scans", true, "certificates: ZIP or folder of PDF, JPEG and PNG, by the column of file names"},
				{"dry-run", false, "look and report, change nothing"}, {"as-of", true, "state of the source, YYYY-MM-DD"}, {"lang", true, "language of the report, zh or en; default: that of LANG, else zh"}, {"of", true, "laws: the region whose regulations they are, default the whole country; certificates: the region that keeps them, default that of the issuer"}, {"source", true, "laws: where the texts come from; halls: where the positions come from"}}, runImport},
		{"check", "DIR…", "say of each service package whether it can be read, and how good its guide is: score, what to mend; exit status 3: it cannot be read, 4: it would not be published",
			[]option{{"json", false, "answer as JSON"}, {"ask", true, "ask that another person lets a package below the gate pass, with this reason"}, {"lang", true, "zh or en; default: that of LANG, else zh"}}, runCheck},
		{"publish", "DIR…", "publish service packages: folders as items/README.md describes them", nil, runPublish},
		{"export", "items|laws FILE, package CODE DIR", "write all items, the laws, or the package of one item as a folder (or .zip); FILE - is standard output", []option{{"of", true, "laws: the region whose regulations; default: those of the country; package: the region of the item"}, {"format", true, "items: jsonl (default) or csv as guides; xlsx; csv-tables, national or national-csv as a ZIP"},
			{"since", true, "items: only what was published from this day on, YYYY-MM-DD; for national a batch of I, U and D"}, {"lang", true, "language of the report, zh or en"}}, runExport},
		{"generate", "province FILE", "write the catalogue of a province that does not exist, out of the shipped names, to measure and to train on",
			[]option{{"seed", true, "whole number that decides what is made; default 1"}, {"items", true, "how many; default 780000"}, {"format", true, "guides (default), or national: FILE is a folder for the up_task tables"}}, runGenerate},
		{"verify", "[FILE…]", "without FILE: verify the record, the papers' store and the checkpoints; with FILE: check papers, offline",
			[]option{{"trust", true, "trust list of the issuing node; default: the one in the data folder"}, {"node", true, "node file of another installation: its papers are checked, or with --list its trust list"}, {"list", true, "signed trust list; papers of the nodes on it are checked; needs --node of its publisher"}, {"for", true, "OFFICE or OFFICE/MATTER, by code or name and by number of the case: copies made for others are refused"}, {"json", false, "answer as JSON"}, {"lang", true, "zh or en; default: that of LANG, else zh"}, {"record", true, "verify an exported record file instead"}}, runVerify},
		{"keys", "list|rotate ROLE|office CODE|retire CODE|revoke ID|holder FILE|enrol PUB…|propose ROLE|sign FILE|finish FILE", "show the keys with their history; replace one (data, paper, token, seal), or the authority of the certificates (ca, ca.sm2), give an office keys of its own or end them, say that others have a key; hold a ceremony of keyholders",
			[]option{{"reason", true, "why; it stands in the record and is published"}, {"office", true, "rotate: the key of this office; default: the node's"}, {"name", true, "office: its name in certificates; default: that in the directory"},
				{"quorum", true, "enrol, propose: how many keyholders have to agree"}, {"holder", true, "sign: the key of the keyholder"}, {"out", true, "propose: the file that keyholders sign; finish: the protocol"},
				{"since", true, "revoke, propose: since when others may have the key, such as 2026-11-22T08:00:00+08:00"}, {"json", false, "list: answer as JSON"}}, runKeys},
		{"signer", "[serve|open|close|log|certificate|introduce|health]", "keep the private keys in a process of its own, which signs for the server and logs every signature; --data is the signer's own folder (introduce, health: the node's)",
			[]option{{"at", true, "serve: unix:PATH or https://HOST:PORT; default: the socket signer.sock in the folder"}, {"rate", true, "serve: signatures a second for each key; default 500"},
				{"for", true, "open: how long keys may be made and replaced, up to 24h; default 30m"}, {"json", false, "log: every line as JSON"}}, runSigner},
		{"trust", "show|follow OLD NEW", "show the published list of keys; follow: go on from a list you trust to a newer one, as far as its keys signed what is new",
			[]option{{"out", true, "follow: write the list into this file; default: standard output"}}, runTrust},
		{"nodes", "[list|refresh|own FILE|fingerprint FILE]", "list: which installations are recognised; refresh: fetch the followed trust lists; own: write this node's file; fingerprint: of a node file, to compare by telephone",
			[]option{{"json", false, "answer as JSON"}}, runNodes},
		{"backup", "FILE", "write everything (database, files, keys; not what opens the keys) into one file, while serving goes on", nil, runBackup},
		{"restore", "FILE", "fill an empty data folder (and database) from a backup", nil, runRestore},
		{"flow", "check FILE…", "say of each flow (BPMN) and decision model (DMN) whether it deploys, or element, line and reason, and warn of what may go wrong in it; a folder stands for the models in it; exit status 3: one does not deploy",
			[]option{{"json", false, "answer as JSON"}, {"strict", false, "exit status 4 when all deploy and there are warnings"}, {"cases", false, "flows also have to be such that a case can follow them"}}, runFlow},
		{"doctor", "", "explain the settings and what is wrong", nil, runDoctor},
		{"version", "", "print the version", nil, runVersion},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	var code exit
	switch {
	case err == nil:
	case errors.As(err, &code):
		os.Exit(int(code))
	default:
		fmt.Fprintln(os.Stderr, "tongban:", err)
		os.Exit(1)
	}
}

// exit is an exit status whose reason was printed already.
type exit int

// Error implements error.
func (e exit) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// usage is the exit status of a wrong command line.
const usage exit = 2

func run(ctx context.Context, args []string) error {
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		help(os.Stdout)
		return nil
	}
	for _, c := range commands() {
		if c.name == args[0] {
			k, err := parse(c, args[1:])
			if k == nil || err != nil {
				return err
			}
			return k.words(c.run(ctx, k))
		}
	}
	fmt.Fprintf(os.Stderr, "tongban: there is no command %q\n\n", args[0])
	help(os.Stderr)
	return usage
}

// words puts what went wrong by a rule into the operator's language, with the
// code by which the guide says what to do; other errors are the machine's and
// stay as they are.
func (c *call) words(err error) error {
	if f := (*fault.Fault)(nil); errors.As(err, &f) {
		return errors.New(strings.Replace(err.Error(), f.Error(), app.Explain(c.english(), f)+" ("+f.Code+")", 1))
	}
	return err
}

func help(w io.Writer) {
	fmt.Fprint(w, "Tongban 通办: integrated government services in one binary\n\nUsage: tongban COMMAND [flags] [arguments]\n\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-9s %s\n", c.name, c.help)
	}
	fmt.Fprint(w, "\nEvery command takes --data DIR and --database URL; tongban COMMAND --help lists all flags.\n")
}

func runVersion(context.Context, *call) error {
	fmt.Println("tongban", app.Version)
	return nil
}
