// Package reading is what there is to read of a case (案卷、进度): the file, the
// timeline, the clock, the picture of its flow, the lists that it is in; and who
// may. Staff read for a purpose, on record, and see what their steps need.
//
// # Law
//
// 个人信息保护法 art. 6 (no more than the purpose needs), 44–45 (who is read may know
// it and see it).
package reading
