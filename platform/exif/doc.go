// Package exif reads from photographs how the camera was held.
//
// # Purpose
//
// Telephones keep the picture as the sensor saw it and write beside it how it has
// to be turned. Whoever draws or cuts a picture asks here first.
//
// # How to use
//
//	turn := exif.Turn(jpeg) // 1 upright … 8
//
// # Guarantees
//
// No input makes it panic; what it cannot read is upright.
package exif
