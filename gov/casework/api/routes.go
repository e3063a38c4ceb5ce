package api

import (
	"context"
	"net/http"

	"tongban/gov/casework"
	"tongban/gov/casework/bundles"
	"tongban/gov/casework/reuse"
	"tongban/platform/authz"
	"tongban/platform/files"
	"tongban/platform/web"
)

// Deps is what the interface needs.
type Deps struct {
	Casework *casework.Service
	Bundles  *bundles.Service
	Reuse    *reuse.Service
	Files    *files.Store
	Address  func(context.Context) string // the sender's network address
	// Region refuses a code that is no division, by the name of its parameter.
	Region func(ctx context.Context, parameter, code string) error
}

const (
	drafts = "/api/v1/drafts"
	draft  = drafts + "/{region}/{id}"
	cases  = "/api/v1/cases"
	kase   = cases + "/{region}/{id}"
	tasks  = "/api/v1/tasks"
	task   = tasks + "/{region}/{id}"
)

// Register adds the operations.
func Register(a *web.API, d Deps) {
	d.registerDrafts(a)
	d.registerCases(a)
	d.registerTasks(a)
	d.registerHandouts(a)
	d.registerDeputies(a)
	d.registerBundles(a)
}

func (d Deps) registerDeputies(a *web.API) {
	const deputies = "/api/v1/deputies"
	web.Register(a, op("list-deputies", http.MethodGet, deputies, "Who stands in for the caller, and for whom the caller does, newest first", authz.SignedIn), d.myDeputies)
	web.Register(a, op("list-office-deputies", http.MethodGet, "/api/v1/offices/{region}/{office}/deputies", "Who stands in for whom in an office, newest first", casework.MayArrange), d.officeDeputies)
	web.Register(a, created(op("name-deputy", http.MethodPost, deputies, "Name a deputy for oneself, or, who may, for somebody who is away", authz.SignedIn)), d.nameDeputy)
	web.Register(a, op("end-deputy", http.MethodPost, deputies+"/{region}/{id}/ending", "End it before its time", authz.SignedIn), d.endDeputy)
}

func op(id, method, path, summary string, may authz.Permission) web.Operation {
	return web.Operation{ID: id, Method: method, Path: path, Summary: summary, Tag: "casework", May: may, Repeat: repeats[id]}
}

func created(o web.Operation) web.Operation {
	o.Status = http.StatusCreated
	return o
}

func (d Deps) registerDrafts(a *web.API) {
	web.Register(a, created(op("start-draft", http.MethodPost, drafts, "Begin an application", authz.SignedIn)), d.startDraft)
	web.Register(a, op("list-drafts", http.MethodGet, drafts, "The caller's open drafts", casework.MayApply), d.listDrafts)
	web.Register(a, op("get-draft", http.MethodGet, draft, "A draft with what is still missing", authz.SignedIn), d.getDraft)
	web.Register(a, op("save-draft", http.MethodPatch, draft, "Change some answers of a draft", authz.SignedIn), d.saveDraft)
	web.Register(a, op("discard-draft", http.MethodDelete, draft, "Give a draft up", authz.SignedIn), d.discardDraft)
	web.Register(a, op("choose-material", http.MethodPut, draft+"/materials/{material}", "Say how a material is handed in", authz.SignedIn), d.chooseMaterial)
	web.Register(a, op("unchoose-material", http.MethodDelete, draft+"/materials/{material}", "Take back how a material is handed in, and the consent with it", authz.SignedIn), d.unchooseMaterial)
	attach := op("attach-file", http.MethodPost, draft+"/materials/{material}/files", "Attach a file, sent as the body", authz.SignedIn)
	attach.MaxBody = maxFile + 1 // one byte more, so that the file store says what is wrong
	web.Register(a, attach, d.attachFile)
	web.Register(a, op("detach-file", http.MethodDelete, draft+"/materials/{material}/files/{hash}", "Take a file off", authz.SignedIn), d.detachFile)
	web.Register(a, op("look-for-certificates", http.MethodPost, draft+"/certificates", "Counter: look for certificates of the person present, who agrees, that stand in for materials of this application", casework.MayIntake), d.lookForCertificates)
	web.Register(a, op("list-fitting-certificates", http.MethodGet, draft+"/certificates", "Certificates that stand in for materials: the caller's own; at the counter while the last look counts", authz.SignedIn), d.fittingCertificates)
	web.Register(a, created(op("submit-draft", http.MethodPost, draft+"/submission", "Hand a draft in: it becomes exactly one case", authz.SignedIn)), d.submitDraft)
}

