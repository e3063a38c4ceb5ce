// Package desk is the work that lies before officers: tasks, the inboxes that
// show them by time left, and the watch over what is near its limit. Package
// casework opens and closes tasks; here they are kept, found and counted.
//
// # Law
//
// GB/T 39046-2020 table 7 (环节), table 11 (电子监察).
package desk
