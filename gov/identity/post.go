package identity

import (
	"slices"
	"time"
)

// The roles. Which permissions a role holds is one table in the app.
const (
	RoleResident      = "resident"       // 办事人: everybody with an account, for his own matters only
	RoleClerk         = "clerk"          // 综合窗口人员
	RoleExaminer      = "examiner"       // 审查人
	RoleDecider       = "decider"        // 审批人
	RoleSupervisor    = "supervisor"     // 监察人员
	RoleAuditor       = "auditor"        // 审计管理员
	RoleDesigner      = "designer"       // 事项管理员
	RoleSecurityAdmin = "security_admin" // 安全管理员
	RoleSystemAdmin   = "system_admin"   // 系统管理员
)

// PostRoles lists the roles that a post can carry, in the order in which they
// are offered. The resident's role comes with the account, not with a post.
var PostRoles = []string{RoleClerk, RoleExaminer, RoleDecider, RoleSupervisor, RoleDesigner, RoleAuditor, RoleSecurityAdmin, RoleSystemAdmin}

// separate are the three administrators (三员) of whom one account may be only one.
//
// Law: GB/T 22239-2019 asks for system, audit and security administrators with
// separate rights; whoever runs the system must not grant rights in it, and
// neither of them may tend the record that would show it.
var separate = []string{RoleSystemAdmin, RoleSecurityAdmin, RoleAuditor}

// Post is a place in the organisation that somebody holds (岗位).
type Post struct {
	Region  string // the region that the post works for
	ID      string // pst_…
	Account string
	Org     string // code of the department; "" with Every
	Every   bool   // every department of the region, said aloud
	OrgName string
	Role    string
	Title   string
	Subtree bool // every region below counts too
	From    time.Time
	Until   time.Time // zero is until further notice
}

// ValidAt tells whether the post is held at the given time.
func (p Post) ValidAt(t time.Time) bool {
	return !t.Before(p.From) && (p.Until.IsZero() || t.Before(p.Until))
}

func (p Post) overlaps(q Post) bool {
	return (q.Until.IsZero() || p.From.Before(q.Until)) && (p.Until.IsZero() || q.From.Before(p.Until))
}

// Separate returns the fault that forbids to add p to the held posts, or nil:
// nobody holds two of the three administrator roles at the same time.
func Separate(held []Post, p Post) error {
	if !slices.Contains(separate, p.Role) {
		return nil
	}
	for _, h := range held {
		if h.Role != p.Role && slices.Contains(separate, h.Role) && h.overlaps(p) {
			return ErrSeparate.With("role", p.Role).With("held", h.Role)
		}
	}
	return nil
}

// Officer is somebody with the posts that a question asked for.
type Officer struct {
	Account string
	Login   string
	Name    string
	Posts   []Post
}
