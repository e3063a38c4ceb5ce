// Package tabs is the pages on which a whole service package is written: 要素,
// 材料, 情形, 表单, 时限, 收费, 窗口, 依据, 结果, the preview and 发布. What stands on
// them is data (spec_*.go): values at paths of the package, in sheets and lists.
// The flow has pages of its own, one package up.
package tabs
