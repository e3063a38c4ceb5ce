package db

import "database/sql/driver"

// WriterConn runs f with the driver's writing connection, between groups.
func WriterConn(d *DB, f func(conn any)) {
	if d.group.conn == nil {
		if err := d.group.begin(); err != nil {
			panic(err)
		}
		d.group.rollback()
	}
	d.group.conn.Raw(func(c any) error { f(c); return nil })
}

// BreakWriterConn closes the writing connection under the writer.
func BreakWriterConn(d *DB) {
	d.group.conn.Raw(func(any) error { return driver.ErrBadConn })
}

// Groups tells how many commits carried how many writes.
func Groups(d *DB) (groups, writes int64) {
	return d.group.stats.groups.Load(), d.group.stats.writes.Load()
}
