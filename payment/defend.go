package payment

import "context"

// Evidence is what we hold against a chargeback. Empty fields are left out.
type Evidence struct {
	Product        string // what was bought
	CustomerName   string
	CustomerEmail  string
	BillingAddress string // in lines
	Shipping       string // address, in lines
	ShippedOn      string // 2026-03-02
	Carrier        string
	Tracking       string // numbers, with commas
	Policy         string // on refunds, and how the customer knew it
	Refusal        string // why the money was not given back
	Words          string // all that speaks for us
	Papers         []byte // a PDF with orders, mails, scans and the rest
}

// Defender is a Connector that hands evidence against a chargeback in.
type Defender interface {
	// Defend submits evidence for a chargeback, by the provider's name of it. The same key is the
	// same submission; the errors are those of Refund.
	Defend(ctx context.Context, ref, key string, e Evidence) (DisputeStatus, error)
	// FindDispute says how a chargeback stands, and whether evidence of that key was submitted.
	// connector.ErrNotFound only when the provider is certain that there is no such chargeback.
	FindDispute(ctx context.Context, ref, key string) (s DisputeStatus, submitted bool, err error)
}
