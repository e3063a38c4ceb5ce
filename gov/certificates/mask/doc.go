// Package mask hides what strangers need not read of a holder (脱敏).
//
// # Purpose
//
// A check matches a face with a paper; it does not teach a number.
//
// # Law
//
// 个人信息保护法 art. 6: no more than the purpose needs.
//
// # Words
//
// Mask (遮盖).
//
// # Life of a mask
//
// None: the same text gives the same mask.
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
// Name, Number, Organisation.
package mask
