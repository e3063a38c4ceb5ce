// Package portraits makes photographs of people (相片) fit for certificates.
//
// # Purpose
//
// A certificate with a photograph shows the one that was handed in as a material
// of the application. Telephones write more into a picture than the face: where
// and when it was taken, with which device. So the picture is cut down to what
// the certificate needs before it is kept, and refused at once when it is too
// small or of a wrong shape, while its owner can still take another.
//
// # Law
//
// 个人信息保护法 art. 6, 19: no more is collected than the purpose needs, and kept no
// longer. art. 28: a photograph by which somebody can be recognised is guarded with
// particular care.
//
// # Words
//
// Portrait (相片): the photograph of the holder. Fit (合用): upright, in grey or
// colour, without anything but pixels.
//
// # Life of a portrait
//
// Uploaded, made fit, kept by its digest with the draft; what was uploaded is
// swept. Signed into the certificate by the same digest. Files that came another
// way (answers to a request for supplements) are made fit when they are signed.
//
// # Tables
//
// None.
//
// # Facts announced
//
// None.
//
// # Facts heard
//
// None.
//
// # Doors
//
// Fit; Desk.Fit.
package portraits