func (d Deps) registerCases(a *web.API) {
	web.Register(a, op("share-of-materials", http.MethodGet, "/api/v1/material-share", "How the materials of the applications of a region came in, and which were not asked for, by item", casework.MaySupervise), d.share)
	web.Register(a, op("list-cases", http.MethodGet, cases, "The caller's cases, newest first", casework.MayApply), d.listCases)
	web.Register(a, op("get-case", http.MethodGet, kase, "The file of a case; staff state a purpose, which is on record", authz.SignedIn), d.getCase)
	web.Register(a, op("get-timeline", http.MethodGet, kase+"/timeline", "What happened to a case, in order", authz.SignedIn), d.getTimeline)
	web.Register(a, op("get-clock", http.MethodGet, kase+"/clock", "The limits of a case, of its open steps, of the applicant's answer and of papers to hand out, each with its derivation", authz.SignedIn), d.getClock)
	web.Register(a, op("withdraw-case", http.MethodPost, kase+"/withdrawal", "Take the application back", casework.MayApply), d.withdraw)
	web.Register(a, op("answer-supplement", http.MethodPut, kase+"/supplement/items/{index}", "Answer one item of the request for supplements", authz.SignedIn), d.answerItem)
	web.Register(a, op("send-supplement", http.MethodPost, kase+"/supplement/sending", "Send all answers, once", authz.SignedIn), d.sendSupplement)
	web.Register(a, op("accept-case", http.MethodPost, kase+"/acceptance", "Accept an application: the statutory clock starts", casework.MayAccept), d.accept)
	web.Register(a, op("refuse-acceptance", http.MethodPost, kase+"/acceptance-refusal", "Refuse to accept: by which ground, what was found, how to pass", casework.MayAccept), d.refuseAcceptance)
	web.Register(a, created(op("ask-supplement", http.MethodPost, kase+"/supplement-requests", "Ask once for everything that is missing", casework.MayAccept)), d.askSupplement)
	web.Register(a, op("pause-case", http.MethodPost, kase+"/pause", "Start a special procedure: the clock stands", casework.MayReadCase), d.pause)
	web.Register(a, op("resume-case", http.MethodPost, kase+"/resumption", "End the special procedure", casework.MayReadCase), d.resume)
	web.Register(a, op("extend-case", http.MethodPost, kase+"/extension", "Lengthen the limits, once", casework.MayExtend), d.extend)
	web.Register(a, op("list-messages", http.MethodGet, kase+"/messages", "The messages that the flow of a case waits for, with their values", casework.MayReadCase), d.listMessages)
	web.Register(a, op("hand-in-message", http.MethodPost, kase+"/messages/{name}", "Hand a case a message that its flow waits for", casework.MayMessage), d.handInMessage)
	web.Register(a, op("copy-case", http.MethodPost, kase+"/copies", "Inform an office or an officer of a case", casework.MayReadCase), d.copyCase)
	web.Register(a, op("list-copies", http.MethodGet, "/api/v1/copies", "What the caller and the caller's offices were informed of, newest first", casework.MayReadCase), d.listCopies)
	web.Register(a, op("read-copy", http.MethodPost, "/api/v1/copies/{region}/{id}/reading", "Mark a copy as read", casework.MayReadCase), d.readCopy)
	web.Register(a, op("get-progress", http.MethodGet, "/api/v1/progress", "The progress of a case for whoever knows its number", authz.Anyone), d.progress)
}

func (d Deps) registerTasks(a *web.API) {
	web.Register(a, op("list-tasks", http.MethodGet, tasks, "Open steps, least time left first", authz.SignedIn), d.listTasks)
	web.Register(a, op("get-task-operations", http.MethodGet, task+"/operations", "What the flow allows at a step besides giving a result", casework.MayReadCase), d.offered)
	web.Register(a, op("claim-task", http.MethodPost, task+"/claim", "Take a task", casework.MayReadCase), d.claim)
	web.Register(a, op("release-task", http.MethodPost, task+"/release", "Give a task back to the office", casework.MayReadCase), d.release)
	web.Register(a, op("complete-task", http.MethodPost, task+"/completion", "Finish a step with an opinion", casework.MayReadCase), d.complete)
	web.Register(a, op("return-task", http.MethodPost, task+"/return", "Send a step back to an earlier one", casework.MayReadCase), d.returnTo)
	web.Register(a, op("add-signer", http.MethodPost, task+"/signers", "Have somebody sign a step too: before, beside or after it", casework.MayReadCase), d.addSigner)
	web.Register(a, op("take-signer", http.MethodDelete, task+"/signers/{signer}", "Take somebody away who was to sign too", casework.MayReadCase), d.takeSigner)
	web.Register(a, op("list-signers", http.MethodGet, task+"/signers", "Who signs a step too", casework.MayReadCase), d.listSigners)
	web.Register(a, op("urge-task", http.MethodPost, task+"/urging", "Urge whoever has a step, once a day", casework.MayReadCase), d.urge)
	web.Register(a, op("take-back-task", http.MethodPost, task+"/taking-back", "Take a step back that one has just finished, until the next one is opened", casework.MayReadCase), d.takeBack)
	web.Register(a, op("redirect-task", http.MethodPost, task+"/redirection", "Move a case to another step", casework.MayRedirect), d.redirect)
	web.Register(a, op("reject-case", http.MethodPost, task+"/rejection", "Decide a case against its applicant from one of its steps: ground, clause and facts", casework.MayDecide), d.reject)
	web.Register(a, op("open-task", http.MethodPost, task+"/opening", "Note that whoever has a step looks at it: who sent it can take it back no more", casework.MayReadCase), d.openTask)
	web.Register(a, op("void-case", http.MethodPost, kase+"/voidance", "Declare a case void that was begun by mistake", casework.MayRedirect), d.void)
	web.Register(a, op("ask-applicant", http.MethodPost, task+"/supplement-requests", "Send a step back to the applicant; the clock stands only by the law that is named", casework.MayReadCase), d.askApplicant)
	web.Register(a, op("end-waiting", http.MethodPost, kase+"/waiting-end", "Go on without the applicant's answer", casework.MayReadCase), d.endWaiting)
	web.Register(a, op("transfer-task", http.MethodPost, task+"/transfer", "Give a task to another officer or office", casework.MayReadCase), d.transfer)
	web.Register(a, op("delegate-task", http.MethodPost, task+"/delegation", "Ask another officer for an opinion", casework.MayReadCase), d.delegate)
	web.Register(a, op("recall-delegation", http.MethodPost, task+"/delegation/recall", "Take a request for an opinion back, until it is answered", casework.MayReadCase), d.recall)
	web.Register(a, op("give-opinion", http.MethodPost, task+"/opinion", "Answer a delegation", casework.MayReadCase), d.giveOpinion)
	web.Register(a, op("watch", http.MethodGet, "/api/v1/watch", "Count the steps that are over their limit or near it", casework.MaySupervise), d.watch)
}
