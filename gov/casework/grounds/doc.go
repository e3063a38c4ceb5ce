// Package grounds is why an application is refused: what is not met, by which
// clause, what was found, and how the applicant can pass. It knows neither
// cases nor a database.
//
// # Law
//
// 行政许可法 art. 32 ¶1(1), (2) (grounds to refuse acceptance), (4) (materials that
// are missing are asked for once, before anything is refused for them), art. 38
// ¶2 (a refusal gives its reasons). A free text alone is no reason: it names no
// requirement and no clause, so that nobody can check it or do better.
package grounds
