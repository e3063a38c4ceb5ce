// Package lock keeps a folder to one process at a time.
//
// # Purpose
//
// Two servers over one folder would each believe to be alone: both would send
// the same notices, count guesses apart and hold caches that the other makes
// stale. Take refuses the second one and says who the first is.
//
// # How to use
//
//	l, err := lock.Take(filepath.Join(dir, "serving.lock"), "serves on 127.0.0.1:8080")
//	var held *lock.Held
//	if errors.As(err, &held) { … held.By … }
//	defer l.Release()
//
// # Guarantees
//
// The operating system holds the lock for the process and drops it when the
// process ends, however it ends: after a crash nothing is left to clean up.
// What stands in the file is for people; nobody decides by it.
package lock
