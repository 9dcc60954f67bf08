package dashboard

import (
	"net/http"
	"slices"

	"doorstep/internal/account"
)

// route is a row of the table: who may ask for what, and who answers.
type route struct {
	method, path string
	need         account.Role // or a higher one
	open         bool         // anybody may: the doors themselves
	page         func(*visit) error
}

func (r route) pattern() string { return r.method + " " + Prefix + r.path }

// routes is the table of contents, and the only place that says who may do what.
func (d *Dashboard) routes() []route {
	return slices.Concat(d.doors(), d.desk(), d.claimRoutes(), d.messageRoutes(), d.discountRoutes(), d.reviewRoutes(), d.moneyRoutes(),
		d.goodsRoutes(), d.oneself())
}

// doors are open to strangers: how somebody comes in, and goes.
func (d *Dashboard) doors() []route {
	const get, post = http.MethodGet, http.MethodPost
	return []route{
		{get, "/sign-in", "", true, d.signInPage},
		{post, "/sign-in", "", true, d.signIn},
		{get, "/sign-in/code", "", true, d.codePage},
		{post, "/sign-in/code", "", true, d.giveCode},
		{post, "/sign-in/passkey/ask", "", true, d.askPasskey},
		{post, "/sign-in/passkey", "", true, d.enterByPasskey},
		{get, "/forgot", "", true, d.forgotPage},
		{post, "/forgot", "", true, d.forgot},
		{get, "/password", "", true, d.choosePage},
		{post, "/password", "", true, d.choose},
		{get, "/welcome", "", true, d.welcomePage},
		{post, "/welcome", "", true, d.welcome},
		{post, "/theme", "", true, d.changeMode},
		{post, "/sign-out", account.Reader, false, d.signOut},
	}
}

// oneself is what everybody may do with their own account.
func (d *Dashboard) oneself() []route {
	const get, post = http.MethodGet, http.MethodPost
	const reader = account.Reader
	return []route{
		{get, "/account", reader, false, d.accountPage},
		{post, "/account/password", reader, false, d.changePassword},
		{post, "/account/sessions/{session}/end", reader, false, d.endSession},
		{post, "/account/sessions/end-others", reader, false, d.endOthers},
		{get, "/account/prove", reader, false, d.provePage},
		{post, "/account/prove", reader, false, d.prove},
		{post, "/account/prove/passkey/ask", reader, false, d.askProofByPasskey},
		{post, "/account/prove/passkey", reader, false, d.proveByPasskey},
		{get, "/account/codes", reader, false, d.codesPage},
		{post, "/account/codes", reader, false, d.beginCodes},
		{post, "/account/codes/confirm", reader, false, d.confirmCodes},
		{post, "/account/codes/end", reader, false, d.endCodes},
		{post, "/account/recovery", reader, false, d.newRecovery},
		{post, "/account/passkeys/ask", reader, false, d.askNewPasskey},
		{post, "/account/passkeys", reader, false, d.addPasskey},
		{post, "/account/passkeys/{passkey}/name", reader, false, d.namePasskey},
		{post, "/account/passkeys/{passkey}/remove", reader, false, d.endPasskey},
	}
}

