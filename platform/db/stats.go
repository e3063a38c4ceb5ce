package db

// Stats is how busy the database is.
type Stats struct {
	Writes  int64 // writes that ended, since the start (SQLite)
	Commits int64 // commits that carried them (SQLite)
	Queued  int   // writes that wait for their turn (SQLite)
	InUse   int   // connections at work
	Open    int   // connections open
}

// Stats returns the counters of this process.
func (d *DB) Stats() Stats {
	if d.engine == Postgres {
		w, r := d.pgWrite.Stat(), d.pgRead.Stat()
		return Stats{InUse: int(w.AcquiredConns() + r.AcquiredConns()), Open: int(w.TotalConns() + r.TotalConns())}
	}
	s := d.read.Stats()
	return Stats{
		Writes: d.group.stats.writes.Load(), Commits: d.group.stats.groups.Load(), Queued: len(d.group.queue),
		InUse: s.InUse, Open: s.OpenConnections + 1,
	}
}
