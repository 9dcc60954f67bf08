package outside

import (
	"context"
	"slices"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/purchase"
	"doorstep/supplier"
)

// MayAsk says whether a purchase's supplier can be asked by its connector how it stands.
func (o *Outside) MayAsk(ctx context.Context, p purchase.Purchase) bool {
	if p.ConnectorID == "" || !p.Known() {
		return false
	}
	plug, err := o.plugFor(ctx, p.StoreID, p.ConnectorID)
	return err == nil && plug.supplier != nil && !unfed(plug)
}

// AskSupplier asks a supplier now how a purchase stands, by our key and its numbers, and notes the
// answer; answered is false where it could not be asked or said nothing of the purchase. Refusals
// are *flow.Refusal, as of a question that was put a moment ago.
func (o *Outside) AskSupplier(ctx context.Context, s id.Store, name id.Purchase, actor flow.Actor) (answered bool, err error) {
	var sub *flow.Submission
	err = o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		sub, err = flow.BeginInquiry(ctx, tx, s, name, actor)
		return err
	})
	if err != nil {
		return false, err
	}
	p := sub.Purchase
	var said *flow.SupplierSaid
	by := flow.Actor("supplier")
	out := flow.Outcome{Kind: flow.NotSent}
	plug, err := o.plugFor(ctx, s, p.ConnectorID)
	if err != nil || plug.supplier == nil {
		out.Words = "its connector cannot be opened"
	} else if reason, _ := plug.mute(); reason != "" {
		out.Words = reason
	} else {
		by = plug.actor()
		out = outcomeOf(o.call(ctx, plug, func(ctx context.Context) error {
			answers, err := plug.supplier.Report(ctx, []supplier.Ref{refOf(p.Key, p.Ref, p.Parts)})
			if i := slices.IndexFunc(answers, func(a supplier.Status) bool { return a.Key == p.Key || p.Ref != "" && a.Ref.Ref == p.Ref }); err == nil && i >= 0 {
				one := supplierSaid(answers[i])
				said = &one
			}
			return err
		}))
	}
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
	defer cancel()
	return said != nil, o.db.Update(after, func(ctx context.Context, tx *db.Tx) error {
		return flow.EndInquiry(ctx, tx, s, name, out, said, by)
	})
}
