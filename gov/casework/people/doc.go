// Package people is who is who as casework needs it: applicants, companies,
// offices and officers. Directory answers from the record of identities.
package people
