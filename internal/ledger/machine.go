package ledger

import "doorstep/internal/machine"

// PaymentState is where a payment is.
type PaymentState string

// The states of a payment.
const (
	PaymentCreated    PaymentState = "created"
	PaymentPending    PaymentState = "pending" // with the customer or the bank
	PaymentAuthorised PaymentState = "authorised"
	PaymentCapturing  PaymentState = "capturing"
	PaymentCaptured   PaymentState = "captured"
	PaymentVoiding    PaymentState = "voiding"
	PaymentVoided     PaymentState = "voided"
	PaymentFailed     PaymentState = "failed"
	PaymentExpired    PaymentState = "expired"
)

// PaymentEvent is what can happen to a payment.
type PaymentEvent string

// The events of a payment.
const (
	Begin         PaymentEvent = "begin"
	Authorise     PaymentEvent = "authorise"
	AskCapture    PaymentEvent = "ask-capture"
	Capture       PaymentEvent = "capture"
	RefuseCapture PaymentEvent = "refuse-capture"
	AskVoid       PaymentEvent = "ask-void"
	Void          PaymentEvent = "void"
	FailPayment   PaymentEvent = "fail"
	ExpirePayment PaymentEvent = "expire"
)

// Payments is the life of a payment. Money does arrive late, so capture is legal nearly
// everywhere: the reaction gives it back when the order is gone.
var Payments = machine.Machine[PaymentState, PaymentEvent]{
	Name: "payment", Start: PaymentCreated,
	Final: []PaymentState{PaymentCaptured, PaymentVoided, PaymentFailed, PaymentExpired},
	Rows: []machine.Row[PaymentState, PaymentEvent]{
		{Event: Begin, From: []PaymentState{PaymentCreated}, To: PaymentPending},
		{Event: Authorise, From: []PaymentState{PaymentCreated, PaymentPending, PaymentFailed, PaymentExpired}, To: PaymentAuthorised},
		{Event: AskCapture, From: []PaymentState{PaymentAuthorised}, To: PaymentCapturing},
		{Event: Capture, From: []PaymentState{PaymentCreated, PaymentPending, PaymentAuthorised, PaymentCapturing,
			PaymentVoiding, PaymentVoided, PaymentFailed, PaymentExpired}, To: PaymentCaptured},
		{Event: RefuseCapture, From: []PaymentState{PaymentCapturing}, To: PaymentAuthorised},
		{Event: AskVoid, From: []PaymentState{PaymentAuthorised, PaymentPending}, To: PaymentVoiding},
		{Event: Void, From: []PaymentState{PaymentVoiding, PaymentAuthorised, PaymentPending, PaymentCapturing}, To: PaymentVoided},
		{Event: FailPayment, From: []PaymentState{PaymentCreated, PaymentPending, PaymentAuthorised, PaymentCapturing, PaymentVoiding}, To: PaymentFailed},
		{Event: ExpirePayment, From: []PaymentState{PaymentCreated, PaymentPending, PaymentAuthorised, PaymentCapturing, PaymentVoiding}, To: PaymentExpired},
	},
}

// RefundState is where money on its way back is.
type RefundState string

// The states of a refund.
const (
	RefundRequested RefundState = "requested"
	RefundApproved  RefundState = "approved"
	RefundSending   RefundState = "sending"
	RefundUncertain RefundState = "uncertain"
	RefundSucceeded RefundState = "succeeded"
	RefundFailed    RefundState = "failed"
	RefundDeclined  RefundState = "declined"
)

// RefundEvent is what can happen to a refund.
type RefundEvent string

// The events of a refund.
const (
	ApproveRefund RefundEvent = "approve"
	SendRefund    RefundEvent = "send"
	SucceedRefund RefundEvent = "succeed"
	LoseRefund    RefundEvent = "lose-answer"
	FindNoRefund  RefundEvent = "find-absent"
	FindRefund    RefundEvent = "find-pending" // the provider has it and has not decided
	RefundNotSent RefundEvent = "not-sent"
	DeclineRefund RefundEvent = "decline"
	FailRefund    RefundEvent = "fail"
	BounceRefund  RefundEvent = "bounce"
)

