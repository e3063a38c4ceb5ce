package ring

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tongban/platform/sign"
)

// Ceremony is what keyholders are asked to agree to: that a key which is lost or
// known to others gives its place to a new one; without a role, that others
// become keyholders.
type Ceremony struct {
	Order
	Since   time.Time // since when others may have the key; zero: it is lost, and nobody has it
	Holders *Holders  // who becomes a keyholder; with none enrolled, who begins anew
}

// Proposal is a statement on its way from keyholder to keyholder.
type Proposal struct {
	Signed
	File string `json:"file,omitempty"` // name of the new private key in the vault
}

// ParseProposal reads a proposal.
func ParseProposal(b []byte) (p Proposal, x Statement, err error) {
	if len(b) > 4<<20 {
		return p, x, ErrStatement.Because(fmt.Errorf("%d bytes", len(b)))
	}
	if err := json.Unmarshal(b, &p); err != nil {
		return p, x, ErrStatement.Because(err)
	}
	x, err = p.Read()
	return p, x, err
}

// Propose begins a ceremony: it makes the new key and writes what the
// keyholders are to sign. Nothing is in force yet.
func (r *Ring) Propose(o Ceremony) (Proposal, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	l, err := r.fresh()
	if err != nil {
		return Proposal{}, err
	}
	s := l.next(Enrolment, o.Reason, r.o.Clock.Now())
	s.Holders, s.Record = o.Holders, o.Record
	s.Founded = l.Holders == nil
	if s.Founded && o.Holders == nil || o.Role == "" && o.Holders == nil {
		return Proposal{}, ErrStatement.Because(fmt.Errorf("no keyholders are enrolled; name those who begin anew"))
	}
	p := Proposal{}
	var h sign.KeyHolder
	if slices.Contains(Authorities, o.Role) {
		if s, p.File, h, err = r.authorityLost(l, o, s); err != nil {
			return Proposal{}, err
		}
	} else if o.Role != "" {
		old, ok := l.InForce(o.Role, o.Party)
		if !ok {
			return Proposal{}, ErrParty.With("role", o.Role).With("party", o.Party)
		}
		s.Kind, s.Role, s.Party, s.Old, s.State, s.Until = Handover, o.Role, o.Party, old.ID, Retired, s.At.Add(Lead)
		if !o.Since.IsZero() {
			s.State, s.Until = Revoked, o.Since.UTC()
		}
		var k Key
		if k, h, err = r.begin(l, o.Role, o.Party, old.Name); err != nil {
			return Proposal{}, err
		}
		p.File, k.File = k.File, ""
		s.New = []Key{k}
	}
	p.Text = string(s.bytes())
	if h != nil {
		err = p.mark(h)
	}
	return p, err
}

// Sign adds the signature of a keyholder.
func (p *Proposal) Sign(h sign.KeyHolder) error {
	for _, m := range p.Marks {
		if m.Key == sign.KeyID(h.Public()) {
			return ErrSigned.With("key", m.Key)
		}
	}
	return p.mark(h)
}

// Finish ends a ceremony: with enough keyholders agreed, the new key is in
// force.
func (r *Ring) Finish(p Proposal) error {
	done, err := r.alone()
	if err != nil {
		return err
	}
	defer done()
	l, err := r.fresh()
	if err != nil {
		return err
	}
	x, err := p.Read()
	if err != nil {
		return err
	}
	files := map[string]string{}
	if x.Kind == Succession && x.Roots != nil {
		h, err := r.vault().Key(p.File, algorithms[x.Role], false)
		if err != nil {
			return err
		}
		if a, _, err := authorityOf(x.Role, x.Roots.New); err != nil || sign.KeyID(h.Public()) != a.ID {
			return ErrStatement.Because(fmt.Errorf("%s is not the key that was proposed", p.File))
		}
		files[sign.KeyID(h.Public())] = p.File
	}
	for _, k := range x.New {
		h, err := r.vault().Key(p.File, k.Algorithm(), false)
		if err != nil {
			return err
		}
		if sign.KeyID(h.Public()) != k.ID {
			return ErrStatement.Because(fmt.Errorf("%s is not the key that was proposed", p.File))
		}
		files[k.ID] = p.File
	}
	if err := r.commit(p.Signed, files); err != nil {
		if h := l.Holders; h != nil && errors.Is(err, ErrStatement) && len(h.signers(p.Signed)) < h.Quorum {
			err = ErrFew.With("have", len(h.signers(p.Signed))).With("need", h.Quorum).Because(err)
		}
		return err
	}
	return r.reload()
}

// Protocol is a ceremony in words, to be printed and signed by hand by those
// who were there.
func (l List) Protocol(s Signed) string {
	x, err := s.Read()
	if err != nil {
		return ""
	}
	var b strings.Builder
	line := func(zh, en, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s · %s: %s\n", zh, en, value)
		}
	}
	fmt.Fprintf(&b, "密钥仪式记录 · Protocol of a key ceremony\n\n")
	line("声明序号", "Statement", fmt.Sprint(x.Seq))
	line("声明摘要", "SHA-256 of the statement", s.Hash())
	line("时间", "Time", x.At.Format(time.RFC3339))
	line("事由", "Reason", x.Reason)
	line("用途", "Role", x.Role)
	line("机构", "Office", x.Party)
	line("终止的密钥", "Key that ended", x.Old)
	line("状态", "State", map[string]string{Retired: "停用 · ended", Revoked: "失密 · known to others"}[x.State])
	if !x.Until.IsZero() {
		line("自", "Until, or known since", x.Until.Format(time.RFC3339))
	}
	for _, k := range x.New {
		line("新密钥", "New key", k.ID+" "+k.Algorithm())
	}
	for _, n := range x.Record {
		line("记录检查点", "Checkpoint of the record", strings.Join(strings.SplitN(strings.TrimSpace(n), "\n", 4)[:3], " "))
	}
	fmt.Fprintf(&b, "\n参加的保管人（本人签名） · Keyholders who signed (by hand as well)\n")
	for _, name := range l.Agreed(s) {
		fmt.Fprintf(&b, "  %s  ______________________  ____-__-__\n", name)
	}
	return b.String()
}
