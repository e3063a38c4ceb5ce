package ring

import (
	"errors"
	"slices"
	"time"

	"tongban/platform/lock"
	"tongban/platform/sign"
)

// Lead is how much later than the statement the old key ends: a server that
// takes the key just before it reads of the new one still signs in time.
const Lead = 5 * time.Second

// Order is what is to be done to a key.
type Order struct {
	Role, Party string
	Reason      string
	Record      []string // newest checkpoint of each region of the record
}

// patience is how long a change of keys waits for one of another process.
const patience = 5 * time.Second

// alone keeps a change of keys to one goroutine of one process: two that began
// from the same register would each forget what the other said.
func (r *Ring) alone() (done func(), err error) {
	r.mu.Lock()
	for waited := time.Duration(0); ; waited += 50 * time.Millisecond {
		l, err := lock.Take(r.path()+".lock", "changes keys")
		var held *lock.Held
		switch {
		case err == nil:
			return func() { _ = l.Release(); r.mu.Unlock() }, nil // the system lets go with the process at the latest
		case !errors.As(err, &held) || waited > patience:
			r.mu.Unlock()
			return nil, err
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// fresh reads what other processes wrote; the caller holds the lock.
func (r *Ring) fresh() (List, error) {
	if err := r.reload(); err != nil {
		return List{}, err
	}
	return r.view.Load().list, nil
}

// Rotate gives the place of a key to a new one: the old key announces its
// successor, and both sign.
func (r *Ring) Rotate(o Order) (Signed, error) {
	done, err := r.alone()
	if err != nil {
		return Signed{}, err
	}
	defer done()
	l, err := r.fresh()
	if err != nil {
		return Signed{}, err
	}
	if slices.Contains(Authorities, o.Role) && o.Party == "" {
		return r.succeed(l, o)
	}
	old, ok := l.InForce(o.Role, o.Party)
	if !ok {
		return Signed{}, ErrParty.With("role", o.Role).With("party", o.Party)
	}
	oldKey, err := r.vault().Key(old.File, old.Algorithm(), false)
	if err != nil {
		return Signed{}, err
	}
	k, h, err := r.begin(l, o.Role, o.Party, old.Name)
	if err != nil {
		return Signed{}, err
	}
	s := l.next(Handover, o.Reason, r.o.Clock.Now())
	s.Role, s.Party, s.Old, s.State, s.Record = o.Role, o.Party, old.ID, Retired, o.Record
	s.Until = s.At.Add(Lead)
	return r.say(l, s, map[string]sign.KeyHolder{k.ID: h}, []Key{k}, oldKey)
}

// say signs a statement with the new keys and with those who may say it, and
// commits it.
func (r *Ring) say(l List, s Statement, fresh map[string]sign.KeyHolder, keys []Key, by ...sign.KeyHolder) (Signed, error) {
	files := map[string]string{}
	for _, k := range keys {
		files[k.ID] = k.File
		k.File = ""
		s.New = append(s.New, k)
	}
	out := Signed{Text: string(s.bytes())}
	for _, k := range keys {
		by = append(by, fresh[k.ID])
	}
	for _, h := range by {
		if err := out.mark(h); err != nil {
			return out, err
		}
	}
	if err := r.commit(out, files); err != nil {
		return out, err
	}
	return out, r.reload()
}

// Join gives a party keys of its own; the node's key for data vouches for them.
func (r *Ring) Join(party, name, reason string) (Signed, error) {
	done, err := r.alone()
	if err != nil {
		return Signed{}, err
	}
	defer done()
	l, err := r.fresh()
	if err != nil {
		return Signed{}, err
	}
	if _, there := l.InForce(Data, party); there || party == "" {
		return Signed{}, ErrThere.With("party", party)
	}
	s := l.next(Joining, reason, r.o.Clock.Now())
	s.Party = party
	var keys []Key
	fresh := map[string]sign.KeyHolder{}
	for _, role := range []string{Data, Paper, Seal} {
		k, h, err := r.begin(l, role, party, name)
		if err != nil {
			return Signed{}, err
		}
		keys, fresh[k.ID] = append(keys, k), h
	}
	return r.say(l, s, fresh, keys, r.view.Load().node.Data())
}

// Retire ends the keys of a party, which then can sign nothing more.
func (r *Ring) Retire(o Order) (out []Signed, err error) {
	done, err := r.alone()
	if err != nil {
		return nil, err
	}
	defer done()
	l, err := r.fresh()
	if err != nil {
		return nil, err
	}
	for _, role := range []string{Seal, Paper, Data} {
		old, ok := l.InForce(role, o.Party)
		if !ok || o.Party == "" {
			return out, ErrParty.With("party", o.Party)
		}
		s := l.next(Retirement, o.Reason, r.o.Clock.Now())
		s.Role, s.Party, s.Old, s.State, s.Record = role, o.Party, old.ID, Retired, o.Record
		s.Until = s.At.Add(Lead)
		signed, err := r.say(l, s, nil, nil, r.view.Load().node.Data())
		if err != nil {
			return out, err
		}
		out, l = append(out, signed), r.view.Load().list
	}
	return out, nil
}

// Revoke says of a key that has ended that others may have it since a time.
// One that is still in force is replaced by a ceremony, or first rotated.
func (r *Ring) Revoke(id string, since time.Time, reason string, record []string) (Signed, error) {
	done, err := r.alone()
	if err != nil {
		return Signed{}, err
	}
	defer done()
	l, err := r.fresh()
	if err != nil {
		return Signed{}, err
	}
	k, ok := l.Find(id)
	if !ok || k.State != Retired {
		return Signed{}, ErrParty.With("key", id).With("state", k.State)
	}
	s := l.next(Revocation, reason, r.o.Clock.Now())
	s.Role, s.Party, s.Old, s.State, s.Record = k.Role, k.Party, k.ID, Revoked, record
	s.Until = since.UTC()
	if s.Until.After(k.Until) {
		s.Until = k.Until
	}
	return r.say(l, s, nil, nil, r.view.Load().node.Data())
}

// Enrol names the keyholders. With keyholders there already, a ceremony does.
func (r *Ring) Enrol(h Holders, reason string) (Signed, error) {
	done, err := r.alone()
	if err != nil {
		return Signed{}, err
	}
	defer done()
	l, err := r.fresh()
	if err != nil {
		return Signed{}, err
	}
	s := l.next(Enrolment, reason, r.o.Clock.Now())
	s.Holders = &h
	return r.say(l, s, nil, nil, r.view.Load().node.Data())
}
