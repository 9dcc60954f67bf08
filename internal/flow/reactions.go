package flow

import (
	"context"

	"doorstep/internal/db"
	"doorstep/internal/event"
)

// reaction is what follows from a fact, in its transaction. The order is locked.
type reaction func(ctx context.Context, tx *db.Tx, e event.Event) error

// reactions is the table of what follows from what, in the order of an order's life.
func reactions(kind string) []reaction {
	switch kind {
	// The customer buys.
	case "order.placed":
		return []reaction{expireLater}
	case "payment.pending":
		return []reaction{tellHowToPay}
	case "payment.authorised":
		return []reaction{confirmOrder, takeExchange, returnIfCancelled}
	case "payment.captured":
		return []reaction{bookCapture, confirmOrder, returnIfCancelled, returnTooMuch, letGoOfRest, settleExchangePaid}
	case "order.confirmed":
		return []reaction{keepStock, bookSale, spendCredit, keepPromise, tellConfirmed, sourceOrder}

	// We buy.
	case "purchase.planned":
		return []reaction{submitWhenDue, moveReplanned}
	case "purchase.released":
		return []reaction{submitWhenDue}
	case "purchase.submitted":
		return []reaction{settleStock, bookCost}
	case "purchase.accepted":
		return []reaction{captureWhenPromised, moveExpected}
	case "purchase.unpaid":
		return []reaction{payIfPossible}
	case "purchase.rejected":
		return []reaction{returnCommitment, unbookCost, sourceAgain, sendElsewhere, finishCancelling, failUnsent}
	case "purchase.shorted":
		return []reaction{sourceAgain, sendElsewhere, failUnsent}
	case "order.choice-asked":
		return []reaction{tellChoice}
	case "purchase.delayed":
		return []reaction{moveExpected}
	case "purchase.late", "shipment.late", "shipment.flagged":
		return []reaction{moveExpected}
	case "order.late":
		return []reaction{tellDelayed}
	case "order.goodwill":
		return []reaction{tellGoodwill}
	case "purchase.cancelled":
		return []reaction{returnCommitment, unbookCost, finishCancelling, failUnsent}
	case "purchase.part-shipped":
		return []reaction{askRest}
	case "purchase.cancel-refused", "purchase.shipped":
		return []reaction{captureWhenPromised, finishCancelling}

	// It is on its way.
	case "shipment.announced":
		return []reaction{followParcel, tellShipped, flagAnnounced}
	case "shipment.in-transit":
		return []reaction{moveExpected, flagMoved}
	case "shipment.out-for-delivery":
		return []reaction{tellOut, moveExpected, flagMoved}
	case "shipment.delivered":
		return []reaction{tellDelivered, moveExpected, flagMoved, flagDelivered, closeWhenDone, settleSent}
	case "order.kept":
		return []reaction{captureWhenPromised}
	case "order.closed":
		return []reaction{captureWhenPromised, freeStock, followUpLater, endPromise}

	// It does not come to pass.
	case "order.cancelled":
		return []reaction{releaseStock, endWithOrder, dropPlanned, returnMoney, releaseCode, tellCancelled, endPromise, endClaims}
	case "refund.approved":
		return []reaction{adoptRefund, sendRefund}
	case "refund.succeeded":
		return []reaction{bookRefund, tellRefunded, settlePaid, endClaims}
	case "refund.bounced":
		return []reaction{unbookRefund, failUnpaid}
	case "refund.failed", "refund.declined":
		return []reaction{failUnpaid}
	case "payment.voided", "payment.expired", "payment.failed":
		return []reaction{endClaims}
	case "chargeback.inquiry":
		return []reaction{draftAnswer}
	case "chargeback.opened":
		return []reaction{reopenOrder, draftAnswer}
	case "chargeback.won", "chargeback.lost", "chargeback.dropped", "chargeback.conceded":
		return []reaction{sendWaiting, closeWhenDone, endClaims}

	// The house.
	case "connector.refused", "connector.ending":
		return []reaction{tellStopped}
	case "staff.invited":
		return []reaction{tellInvited}
	case "staff.reset-asked":
		return []reaction{tellReset}
	case "staff.password-changed", "staff.second-factor-on", "staff.second-factor-off", "staff.passkey-added", "staff.passkey-removed", "staff.recovery-used":
		return []reaction{tellSecurity}
	}
	return claimReactions(kind)
}

// claimReactions is the part of the table about claims: something is wrong with what came.
func claimReactions(kind string) []reaction {
	switch kind {
	case "claim.opened":
		return []reaction{approveByRule, tellClaimOpened, tellStaffOfClaim}
	case "claim.asked":
		return []reaction{tellClaimAsked}
	case "claim.answered":
		return []reaction{tellStaffOfClaim}
	case "claim.approved":
		return []reaction{raiseDisputes, tellClaimApproved}
	case "claim.return-approved":
		return []reaction{tellClaimApproved}
	case "claim.label", "claim.receipt-paid", "claim.receipt-refused":
		return []reaction{tellWayBack}
	case "claim.received":
		return []reaction{tellClaimReceived}
	case "claim.passed":
		return []reaction{raiseDisputes, tellClaimPassed}
	case "claim.settled":
		return []reaction{closeWhenDone}
	case "claim.declined":
		return []reaction{endWithClaim, tellClaimDeclined, closeWhenDone}
	case "claim.appealed":
		return []reaction{tellClaimAppealed, tellStaffOfClaim}
	case "claim.withdrawn":
		return []reaction{endWithClaim, tellClaimWithdrawn, closeWhenDone}
	case "claim.run-out":
		return []reaction{endWithClaim, tellClaimRunOut, closeWhenDone}
	case "claim.failed":
		return []reaction{endClaims}
	case "claim.over":
		return []reaction{tellClaimRunOut} // with words of its own
	case "exchange.waiting":
		return []reaction{tellExchangeWaiting}
	case "exchange.done":
		return []reaction{tellExchangeDone}
	case "exchange.lapsed":
		return []reaction{tellExchangeLapsed}
	}
	return nil
}
