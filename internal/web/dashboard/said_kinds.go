package dashboard

import "strings"

// kindSentence says in a few words what happened; empty for a kind that nobody has written
// words for (a test finds those).
func kindSentence(kind string) string {
	noun, verb, _ := strings.Cut(kind, ".")
	switch noun {
	case "order":
		return orderSentence(verb)
	case "purchase":
		return purchaseSentence(verb)
	case "payment":
		return paymentSentence(verb)
	case "refund", "chargeback":
		return moneyBackSentence(kind)
	case "shipment":
		return shipmentSentence(verb)
	case "claim":
		return claimSentence(verb)
	case "exchange":
		return exchangeSentence(verb)
	case "dispute":
		return disputeSentence(verb)
	case "bill", "statement":
		return billSentence(kind)
	case "message", "mailbox":
		return messageSentence(kind)
	case "staff", "key", "customer":
		return peopleSentence(kind)
	case "review", "service", "consent":
		return feedbackSentence(kind)
	case "product", "variant", "collection", "offer", "supplier", "feed":
		return goodsSentence(kind)
	case "discount", "credit":
		return map[string]string{"discount.made": "A discount code was made", "discount.changed": "A discount code was changed",
			"discount.stopped": "A discount code was stopped", "credit.granted": "Store credit was given or taken back"}[kind]
	}
	return houseSentence(kind)
}

func orderSentence(verb string) string {
	return map[string]string{
		"placed":          "The customer placed the order",
		"goodwill":        "The customer got a code for the next order, for the wait",
		"confirmed":       "The order is confirmed",
		"sourced-again":   "A supplier is looked for again",
		"supplier-chosen": "A person chose the supplier",
		"unplaced":        "No supplier can deliver a part of the order",
		"choice-asked":    "The customer is asked: wait, something else, or the money back",
		"choice-made":     "The customer has chosen",
		"swapped":         "The customer chose another article",
		"readdressed":     "The delivery address was corrected",
		"cut":             "What nobody can deliver was taken off the order",
		"kept":            "The order goes on: it could not be cancelled any more",
		"cancelling":      "Cancelling was asked for; suppliers are asked to stop",
		"cancelled":       "The order is cancelled",
		"expected":        "The order is expected on other days now",
		"late":            "The promise will not be kept: the customer is told",
		"closed":          "All is delivered: the order is closed",
		"reopened":        "The order is open again",
		"marked-test":     "The order was marked as a test",
	}[verb]
}

func purchaseSentence(verb string) string {
	return map[string]string{
		"planned":          "It was decided which supplier sends this",
		"held":             "The purchase order waits for a person",
		"released":         "The purchase order was released",
		"submitted":        "The supplier has received the purchase order",
		"accepted":         "The supplier will deliver",
		"asked":            "The supplier asks something",
		"inquired":         "The supplier was asked how the purchase order stands",
		"inquiry-answered": "The supplier said how the purchase order stands",
		"inquiry-mailed":   "The supplier was asked about the purchase order by mail",
		"delayed":          "The supplier ships later than thought",
		"shorted":          "The supplier does not have all of it",
		"part-shipped":     "The supplier has sent a part",
		"shipped":          "The supplier has sent everything",
		"rejected":         "The supplier refused the purchase order",
		"uncertain":        "The supplier's answer was lost; whether the order arrived is being found out",
		"absent":           "The supplier never had the purchase order",
		"unpaid":           "The supplier waits for our payment",
		"pay-refused":      "Paying the supplier did not work",
		"late":             "The supplier has not shipped in time",
		"cancelling":       "The supplier is asked to cancel",
		"cancelled":        "The purchase order is cancelled",
		"cancel-refused":   "The supplier will not cancel",
		"ghost":            "The supplier has an order that we had given up",
		"ghost-settled":    "A person settled the order that we had given up",
	}[verb]
}

func messageSentence(kind string) string {
	return map[string]string{
		"message.received":  "The customer wrote",
		"message.automatic": "A mail came that no person wrote",
		"message.answered":  "The customer was answered",
		"message.noted":     "Somebody wrote a note",
		"message.assigned":  "It was said who answers",
		"message.closed":    "The conversation is closed",
		"message.reopened":  "The conversation is open again",
		"message.snoozed":   "The conversation was put off",
		"message.woken":     "The conversation that was put off is back",
		"message.overdue":   "The customer has waited too long for an answer",
		"message.linked":    "A mail was put to its order",
		"message.sorted":    "A mail belongs to no order",
		"mailbox.trouble":   "The mailbox cannot be read",
	}[kind]
}

func paymentSentence(verb string) string {
	return map[string]string{
		"created":         "A payment was begun",
		"pending":         "The payment is with the customer or the bank",
		"authorised":      "The payment is authorised",
		"capturing":       "The money is being taken in",
		"captured":        "The money is in",
		"capture-refused": "Taking the money in was refused",
		"voiding":         "The payment is being let go",
		"voided":          "The payment was let go: no money was taken",
		"void-refused":    "Letting the payment go was refused",
		"void-slow":       "Letting the payment go takes unusually long",
		"failed":          "The payment failed",
		"expired":         "The payment was not made in time",
		"wrong-currency":  "Money came in another currency than asked for",
	}[verb]
}

