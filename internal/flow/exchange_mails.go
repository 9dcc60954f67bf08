package flow

import (
	"context"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/purchase"
	"doorstep/internal/shipment"
)

// The kinds of mail about an exchange.
const (
	MailExchangeWaiting = "exchange-waiting" // the difference is to be paid
	MailExchangeDone    = "exchange-done"    // the other article is bought
	MailExchangeLapsed  = "exchange-lapsed"  // it has ended; money goes back instead, or a person looks
)

// exchangeTells says whether an exchange's own mails say what an event is about.
func exchangeTells(ctx context.Context, tx *db.Tx, e event.Event) (bool, error) {
	c, err := claim.Get(ctx, tx, e.StoreID, id.Claim(e.Subject))
	return err == nil && c.Outcome == claim.Exchanged && e.Kind != "claim.return-approved", err
}

// tellExchangeWaiting asks the customer for the difference.
func tellExchangeWaiting(ctx context.Context, tx *db.Tx, e event.Event) error {
	return tellClaim(ctx, tx, e, MailExchangeWaiting)
}

// tellExchangeDone says that the other article will come, and what goes back.
func tellExchangeDone(ctx context.Context, tx *db.Tx, e event.Event) error {
	return tellClaim(ctx, tx, e, MailExchangeDone)
}

// tellExchangeLapsed says that the exchange is over. Claims that ended with words of their own
// have told it already.
func tellExchangeLapsed(ctx context.Context, tx *db.Tx, e event.Event) error {
	c, err := claim.Get(ctx, tx, e.StoreID, id.Claim(e.Subject))
	if err != nil || c.State == claim.Withdrawn || c.State == claim.Declined || c.State == claim.RunOut {
		return err
	}
	return tell(ctx, tx, e, MailExchangeLapsed, string(e.EventID), About{Claim: c.ClaimID})
}

// newestExchange is the claim of the last exchange of an order; empty where there is none.
func newestExchange(ctx context.Context, tx *db.Tx, s id.Store, o id.Order) (id.Claim, error) {
	list, err := claim.ExchangesOf(ctx, tx, s, o)
	if err != nil || len(list) == 0 {
		return "", err
	}
	return list[len(list)-1].ClaimID, nil
}

// exchangeIn is the exchange whose article a parcel brings; nil for all other parcels.
func exchangeIn(ctx context.Context, tx *db.Tx, parcel shipment.Shipment) (*claim.Exchange, error) {
	p, err := purchase.Get(ctx, tx, parcel.StoreID, parcel.PurchaseID)
	if err != nil || p.ClaimID == "" {
		return nil, err
	}
	x, err := claim.ExchangeOf(ctx, tx, claim.Claim{StoreID: p.StoreID, OrderID: p.OrderID, ClaimID: p.ClaimID})
	if claim.NoExchange(err) || err == nil && x.State != claim.ExchangeDone {
		return nil, nil //nolint:nilnil // it brings what was bought
	}
	return &x, err
}
