// Package quality scores the content of guides (指南质量): what is missing, vague
// or contradictory, by rules that are data.
package quality