// Refunds is the life of a refund. One that failed stays so: providers repeat their answer to
// an old key, so trying again is a new refund with a key of its own.
var Refunds = machine.Machine[RefundState, RefundEvent]{
	Name: "refund", Start: RefundRequested,
	Final: []RefundState{RefundSucceeded, RefundDeclined, RefundFailed},
	Rows: []machine.Row[RefundState, RefundEvent]{
		{Event: ApproveRefund, From: []RefundState{RefundRequested}, To: RefundApproved},
		{Event: DeclineRefund, From: []RefundState{RefundRequested, RefundApproved}, To: RefundDeclined},
		{Event: SendRefund, From: []RefundState{RefundApproved}, To: RefundSending},
		{Event: RefundNotSent, From: []RefundState{RefundSending}, To: RefundApproved},
		{Event: LoseRefund, From: []RefundState{RefundSending}, To: RefundUncertain},
		{Event: FindNoRefund, From: []RefundState{RefundUncertain}, To: RefundApproved},
		{Event: FindRefund, From: []RefundState{RefundUncertain}, To: RefundSending},
		{Event: SucceedRefund, From: []RefundState{RefundSending, RefundUncertain, RefundApproved}, To: RefundSucceeded},
		{Event: FailRefund, From: []RefundState{RefundSending, RefundUncertain}, To: RefundFailed},
		{Event: BounceRefund, From: []RefundState{RefundSucceeded}, To: RefundFailed},
	},
}

// ChargebackState is where the bank's demand for money is.
type ChargebackState string

// The states of a chargeback.
const (
	ChargebackInquiry  ChargebackState = "inquiry" // asked, no money moved
	ChargebackOpened   ChargebackState = "opened"
	ChargebackAnswered ChargebackState = "answered"
	ChargebackWon      ChargebackState = "won"
	ChargebackLost     ChargebackState = "lost"
	ChargebackDropped  ChargebackState = "dropped"
	ChargebackConceded ChargebackState = "conceded"
)

// ChargebackEvent is what can happen to a chargeback.
type ChargebackEvent string

// The events of a chargeback.
const (
	Escalate         ChargebackEvent = "escalate"
	AnswerChargeback ChargebackEvent = "answer"
	WinChargeback    ChargebackEvent = "win"
	LoseChargeback   ChargebackEvent = "lose"
	DropChargeback   ChargebackEvent = "drop"
	Concede          ChargebackEvent = "concede"
	ReopenChargeback ChargebackEvent = "reopen"
)

// Chargebacks is the life of a chargeback.
var Chargebacks = machine.Machine[ChargebackState, ChargebackEvent]{
	Name: "chargeback", Start: ChargebackInquiry,
	Final: []ChargebackState{ChargebackWon, ChargebackLost, ChargebackDropped, ChargebackConceded},
	Rows: []machine.Row[ChargebackState, ChargebackEvent]{
		{Event: Escalate, From: []ChargebackState{ChargebackInquiry}, To: ChargebackOpened},
		{Event: AnswerChargeback, From: []ChargebackState{ChargebackInquiry, ChargebackOpened}, To: ChargebackAnswered},
		{Event: WinChargeback, From: []ChargebackState{ChargebackOpened, ChargebackAnswered}, To: ChargebackWon},
		{Event: LoseChargeback, From: []ChargebackState{ChargebackOpened, ChargebackAnswered}, To: ChargebackLost},
		{Event: DropChargeback, From: []ChargebackState{ChargebackInquiry, ChargebackOpened, ChargebackAnswered}, To: ChargebackDropped},
		{Event: Concede, From: []ChargebackState{ChargebackOpened}, To: ChargebackConceded},
		{Event: ReopenChargeback, From: []ChargebackState{ChargebackWon, ChargebackLost, ChargebackDropped}, To: ChargebackOpened},
	},
}
