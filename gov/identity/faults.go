package identity

import "tongban/platform/fault"

// What can go wrong with identities. The words for people are in web/strings.
var (
	ErrSession           = fault.Unauthenticated("identity.session")        // no such session, or it has ended
	ErrSessionIdle       = fault.Unauthenticated("identity.session_idle")   // ended because nobody used it; detail minutes
	ErrToken             = fault.Unauthenticated("identity.token")          // no such API token, or it is over
	ErrCredentials       = fault.Unauthenticated("identity.credentials")    // account and password do not go together
	ErrLink              = fault.NotFound("identity.link")                  // no such one-time link
	ErrLinkUsed          = fault.Conflict("identity.link_used")             // a one-time link is used a second time
	ErrLinkExpired       = fault.Conflict("identity.link_expired")          // a one-time link is too old
	ErrLocked            = fault.TooMany("identity.locked")                 // too many failures; detail minutes until the next try
	ErrNoPerson          = fault.NotFound("identity.no_person")             // no such person
	ErrNoOrg             = fault.NotFound("identity.no_org")                // no such organisation
	ErrNoAccount         = fault.NotFound("identity.no_account")            // no such account
	ErrNoPost            = fault.NotFound("identity.no_post")               // no such post, or it has ended
	ErrNoSession         = fault.NotFound("identity.no_session")            // no such session of the caller
	ErrNoToken           = fault.NotFound("identity.no_token")              // no such API token of the caller
	ErrPurpose           = fault.Invalid("identity.no_purpose")             // personal data asked for without saying why
	ErrNameDiffers       = fault.Conflict("identity.name_differs")          // the number is on record under another name
	ErrRegistered        = fault.Conflict("identity.registered")            // this person has an account already
	ErrFactsDiffer       = fault.Conflict("identity.facts_differ")          // what was entered is not what is on record
	ErrOfficerAccount    = fault.Conflict("identity.officer_account")       // an officer's account is not reopened at a counter
	ErrLoginTaken        = fault.Conflict("identity.login_taken")           // the account name belongs to somebody else
	ErrSeparate          = fault.Conflict("identity.separate_duties")       // one account may hold only one of the three administrator roles; details role, held
	ErrAdministratorLink = fault.Forbidden("identity.administrator_link")   // links for administrators come from the machine, not from a page
	ErrOwnPost           = fault.Forbidden("identity.own_post")             // nobody gives a post to oneself
	ErrRole              = fault.Invalid("identity.role")                   // no such role
	ErrNotMandated       = fault.Forbidden("identity.not_mandated")         // the person may not act for this company
	ErrNotLegal          = fault.Forbidden("identity.not_legal")            // the caller does not represent this company by law
	ErrNoMandate         = fault.NotFound("identity.no_mandate")            // no such mandate, or none of the caller's business
	ErrMandateOver       = fault.Conflict("identity.mandate_over")          // the mandate has ended already
	ErrKeyTooShort       = fault.Internal("identity.key_too_short")         // the key for look-up hashes has fewer than 32 bytes
	ErrNoDepartments     = fault.Invalid("identity.departments_unreadable") // the list of departments has no usable head line
)
