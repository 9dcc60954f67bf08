package flow

import (
	"context"
	"slices"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/order"
	"doorstep/internal/promise"
)

// pastLearnt is how many of the newest parcels lanes are learned from.
const pastLearnt = 20_000

// silence is how long a parcel of which nothing is heard is believed to be on its way. Some
// carriers never say that they delivered; such a parcel must not count as slow for ever.
const silence = 14 * aDay

// PastParcels reads what the newest parcels of a store teach, without those of its test orders:
// feed it to promise.Learn, with no transaction open, and keep the outcome with promise.KeepLanes.
func PastParcels(ctx context.Context, tx *db.Tx, s id.Store) ([]promise.Past, error) {
	rows, err := promise.New(tx).NewestParcels(ctx, promise.NewestParcelsParams{StoreID: s, Limit: pastLearnt})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	gaps, err := promise.New(tx).LongestGaps(ctx, promise.LongestGapsParams{StoreID: s, ShipmentID: rows[len(rows)-1].ShipmentID})
	if err != nil {
		return nil, err
	}
	longest := make(map[id.Shipment]int64, len(gaps))
	for _, g := range gaps {
		longest[g.ShipmentID] = g.Longest
	}
	out := make([]promise.Past, 0, len(rows))
	for _, r := range rows {
		p, err := pastOf(r)
		if err != nil {
			return nil, err
		}
		if r.DeliveredAt != 0 {
			p.Gap = time.Duration(longest[r.ShipmentID]) * time.Microsecond
		}
		out = append(out, p)
	}
	return out, nil
}

func pastOf(r promise.NewestParcelsRow) (p promise.Past, err error) {
	to, err := order.ParseAddress(r.Shipping)
	if err != nil {
		return p, err
	}
	chosen, err := parseOption(r.ShippingOption)
	if err != nil {
		return p, err
	}
	stated := chosen.stated(r.SupplierID, r.Service)
	p.Trip = promise.Trip{Ordered: r.CreatedAt.Std(), Shipped: r.ScannedAt.Std(), Delivered: r.DeliveredAt.Std(), Supplier: string(r.SupplierID),
		To: to.Country, Postcode: to.PostalCode, StatedDays: days(stated.Handling + stated.Way.To), ReadyDays: days(stated.Handling)}
	p.Noted = r.AnnouncedAt.Std()
	if r.DeliveredAt == 0 {
		p.Heard = max(r.AnnouncedAt, r.EventAt).Add(silence).Std()
	}
	p.Service = r.Service
	took := func(from, to clock.Time) time.Duration {
		if from == 0 || to == 0 {
			return 0
		}
		return max(to.Sub(from), 0)
	}
	p.Label, p.Scan = took(r.SubmittedAt, r.AnnouncedAt), took(r.AnnouncedAt, r.ScannedAt)
	return p, nil
}

func days(d time.Duration) float64 { return d.Hours() / 24 }

// stated is what a supplier states for an option: by the quote that was chosen, else by
// another of its own, else by the days of the option as a whole.
func (o Option) stated(s id.Supplier, service string) promise.Stated {
	i := slices.IndexFunc(o.Quotes, func(q Quote) bool { return q.Supplier == s && q.Service == service })
	if i < 0 {
		i = slices.IndexFunc(o.Quotes, func(q Quote) bool { return q.Supplier == s })
	}
	if i < 0 {
		return promise.Stated{Way: promise.Window{From: time.Duration(o.FromDays) * aDay, To: time.Duration(o.ToDays) * aDay}}
	}
	return o.Quotes[i].stated()
}

func (q Quote) stated() promise.Stated {
	return promise.Stated{Handling: time.Duration(q.Handling) * aDay,
		Way: promise.Window{From: time.Duration(q.MinDays) * aDay, To: time.Duration(q.MaxDays) * aDay}}
}
