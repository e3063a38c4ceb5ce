package bpmn

type diagram struct{}

func readDiagrams(root *node, m *Model) {}
