package api

import (
	"context"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/outside"
	"doorstep/internal/purchase"
	"doorstep/internal/report"
)

// PurchasePath names a purchase.
type PurchasePath struct {
	Purchase id.Purchase `path:"purchase"`
}

// onPurchase runs a command on a purchase and shows its order then.
func (a *API) onPurchase(ctx context.Context, c *call, name id.Purchase, command func(ctx context.Context, tx *db.Tx) error) (out report.Document, err error) {
	err = a.update(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		p, err := purchase.Get(ctx, tx, c.store, name)
		if err != nil {
			return err
		}
		if err := command(ctx, tx); err != nil {
			return err
		}
		out, err = report.OrderDocument(ctx, tx, c.store, string(p.OrderID))
		return err
	})
	return out, err
}

func (a *API) releasePurchase(ctx context.Context, c *call, in *PurchasePath) (report.Document, error) {
	return a.onPurchase(ctx, c, in.Purchase, func(ctx context.Context, tx *db.Tx) error {
		return flow.Release(ctx, tx, c.store, in.Purchase, c.actor())
	})
}

type holdWish struct {
	PurchasePath
	Body *struct {
		Reason string `json:"reason,omitempty" maxLength:"500"`
	}
}

func (a *API) holdPurchase(ctx context.Context, c *call, in *holdWish) (report.Document, error) {
	return a.onPurchase(ctx, c, in.Purchase, func(ctx context.Context, tx *db.Tx) error {
		return flow.HoldPurchase(ctx, tx, c.store, in.Purchase, orZero(in.Body).Reason, c.actor())
	})
}

type placeWish struct {
	PurchasePath
	Body struct {
		Ref string `json:"ref" minLength:"1" maxLength:"200" doc:"The supplier's order number"`
	}
}

func (a *API) placePurchase(ctx context.Context, c *call, in *placeWish) (report.Document, error) {
	return a.onPurchase(ctx, c, in.Purchase, func(ctx context.Context, tx *db.Tx) error {
		return flow.PlaceByHand(ctx, tx, c.store, in.Purchase, in.Body.Ref, c.actor())
	})
}

type resolveWish struct {
	PurchasePath
	Body struct {
		Found bool   `json:"found" doc:"The supplier has the order"`
		Ref   string `json:"ref,omitempty" maxLength:"200" doc:"Its number there; needed when it was found"`
	}
}

func (a *API) resolvePurchase(ctx context.Context, c *call, in *resolveWish) (report.Document, error) {
	return a.onPurchase(ctx, c, in.Purchase, func(ctx context.Context, tx *db.Tx) error {
		return flow.ResolveUncertain(ctx, tx, c.store, in.Purchase, in.Body.Found, in.Body.Ref, c.actor())
	})
}

type acceptWish struct {
	PurchasePath
	Body *struct {
		Ref string `json:"ref,omitempty" maxLength:"200" doc:"The supplier's order number, if it told one"`
	}
}

func (a *API) acceptPurchase(ctx context.Context, c *call, in *acceptWish) (report.Document, error) {
	return a.onPurchase(ctx, c, in.Purchase, func(ctx context.Context, tx *db.Tx) error {
		return flow.Accept(ctx, tx, c.store, in.Purchase, orZero(in.Body).Ref, c.actor())
	})
}

type rejectWish struct {
	PurchasePath
	Body struct {
		Words string `json:"words" minLength:"1" maxLength:"500" doc:"What the supplier said"`
	}
}

func (a *API) rejectPurchase(ctx context.Context, c *call, in *rejectWish) (report.Document, error) {
	return a.onPurchase(ctx, c, in.Purchase, func(ctx context.Context, tx *db.Tx) error {
		return flow.Reject(ctx, tx, c.store, in.Purchase, in.Body.Words, c.actor())
	})
}

type shipWish struct {
	PurchasePath
	Body struct {
		Number      string `json:"number" minLength:"1" maxLength:"100" doc:"Tracking number"`
		Carrier     string `json:"carrier,omitempty" maxLength:"100" doc:"Our code of it; recognised from the number where missing"`
		CarrierName string `json:"carrier_name,omitempty" maxLength:"100"`
		URL         string `json:"url,omitempty" format:"uri" maxLength:"2000"`
		Lines       []struct {
			SKU      string `json:"supplier_sku" minLength:"1"`
			Quantity int64  `json:"quantity" minimum:"1" maximum:"9999"`
		} `json:"lines,omitempty" maxItems:"100" doc:"Missing: everything that is in no other parcel"`
	}
}

func (a *API) shipPurchase(ctx context.Context, c *call, in *shipWish) (report.Document, error) {
	parcel := flow.ParcelSaid{Number: in.Body.Number, Carrier: in.Body.Carrier, CarrierName: in.Body.CarrierName, URL: in.Body.URL}
	for _, l := range in.Body.Lines {
		parcel.Lines = append(parcel.Lines, flow.PackedSaid{SKU: l.SKU, Quantity: l.Quantity})
	}
	return a.onPurchase(ctx, c, in.Purchase, func(ctx context.Context, tx *db.Tx) error {
		said := parcel
		said.At = tx.Now
		return flow.ShipByHand(ctx, tx, c.store, in.Purchase, outside.Recognise(said), c.actor())
	})
}

type cancelAnswer struct {
	PurchasePath
	Body struct {
		Stopped bool   `json:"stopped" doc:"It will not be sent"`
		Words   string `json:"words,omitempty" maxLength:"500" doc:"What the supplier said, if it will be sent all the same"`
	}
}

func (a *API) answerCancel(ctx context.Context, c *call, in *cancelAnswer) (report.Document, error) {
	return a.onPurchase(ctx, c, in.Purchase, func(ctx context.Context, tx *db.Tx) error {
		return flow.ResolveCancel(ctx, tx, c.store, in.Purchase, in.Body.Stopped, in.Body.Words, c.actor())
	})
}
