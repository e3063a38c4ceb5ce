// Package notices writes the papers that an office owes the applicant: receipt,
// acceptance, what is to be mended, changes of the limit, the decision. They
// are issued in the commit of the act that they tell about.
package notices
