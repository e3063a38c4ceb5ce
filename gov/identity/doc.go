// Package identity keeps who acts and for whom: persons, organisations, accounts, posts, sessions, API tokens and mandates.
//
// # Purpose
//
// One number, one person; one unified code, one organisation. Everything that is done in the node is done by an account
// whose caller (auth.Principal) is built here, from the posts that it holds and the rights that the app's table gives to roles.
//
// # Law
//
// Resident numbers GB 11643, unified codes GB 32100 (package number checks both). 民法典 art. 61 and 165: who acts for a company.
// 国办函〔2016〕108号: registration by at least three facts. GB/T 22239: system, security and audit administrators are three people (三员分立).
// 民法典 art. 165, 169, 173: what a mandate names, that it is not passed on, how it ends.
// 个人信息保护法 art. 51: a look-up by number states its purpose and is on record.
//
// # Words
//
// Person 自然人; organisation 机构 (department 部门, company 企业); account 账户; post 岗位; session 登录; mandate 授权;
// assurance level 实名等级; one-time link 一次性登录链接.
//
// # Life of a session
//
// Opened by password or one-time link → used (idle time starts anew) → ended by its owner, by disuse (20 minutes for officers,
// 60 for residents), at its latest end, or with its account. A session may act for one company that its person has a mandate for.
// Only keyed hashes of the secrets of sessions, tokens and links are stored.
//
// # Life of a mandate
//
// Given by the legal representative to a name and number, with acts, items and a term → waiting, until somebody of that name and
// number is on record → in force → over by its term, taken back by the company, or given up by the agent. What it does not
// reach is refused wherever the company's matters are touched: the principal carries the bounds (auth.Principal.Within).
//
// # Tables
//
// identity_person, identity_org, identity_account, identity_post, identity_session, identity_token, identity_link,
// identity_attempt (failed sign-ins), identity_mandate. Their region is the node's top region; the region that an
// organisation or post works for is the column area.
//
// # Facts announced
//
// None: other capabilities ask for people when they need them.
//
// # Facts heard
//
// None.
//
// # Doors
//
// [Service]: Authenticate and AuthenticateToken on every request; SignIn, SignInByLink, Register; Person, PersonByNumber, EnsurePersonTx;
// Org, Departments, OrgsOf; Officers, AssignPost, EndPost; NewToken, ExchangeToken; ActFor; GrantMandate, EndMandate, MyMandates, MandatesFor; ImportDepartments, FirstStart, Seed.
// Pages in web, JSON in api.
package identity
