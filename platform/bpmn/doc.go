// Package bpmn reads BPMN 2.0 and runs it.
package bpmn
