// Package pictures keeps the picture of a flow as it was drawn when its version
// was published, so that a guide of any day shows what people saw that day.
//
// # Purpose
//
// The picture is part of what was made public. It is drawn once in every
// language, in the transaction of the publication, and never again: neither new
// code that draws nor a later version changes it. Versions from before pictures
// were kept are drawn when somebody first asks, and kept from then on.
//
// # Law
//
// 行政许可法 art. 30: how an application is handled is made public; 政府信息公开条例
// art. 20 no. 5.
//
// # Words
//
// Picture (流程图). It goes by the hash of its flow and by the names that its version
// gives to what the flow says in Chinese: versions that agree in both share one.
//
// # Tables
//
// catalogue_picture: rows are never changed; region is 000000, because the flow
// of many items in all regions is the same.
package pictures
