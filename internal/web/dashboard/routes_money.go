package dashboard

import (
	"net/http"

	"doorstep/internal/account"
)

// moneyRoutes are the rows of the table for what is demanded, billed and earned.
func (d *Dashboard) moneyRoutes() []route {
	const get, post = http.MethodGet, http.MethodPost
	const reader, manager = account.Reader, account.Manager
	return []route{
		// Demands on suppliers.
		{get, "/disputes/{dispute}", reader, false, d.dispute},
		{get, "/disputes/{dispute}/evidence.pdf", reader, false, d.disputePDF},
		{get, "/disputes/{dispute}/evidence.zip", reader, false, d.disputeZIP},
		{post, "/disputes/{dispute}/send", manager, false, d.sendDispute},
		{post, "/disputes/{dispute}/resolve", manager, false, d.resolveDispute},
		{post, "/disputes/{dispute}/waive", manager, false, d.waiveDispute},
		{post, "/disputes/{dispute}/{event}", manager, false, d.moveDispute},

		// Banks' demands on us.
		{get, "/chargebacks/{chargeback}", manager, false, d.chargeback},
		{get, "/chargebacks/{chargeback}/evidence.pdf", manager, false, d.chargebackPDF},
		{post, "/chargebacks/{chargeback}", manager, false, d.keepAnswer},
		{post, "/chargebacks/{chargeback}/submit", manager, false, d.submitAnswer},

		// What suppliers bill.
		{get, "/statements", manager, false, d.statements},
		{get, "/statements/new", manager, false, d.newStatement},
		{post, statementCheckPath, manager, false, d.checkStatement},
		{post, "/statements", manager, false, d.importStatement},
		{get, "/statements/{statement}", manager, false, d.statement},
		{post, "/statements/{statement}/{line}/{fix}", manager, false, d.fixBill},
		{post, "/suppliers/{supplier}/billing", manager, false, d.setBilling},

		// What is left of it.
		{get, "/profit", reader, false, d.profit},
		{get, "/profit/export", reader, false, d.exportProfit},
		{get, "/orders/{order}/profit", reader, false, d.orderProfit},
	}
}

// statementCheckPath takes files: its forms may be larger.
const statementCheckPath = "/statements/check"
