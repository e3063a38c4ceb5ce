// Package web is the page on which an applicant rates the service in a decided
// case (好差评).
//
// # Purpose
//
// Five grades with words, in two presses: choose, send. Reasons are asked for
// only from 基本满意 downwards; without scripts they are always there and always
// optional. What was said can be changed once.
//
// # Law
//
// GB/T 39735-2020 and 国办发〔2019〕51号: voluntary, per case, five grades, public.
//
// # Words
//
// participation.rating.*, participation.indicator.*, fault.participation.*.
//
// # Doors
//
// Routes, Strings.
package web
