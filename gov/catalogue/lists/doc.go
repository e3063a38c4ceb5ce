// Package lists is what must be published about items as lists (清单): powers,
// duties, public services, supervision, sharing of data and certificates, and
// what is handled without a visit.
//
// A list is no table of its own but a question put to the items: which kinds,
// which columns. The definitions are data: those that ship (lists.json), and those
// that regions propose and another person approves (catalogue_list). Each has a
// page, filters, downloads (CSV, XLSX) and an operation. Every list says of which
// moment it is, and every row with which version the item stands in it.
//
// Law: 政府信息公开条例 art. 20 no. 5 (basis, conditions, procedure of permits),
// 国办发〔2015〕 No. 21 on power and duty lists; 政务数据共享条例 for the sharing list.
package lists