func moneyBackSentence(kind string) string {
	return map[string]string{
		"refund.requested":     "A refund was asked for",
		"refund.approved":      "A refund is on its way",
		"refund.declined":      "The refund was dropped: there is nothing to give back",
		"refund.succeeded":     "The customer has the money back",
		"refund.failed":        "The refund did not work",
		"refund.bounced":       "The refund came back: the customer does not have the money",
		"refund.slow":          "The refund takes unusually long",
		"chargeback.inquiry":   "The bank asks about the payment",
		"chargeback.opened":    "The customer's bank demands the money back",
		"chargeback.answered":  "The bank has our answer",
		"chargeback.won":       "The bank decided for us",
		"chargeback.lost":      "The bank decided for the customer",
		"chargeback.dropped":   "The bank dropped the matter",
		"chargeback.conceded":  "The bank's demand was accepted",
		"chargeback.submitted": "Our evidence was sent to the bank",

		"chargeback.drafted":          "Our evidence for the bank was changed",
		"chargeback.answer-queued":    "Our evidence is to be handed in to the bank",
		"chargeback.answer-uncertain": "Whether the bank has our evidence is not known",
		"chargeback.answer-refused":   "Our evidence was not taken",
		"chargeback.near":             "The bank must be answered soon",
	}[kind]
}

func shipmentSentence(verb string) string {
	return map[string]string{
		"flagged":          "Something is odd about the parcel",
		"flag-settled":     "A person has looked at what was odd about the parcel",
		"announced":        "A parcel was announced",
		"in-transit":       "The parcel is on its way",
		"out-for-delivery": "The parcel is out for delivery",
		"delivered":        "The parcel was delivered",
		"exception":        "Something went wrong with the parcel",
		"lost":             "The parcel is lost",
		"late":             "Nothing was heard of the parcel for long",
		"returning":        "The parcel is on its way back",
		"returned":         "The parcel has come back",
	}[verb]
}

func claimSentence(verb string) string {
	return map[string]string{
		"opened":          "The customer says that something is wrong",
		"asked":           "The customer was asked for more about the claim",
		"answered":        "The customer answered about the claim",
		"approved":        "The claim was granted",
		"return-approved": "The goods of the claim are to come back first",
		"sent-back":       "The customer has sent the goods back",
		"label":           "The customer got a label for the way back",
		"label-gone":      "The label for the way back was taken back",
		"receipt":         "The customer shows what sending it back cost",
		"receipt-paid":    "What sending it back cost was paid",
		"receipt-refused": "The receipt of the way back was not accepted",
		"unheard":         "Nothing was heard of goods that were sent back",
		"back-moved":      "The parcel with the goods of the claim is on its way to us",
		"back-lost":       "The carrier lost the parcel with the goods of the claim",
		"back-turned":     "The carrier takes the parcel with the goods of the claim to the customer again",
		"received":        "The goods of the claim are back",
		"passed":          "The goods that came back are as they should be",
		"settled":         "The claim is settled",
		"failed":          "Settling the claim did not work",
		"tried-again":     "Settling the claim is tried again",
		"reopened":        "The claim is open again",
		"declined":        "The claim was declined",
		"appealed":        "The customer does not accept the answer to the claim",
		"withdrawn":       "The customer withdrew the claim",
		"run-out":         "The claim ended: nobody answered in time",
		"over":            "The claim ended: its order was cancelled, and all of the money is back",
		"back-cancelled":  "The order of the claim was cancelled while goods were asked back",
		"found":           "What the claim missed has turned up",
		"seen-to":         "A person saw to the claim",
		"sent-elsewhere":  "What the claim is to send was bought elsewhere",
	}[verb]
}

func exchangeSentence(verb string) string {
	return map[string]string{
		"held":      "The article that comes instead is put by",
		"waiting":   "The customer was asked to pay the difference",
		"underpaid": "Less than the difference of the exchange came in",
		"done":      "The other article is bought",
		"lapsed":    "The exchange came to nothing: its article is free again",
		"paid-late": "Money came for an exchange that was over: it goes back",
	}[verb]
}

func disputeSentence(verb string) string {
	return map[string]string{
		"filing":    "The supplier is being told of the loss",
		"uncertain": "Whether the supplier has our demand is not known",
		"queued":    "The supplier is to be told of the loss",
		"refused":   "The supplier cannot be told of the loss in this way",
		"absent":    "The supplier does not have our demand: it is sent again",
		"near":      "The supplier's window ends soon",
		"waived":    "What the supplier credited too little was let be",
		"due":       "The supplier owes us for a claim",
		"filed":     "The supplier has our demand",
		"granted":   "The supplier agrees to pay for the claim",
		"credited":  "The supplier has paid for the claim",
		"denied":    "The supplier will not pay for the claim",
		"lapsed":    "The time to demand it from the supplier is over",
	}[verb]
}