// desk is the work, and the house.
func (d *Dashboard) desk() []route {
	const get, post = http.MethodGet, http.MethodPost
	const reader, support, manager, owner = account.Reader, account.Support, account.Manager, account.Owner
	return []route{
		// What happens, live.
		{get, "", reader, false, d.home},
		{get, "/events", reader, false, d.events},
		{get, "/attention", reader, false, d.attention},
		{get, "/log", reader, false, d.eventLog},
		{post, "/views", reader, false, d.saveView},
		{post, "/views/{view}/drop", reader, false, d.dropView},

		// Orders.
		{get, "/orders", reader, false, d.orders},
		{post, "/orders/bulk", support, false, d.bulk},
		{get, "/orders/export", reader, false, d.exportOrders},
		{get, "/runs", reader, false, d.runs},
		{get, "/runs/{run}", reader, false, d.run},
		{get, "/runs/{run}/export", reader, false, d.exportRun},
		{post, "/runs/{run}/begin", support, false, d.beginRun},
		{post, "/runs/{run}/retry", support, false, d.retryRun},
		{get, "/orders/{order}", reader, false, d.order},
		{post, "/orders/{order}/cancel", support, false, d.cancelOrder},
		{post, "/orders/{order}/confirm-payment", manager, false, d.confirmPayment},
		{post, "/orders/{order}/refund", manager, false, d.refundOrder},
		{get, "/orders/{order}/refund", manager, false, d.refundPage},
		{post, "/orders/{order}/refunds/{refund}/retry", manager, false, d.retryRefund},
		{post, "/orders/{order}/refunds/{refund}/ask", support, false, d.askRefund},
		{post, "/orders/{order}/payments/{payment}/ask", support, false, d.askPayment},
		{post, "/orders/{order}/refund-unplaced", manager, false, d.refundUnplaced},
		{post, "/orders/{order}/ask-customer", support, false, d.askCustomer},
		{post, "/orders/{order}/source", manager, false, d.sourceOrder},
		{get, "/orders/{order}/address", support, false, d.addressPage},
		{post, "/orders/{order}/address", support, false, d.changeAddress},
		{post, "/shipments/{shipment}/event", support, false, d.parcelEvent},
		{post, "/shipments/{shipment}/flag", support, false, d.settleFlag},
		{post, "/shipments/{shipment}/again", manager, false, d.sendParcelAgain},

		// Who bought.
		{get, "/customers", reader, false, d.customers},
		{get, "/customers/{customer}", reader, false, d.customer},
		{post, "/customers/{customer}/notes", support, false, d.noteCustomer},
		{post, "/customers/{customer}/notes/{note}/drop", support, false, d.dropNote},
		{post, "/customers/{customer}/notes/{note}/restore", support, false, d.restoreNote},

		// What we buy for them.
		{post, "/purchases/{purchase}/release", manager, false, d.releasePurchase},
		{post, "/purchases/{purchase}/hold", manager, false, d.holdPurchase},
		{post, "/purchases/{purchase}/place", manager, false, d.placePurchase},
		{post, "/purchases/{purchase}/resolve", manager, false, d.resolvePurchase},
		{post, "/purchases/{purchase}/accept", support, false, d.acceptPurchase},
		{post, "/purchases/{purchase}/reject", support, false, d.rejectPurchase},
		{post, "/purchases/{purchase}/ship", support, false, d.shipPurchase},
		{post, "/purchases/{purchase}/wait", support, false, d.waitPurchase},
		{get, inquiryPath, support, false, d.inquiry},
		{post, inquiryPath, support, false, d.askSupplier},
		{post, "/purchases/{purchase}/ask-mail", support, false, d.mailSupplier},
		{post, "/purchases/{purchase}/ghost", support, false, d.settleGhost},
		{post, "/purchases/{purchase}/cancel-answer", support, false, d.answerCancel},

		// What is sold, and who ships it.
		{get, "/products", reader, false, d.products},
		{get, "/products/{product}", reader, false, d.product},
		{post, "/products/{product}/status", manager, false, d.setStatus},
		{get, "/suppliers", reader, false, d.suppliers},
		{post, "/suppliers", manager, false, d.addSupplier},
		{get, "/suppliers/{supplier}", reader, false, d.supplier},
		{post, "/suppliers/{supplier}", manager, false, d.changeTerms},
		{get, "/feeds", reader, false, d.feeds},
		{get, "/feeds/{feed}", reader, false, d.feed},
		{post, "/feeds/{feed}/believe", manager, false, d.believeFeed},
		{post, "/feeds/{feed}/refuse", manager, false, d.refuseFeed},
		{get, "/jobs", reader, false, d.jobs},
		{post, "/jobs/{job}/retry", manager, false, d.retryJob},

		// What customers are told.
		{get, "/mails", reader, false, d.mails},
		{get, "/mails/sent", reader, false, d.sentMails},
		{post, "/mails/sent/{mail}/again", support, false, d.mailAgain},
		{get, "/mails/{kind}", reader, false, d.mailPage},
		{post, "/mails/{kind}", manager, false, d.saveMail},
		{get, "/mails/{kind}/draw", reader, false, d.drawMail},
		{post, "/mails/{kind}/draw", manager, false, d.drawMail},
		{post, "/mails/{kind}/reset", manager, false, d.resetMail},
		{post, "/mails/{kind}/try", support, false, d.tryMail},

		// The house.
		{get, "/connectors", reader, false, d.connectors},
		{get, "/connectors/new/{kind}/{driver}", owner, false, d.newConnector},
		{post, "/connectors/new/{kind}/{driver}", owner, false, d.addConnector},
		{get, "/connectors/{connector}", manager, false, d.connector},
		{post, "/connectors/{connector}", owner, false, d.changeConnector},
		{post, "/connectors/{connector}/test", manager, false, d.testConnector},
		{post, "/connectors/{connector}/pause", manager, false, d.pauseConnector},
		{get, "/settings", manager, false, d.settingsPage},
		{get, "/settings/{section}", manager, false, d.settingsPage},
		{post, "/settings", manager, false, d.changeSettings},
		{post, "/settings/texts", manager, false, d.saveShopTexts},
		{post, "/settings/texts/reset", manager, false, d.resetShopTexts},
		{post, logoUploadPath, manager, false, d.uploadLogo},
		{post, "/settings/logo/remove", manager, false, d.removeLogo},
		{get, "/staff", owner, false, d.staffPage},
		{post, "/staff", owner, false, d.addStaff},
		{post, "/staff/{staff}/role", owner, false, d.setRole},
		{post, "/staff/{staff}/access", owner, false, d.setAccess},
		{post, "/staff/{staff}/sign-out", owner, false, d.signOutStaff},
		{get, "/staff/{staff}/password", owner, false, d.staffPasswordPage},
		{post, "/staff/{staff}/password", owner, false, d.setStaffPassword},
		{post, "/staff/{staff}/invite", owner, false, d.inviteAgain},
		{post, "/staff/{staff}/factors", owner, false, d.forgetFactors},
		{post, "/staff/second-factor", owner, false, d.requireSecond},
		{post, "/keys", owner, false, d.addKey},
		{post, "/keys/{key}/revoke", owner, false, d.revokeKey},
	}
}
