package bpmn

// Services lists the service tasks in document order; Attrs holds what each
// calls under "implementation".
func (p *Process) Services() []TaskDef {
	var out []TaskDef
	for _, el := range p.elements {
		if el.kind == kindService {
			d := el.taskDef()
			if d.Attrs == nil {
				d.Attrs = map[string]string{}
			}
			d.Attrs["implementation"] = el.impl
			out = append(out, d)
		}
	}
	return out
}
