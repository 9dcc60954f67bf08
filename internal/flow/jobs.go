package flow

import (
	"doorstep/internal/id"
	"doorstep/internal/job"
)

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

// TrackingBatch is the job that registers what its store's tracking service does not follow yet:
// parcels to customers, and those in which goods come back. There is one of a store at a time.
func TrackingBatch(s id.Store) job.New {
	return job.New{Store: s, Kind: "tracking.batch", Key: "tracking/" + string(s) + "/batch", Lane: "tracking"}
}
