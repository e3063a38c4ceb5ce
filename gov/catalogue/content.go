package catalogue

import "tongban/gov/catalogue/content"

// What a version of an item says is kept in package content; here are its
// names for those who call the catalogue.
type (
	// Item is one service on offer (事项).
	Item = content.Item
	// Content is everything that a version consists of.
	Content = content.Content
	// Offer is one version with everything needed to apply for it.
	Offer = content.Offer
	// Version says which content was in force from when on.
	Version = content.Version
	// Text is a text in the two languages of the pages.
	Text = content.Text
	// Limit is how long something may take.
	Limit = content.Limit
	// Unit is what a limit counts.
	Unit = content.Unit
	// Fee is what the applicant pays.
	Fee = content.Fee
	// Clause is one legal basis.
	Clause = content.Clause
	// Window is a place where one can come.
	Window = content.Window
	// Condition is one of the conditions, all of which must hold.
	Condition = content.Condition
	// Answers are the short answers that a guide begins with.
	Answers = content.Answers
	// Participant is an office that gives its opinion in cases of a package.
	Participant = content.Participant
	// Step is one task of the flow.
	Step = content.Step
	// SpecialProcedure is a reason for which the clock may stop.
	SpecialProcedure = content.SpecialProcedure
	// Material is something to bring.
	Material = content.Material
	// Substitute is what may be given instead of a material.
	Substitute = content.Substitute
	// Fact is one line of a sample.
	Fact = content.Fact
	// Situations sort which case is yours.
	Situations = content.Situations
	// Question asks for one thing.
	Question = content.Question
	// Option is one possible answer.
	Option = content.Option
	// Answered is one question on the way taken, with what was chosen.
	Answered = content.Answered
	// Warning says that a condition is not met as things stand.
	Warning = content.Warning
	// Bundle joins items into a one thing.
	Bundle = content.Bundle
	// Part is one item of a one thing.
	Part = content.Part
	// Word turns an answer of a one thing into one of a part.
	Word = content.Word
	// Result is what comes out of a case.
	Result = content.Result
	// Certificate describes what is issued.
	Certificate = content.Certificate
	// Reason is why an application may be refused.
	Reason = content.Reason
	// Remedy is what the applicant can do against a refusal.
	Remedy = content.Remedy
	// Partner is an office that takes part, by level and line.
	Partner = content.Partner
	// Duty is what a partner does in a case.
	Duty = content.Duty
)

// The values of those nouns.
const (
	Workdays        = content.Workdays
	Days            = content.Days
	Hours           = content.Hours
	Person          = content.Person
	DefaultIdentity = content.DefaultIdentity
	End             = content.End
	Accept          = content.Accept
	Review          = content.Review
	Decide          = content.Decide
	Deliver         = content.Deliver
)

// CertificateNumber is the key by which a certificate's own number is passed on.
const CertificateNumber = content.Number

// Turn is the answer of a part for an answer of a one thing.
func Turn(words []Word, answer string) string { return content.Turn(words, answer) }

// Sources are the answers that one binding of a one thing takes from.
func Sources(from string) []string { return content.Sources(from) }

// ParsePartners reads a list such as 省级教育（受理,审核）、市级公安（审核）.
func ParsePartners(text string) ([]Partner, error) { return content.ParsePartners(text) }

// FormatPartners writes partners the way ParsePartners reads them.
func FormatPartners(list []Partner) string { return content.FormatPartners(list) }
