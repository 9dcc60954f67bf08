package flow

import "doorstep/internal/id"

// The payloads of jobs. Each names one thing; what is to be done with it is the job's kind.
type (
	// OrderJob is for order.expire.
	OrderJob struct {
		Order id.Order `json:"order"`
	}
	// PurchaseJob is for purchase.submit, purchase.find, purchase.cancel and purchase.pay.
	PurchaseJob struct {
		Purchase id.Purchase `json:"purchase"`
	}
	// PaymentJob is for payment.capture and payment.void.
	PaymentJob struct {
		Payment id.Payment `json:"payment"`
	}
	// RefundJob is for refund.send and refund.find.
	RefundJob struct {
		Refund id.Refund `json:"refund"`
	}
	// MailJob is for mail.send.
	MailJob struct {
		Mail id.Mail `json:"mail"`
	}
	// ShipmentJob is for tracking.register.
	ShipmentJob struct {
		Shipment id.Shipment `json:"shipment"`
	}
)
