package flow

// AuditOrder is the part of Audit that looks at one order, for tests that look often.
var AuditOrder = auditOrder
