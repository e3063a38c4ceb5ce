package design

import (
	"tongban/gov/catalogue"
	"tongban/gov/catalogue/caseflow/shares"
	"tongban/platform/bpmn"
	"tongban/platform/calendar"
)

// units are those of the catalogue as the calendar counts them.
var units = map[catalogue.Unit]calendar.Unit{catalogue.Workdays: calendar.WorkingDays, catalogue.Days: calendar.CalendarDays, catalogue.Hours: calendar.Hours}

// Split divides the limit of the item among the steps of a draft: what a step is
// given, or its share by the rule.
func Split(d Draft, a Surroundings) (shares.Split, error) {
	p, err := d.process()
	if err != nil {
		return shares.Split{}, ErrFile.Because(err)
	}
	return split(p, a), nil
}

func split(p *bpmn.Process, a Surroundings) shares.Split {
	l := a.Offer.Promise
	if !l.Known() || l.Amount <= 0 {
		l = a.Offer.Legal
	}
	whole := calendar.Limit{}
	if l.Known() {
		whole = calendar.Limit{Amount: l.Amount, Unit: units[l.Unit], Name: l.Citation.Zh, NameEN: l.Citation.En}
	}
	return shares.Of(p, whole, func(_, attr string) calendar.Limit {
		own, ok := lengthOf(attr)
		if !ok {
			return calendar.Limit{}
		}
		return calendar.Limit{Amount: own.Amount, Unit: units[own.Unit]}
	})
}