func peopleSentence(kind string) string {
	return map[string]string{ //nolint:gosec // sentences, no credentials
		"staff.added":             "Somebody joined the staff",
		"staff.invited":           "An invitation to the staff was sent",
		"staff.signed-in":         "Somebody signed in",
		"staff.signed-out":        "Somebody was signed out",
		"staff.role-changed":      "A role was changed",
		"staff.let-in":            "Somebody may sign in again",
		"staff.shut-out":          "Somebody may not sign in any more",
		"staff.reset-asked":       "A new password was asked for",
		"staff.password-changed":  "A password was changed",
		"staff.second-factor-on":  "Codes of an app are asked for at sign-in",
		"staff.second-factor-off": "No codes of an app are asked for any more",
		"staff.recovery-used":     "A recovery code was used to sign in",
		"staff.recovery-renewed":  "New recovery codes were made",
		"staff.passkey-added":     "A passkey was added",
		"staff.passkey-removed":   "A passkey was removed",
		"staff.passkey-doubted":   "A passkey may have been copied: it was refused",
		"key.issued":              "An API key was made",
		"key.revoked":             "An API key was revoked",
		"customer.noted":          "A note was written about the customer",
		"customer.note-dropped":   "A note about the customer was removed",
		"customer.note-restored":  "A note about the customer was brought back",
		"customer.erased":         "A customer's data was erased",
	}[kind]
}

func goodsSentence(kind string) string {
	return map[string]string{
		"product.added":              "A product was added",
		"product.changed":            "A product was changed",
		"product.status-changed":     "A product was put on or off sale",
		"variant.added":              "A variant was added",
		"variant.changed":            "A variant was changed",
		"variant.removed":            "A variant was removed",
		"variant.paused":             "A variant was taken off sale for now",
		"variant.resumed":            "A variant is on sale again",
		"collection.made":            "A collection was made",
		"collection.changed":         "A collection was renamed or described anew",
		"collection.moved":           "A collection was put elsewhere among the others",
		"collection.removed":         "A collection was removed",
		"collection.product-added":   "A product was put into a collection",
		"collection.product-removed": "A product was taken out of a collection",
		"collection.arranged":        "A product was put elsewhere in a collection",
		"offer.mapped":               "A supplier's article was tied to a variant",
		"offer.changed":              "A supplier's offer was changed",
		"offer.unmapped":             "A supplier's article was untied",
		"supplier.added":             "A supplier was added",
		"supplier.changed":           "A supplier's terms were changed",
		"supplier.claims-changed":    "What a supplier takes back was changed",
		"supplier.billing-changed":   "How much the supplier may bill beyond what was booked was changed",
		"feed.parked":                "A supplier's list looked wrong: it waits for a person",
		"feed.believed":              "A person believed the supplier's list",
		"feed.refused":               "A person refused the supplier's list",
	}[kind]
}

func houseSentence(kind string) string {
	return map[string]string{
		"connector.active":    "A connector works again",
		"connector.refused":   "A connector is not let in any more",
		"connector.ending":    "A connector's permission ends soon",
		"connector.changed":   "A connector's settings were changed",
		"connector.paused":    "A connector was paused",
		"connector.resumed":   "A connector was switched on again",
		"mail.sent-again":     "A mail was sent again",
		"mail.tried":          "A mail was sent to try it out",
		"mail.text-changed":   "The text of a mail was changed",
		"mail.text-reset":     "The text of a mail is the usual one again",
		"mail.server-unset":   "Mails cannot leave: no mail server is set",
		"mail.server-refused": "Mails cannot leave: the mail server refuses us",
		"bulk.begun":          "Many orders are changed at once",
		"bulk.retried":        "What had failed of a bulk change is tried again",
		"bulk.ended":          "A bulk change has ended",
		"job.given-up":        "Something was tried often and given up: a person must look",
		"job.retried":         "A person let it be tried again",
		"setting.changed":     "A setting was changed",
		"store.restored":      "The shop was restored from a backup",
		"store.resealed":      "All secrets were sealed with a new key",
	}[kind]
}

func billSentence(kind string) string {
	return map[string]string{ //nolint:gosec // sentences, no credentials
		"statement.imported": "A supplier's bill was imported",
		"bill.matched":       "The supplier's bill agrees with what was bought",
		"bill.differs":       "The supplier's bill differs from what was bought",
		"bill.duplicate":     "The supplier bills this a second time",
		"bill.unmatched":     "The supplier bills something that we do not know",
		"bill.credited":      "The supplier's credit is on its bill",
		"bill.accepted":      "The supplier's bill was accepted as it is",
		"bill.disputed":      "What is billed too much was demanded back",
		"bill.ignored":       "A line of the supplier's bill was let be",
		"bill.linked":        "A line of the supplier's bill was given to this order",
	}[kind]
}
