// Package intake takes items in from files of other systems (导入): service
// guides, the national exchange tables up_task_*, and spreadsheets.
//
// # How a file comes in
//
//	source    opens CSV, JSON lines, XLSX, ZIP and folders as tables, and believes nothing
//	mapping   says which column is which field, and which value is which code
//	assemble  puts the rows of an item together, over what is there of it
//	intake    brings chunks of items through the catalogue's door, and keeps count
//
// Reading, putting together and writing run beside each other. A dry run does
// everything but write.
//
// # Runs
//
// From the pages and the interface a file is kept, mapped, tried and taken in by
// a run (导入任务) that works in the background. Where it is, is kept in the
// transactions of its items: after a crash another process goes on from there,
// and everything counts once.
package intake
