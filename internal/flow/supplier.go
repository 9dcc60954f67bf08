package flow

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/job"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/internal/shipment"
	"doorstep/money"
)

// SupplierSaid is what a supplier says of one of our purchases. It may come twice, late and
// in any order.
type SupplierSaid struct {
	Key, Ref     string
	Parts        []string
	State        string // placed, unpaid, accepted, part-ship, shipped, delivered, cancelling, cancelled, refused
	Code         string
	Words        string
	Cause        string
	CostMinor    int64
	FreightMinor int64
	Currency     money.Currency // of both; empty if unsaid
	PayURL       string
	Parcels      []ParcelSaid
	Short        []ShortSaid
	Expect       clock.Time
	Raw          string
}

// ParcelSaid is one package; no Lines is everything that is in no other.
type ParcelSaid struct {
	Number      string // normalised
	Carrier     string // our code
	CarrierName string
	URL         string
	Lines       []PackedSaid
	At          clock.Time
	Events      []TrackingSaid
	NextNumber  string
	NextCarrier string
}

// PackedSaid is how much of an article is in a parcel.
type PackedSaid struct {
	SKU      string
	Quantity int64
}

// ShortSaid is how much of an article will not come.
type ShortSaid struct {
	SKU      string
	Quantity int64
	Words    string
}

// SupplierSaidSo takes in what a supplier answers about all of a purchase; false when it speaks of
// nothing we know.
func SupplierSaidSo(ctx context.Context, tx *db.Tx, s id.Store, supplier id.Supplier, said SupplierSaid, actor Actor) (bool, error) {
	p, err := purchaseSaid(ctx, tx, s, supplier, said)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, onPurchaseOf(ctx, tx, p, func(o order.Order, p *purchase.Purchase) error {
		return applySupplier(ctx, tx, o, p, said, actor)
	})
}

// purchaseSaid is the purchase of which a supplier speaks: by our key, else by its own number or
// that of a part; sql.ErrNoRows when it is none of ours.
func purchaseSaid(ctx context.Context, tx *db.Tx, s id.Store, supplier id.Supplier, said SupplierSaid) (purchase.Purchase, error) {
	p, err := purchase.ByKey(ctx, tx, s, said.Key)
	if said.Key != "" && !errors.Is(err, sql.ErrNoRows) && (err != nil || p.SupplierID == supplier) {
		return p, err
	}
	if said.Ref == "" {
		return purchase.Purchase{}, sql.ErrNoRows
	}
	return purchase.ByRef(ctx, tx, s, supplier, said.Ref)
}

// applySupplier folds what the supplier says into the purchase.
func applySupplier(ctx context.Context, tx *db.Tx, o order.Order, p *purchase.Purchase, said SupplierSaid, actor Actor) error {
	if !slices.Contains(p.PartList(), said.Ref) { // by the number of a part: it keeps its own
		p.Ref = orElse(said.Ref, p.Ref)
	}
	p.PayUrl = orElse(webLink(said.PayURL), p.PayUrl)
	if err := addParts(ctx, tx, p, said.Parts); err != nil {
		return err
	}
	if said.Currency == p.Currency && said.CostMinor > 0 {
		p.GoodsMinor, p.FreightMinor = said.CostMinor, said.FreightMinor
	}
	if !p.Live() {
		return ghost(ctx, tx, o, *p, said, actor)
	}
	if err := acknowledge(ctx, tx, o, p, actor); err != nil {
		return err
	}
	if err := applyState(ctx, tx, o, p, said, actor); err != nil {
		return err
	}
	if err := applyShort(ctx, tx, o, p, said, actor); err != nil {
		return err
	}
	if said.Expect > p.ExpectAt && purchase.Machine.Can(p.State, purchase.Delay) {
		p.ExpectAt, p.Late = said.Expect, ""
		if err := purchase.Save(ctx, tx, *p); err != nil {
			return err
		}
		return note(ctx, tx, o, "purchase.delayed", string(p.PurchaseID), actor, data{"number": p.Number, "expected": said.Expect})
	}
	return nil
}

// ghost notes that a supplier ships a purchase that is over for us: a person must look.
func ghost(ctx context.Context, tx *db.Tx, o order.Order, p purchase.Purchase, said SupplierSaid, actor Actor) error {
	ships := said.State == "part-ship" || said.State == "shipped" || said.State == "delivered" || len(said.Parcels) > 0
	if !ships || p.HoldCode == "ghost" || p.HoldCode == ghostSettled || p.ShippedAt != 0 {
		return nil // late news of before it was over, as messages that overtake each other bring them
	}
	p.HoldCode, p.HoldReason = "ghost", "The supplier ships it all the same: "+said.State+parcelWords(said)
	if err := purchase.Save(ctx, tx, p); err != nil {
		return err
	}
	return note(ctx, tx, o, "purchase.ghost", string(p.PurchaseID), actor, data{"number": p.Number, "state": said.State})
}

// ghostSettled marks a purchase of which a person has seen to what its supplier ships.
const ghostSettled = "ghost-settled"

// SettleGhost is a person having spoken with a supplier that ships what is over for us.
func SettleGhost(ctx context.Context, tx *db.Tx, s id.Store, name id.Purchase, words string, actor Actor) error {
	return onPurchase(ctx, tx, s, name, func(o order.Order, p *purchase.Purchase) error {
		if p.HoldCode != "ghost" {
			return refuse("not-possible", "%s is %s: its supplier does not ship it against our will.", p.Number, p.State)
		}
		p.HoldCode, p.HoldReason = ghostSettled, ""
		if err := purchase.Save(ctx, tx, *p); err != nil {
			return err
		}
		return note(ctx, tx, o, "purchase.ghost-settled", string(name), actor, data{"number": p.Number, "words": words})
	})
}

func parcelWords(said SupplierSaid) string {
	words := ""
	for _, parcel := range said.Parcels {
		words += ", parcel " + parcel.Number
	}
	return words
}

// acknowledge notes that the supplier has the purchase, however it stood here: if it was
// about to be sent, it is not sent any more.
func acknowledge(ctx context.Context, tx *db.Tx, o order.Order, p *purchase.Purchase, actor Actor) error {
	if p.Known() {
		return purchase.Save(ctx, tx, *p)
	}
	path := map[purchase.State][]purchase.Event{
		purchase.Held:       {purchase.Release, purchase.Submit, purchase.Acknowledge},
		purchase.Planned:    {purchase.Submit, purchase.Acknowledge},
		purchase.Submitting: {purchase.Acknowledge},
		purchase.Uncertain:  {purchase.Acknowledge},
	}
	for _, e := range path[p.State] {
		if err := p.Move(e); err != nil {
			return err
		}
	}
	if _, err := job.Cancel(ctx, tx, "purchase/"+string(p.PurchaseID)+"/submit"); err != nil {
		return err
	}
	return acknowledged(ctx, tx, o, p, actor)
}

func acknowledged(ctx context.Context, tx *db.Tx, o order.Order, p *purchase.Purchase, actor Actor) error {
	p.SubmittedAt, p.HoldCode, p.HoldReason = tx.Now, "", ""
	if err := purchase.Save(ctx, tx, *p); err != nil {
		return err
	}
	if err := note(ctx, tx, o, "purchase.submitted", string(p.PurchaseID), actor, data{"number": p.Number, "ref": p.Ref}); err != nil {
		return err
	}
	if o.State == order.Cancelling {
		return askCancelPurchase(ctx, tx, o, p, System)
	}
	return nil
}

// applyState moves the purchase to where the supplier says it is.
func applyState(ctx context.Context, tx *db.Tx, o order.Order, p *purchase.Purchase, said SupplierSaid, actor Actor) error {
	switch said.State {
	case "unpaid":
		if p.Unpaid || p.State != purchase.Submitted {
			return nil
		}
		p.Unpaid, p.Words = true, said.Words
		if err := purchase.Save(ctx, tx, *p); err != nil {
			return err
		}
		return note(ctx, tx, o, "purchase.unpaid", string(p.PurchaseID), actor, data{"number": p.Number, "words": said.Words, "pay_url": p.PayUrl})
	case "accepted":
		return accepted(ctx, tx, o, p, actor)
	case "part-ship", "shipped", "delivered":
		return shipped(ctx, tx, o, p, said, actor)
	case "refused", "cancelled":
		return ended(ctx, tx, o, p, said, actor)
	}
	if len(said.Parcels) > 0 {
		return shipped(ctx, tx, o, p, said, actor)
	}
	return asked(ctx, tx, o, p, said, actor)
}

// asked notes that a supplier waits for an answer about the address.
func asked(ctx context.Context, tx *db.Tx, o order.Order, p *purchase.Purchase, said SupplierSaid, actor Actor) error {
	if said.Cause != causeAddress || p.State != purchase.Submitted || p.Cause == said.Cause {
		return nil
	}
	p.Cause, p.Words, p.Unpaid = said.Cause, said.Words, false
	if err := purchase.Save(ctx, tx, *p); err != nil {
		return err
	}
	return note(ctx, tx, o, "purchase.asked", string(p.PurchaseID), actor, data{"number": p.Number, "words": said.Words})
}

// ended takes a supplier's word that it will not ship, or not what has not left yet.
func ended(ctx context.Context, tx *db.Tx, o order.Order, p *purchase.Purchase, said SupplierSaid, actor Actor) error {
	if len(said.Parcels) > 0 {
		if err := shipped(ctx, tx, o, p, said, actor); err != nil {
			return err
		}
	}
	switch {
	case p.State == purchase.Shipping:
		return endRest(ctx, tx, o, p, said, actor)
	case said.State == "refused":
		return rejected(ctx, tx, o, p, said, actor)
	case o.State == order.Cancelling || p.State == purchase.Cancelling:
		return cancelledPurchase(ctx, tx, o, p, actor)
	}
	said.Words = orElse(said.Words, "the supplier cancelled it")
	return rejected(ctx, tx, o, p, said, actor)
}

func accepted(ctx context.Context, tx *db.Tx, o order.Order, p *purchase.Purchase, actor Actor) error {
	if !purchase.Machine.Can(p.State, purchase.Accept) {
		if p.Unpaid {
			p.Unpaid = false
			return purchase.Save(ctx, tx, *p)
		}
		return nil
	}
	if err := p.Move(purchase.Accept); err != nil {
		return err
	}
	p.AcceptedAt, p.Unpaid, p.Words, p.Cause = tx.Now, false, "", ""
	if err := purchase.Save(ctx, tx, *p); err != nil {
		return err
	}
	return note(ctx, tx, o, "purchase.accepted", string(p.PurchaseID), actor, data{"number": p.Number, "ref": p.Ref})
}

// shipped announces the parcels and moves the purchase to shipping or, when every unit is in
// a parcel, to shipped. While some parcels have left and it is not known what is in them, the
// supplier is asked on.
func shipped(ctx context.Context, tx *db.Tx, o order.Order, p *purchase.Purchase, said SupplierSaid, actor Actor) error {
	if len(said.Parcels) == 0 {
		return accepted(ctx, tx, o, p, actor) // nothing can be shown of it yet
	}
	lines, err := purchase.LinesOf(ctx, tx, p.StoreID, p.PurchaseID)
	if err != nil {
		return err
	}
	for _, parcel := range said.Parcels {
		if err := announce(ctx, tx, o, *p, lines, parcel, said.State == "part-ship", actor); err != nil {
			return err
		}
	}
	left, err := unpacked(ctx, tx, *p, lines)
	if err != nil {
		return err
	}
	if said.State == "part-ship" && sum(left) > 0 && sum(left) == unitsLeft(lines) {
		return accepted(ctx, tx, o, p, actor) // nothing is known to have left of it
	}
	next, kind := purchase.Ship, "purchase.part-shipped"
	if sum(left) == 0 {
		next, kind = purchase.ShipLast, "purchase.shipped"
	}
	was := p.State
	if err := p.Move(next); err != nil || p.State == was {
		return nil //nolint:nilerr // it is shipped already
	}
	if p.AcceptedAt == 0 {
		p.AcceptedAt = tx.Now
	}
	p.ShippedAt, p.Unpaid, p.HoldCode, p.HoldReason = tx.Now, false, "", ""
	if err := purchase.Save(ctx, tx, *p); err != nil {
		return err
	}
	return note(ctx, tx, o, kind, string(p.PurchaseID), actor, data{"number": p.Number, "parcels": len(said.Parcels)})
}

// unpacked is how many units of each purchase line are in no parcel.
func unpacked(ctx context.Context, tx *db.Tx, p purchase.Purchase, lines []purchase.PurchaseLine) (map[int64]int64, error) {
	packed, err := shipment.LinesOf(ctx, tx, p.StoreID, p.PurchaseID)
	left := map[int64]int64{}
	for _, l := range lines {
		left[l.LineID] = l.Left()
	}
	for _, l := range packed {
		left[l.LineID] = max(left[l.LineID]-l.Quantity, 0)
	}
	return left, err
}

// unitsLeft is how many units of all lines the supplier will send.
func unitsLeft(lines []purchase.PurchaseLine) (total int64) {
	for _, l := range lines {
		total += l.Left()
	}
	return total
}

func sum(m map[int64]int64) (total int64) {
	for _, n := range m {
		total += n
	}
	return total
}

// announce writes a parcel that we have not heard of, and takes in its tracking. One of some that
// does not say what is in it could hold any of the units that are left: it waits until that is known.
func announce(ctx context.Context, tx *db.Tx, o order.Order, p purchase.Purchase, lines []purchase.PurchaseLine, said ParcelSaid, some bool, actor Actor) error {
	if said.Number == "" {
		return nil
	}
	track := TrackSaid{Number: said.Number, Events: said.Events, NextNumber: said.NextNumber, NextCarrier: said.NextCarrier,
		Source: string(actor), Actor: actor}
	known, err := shipmentNumbered(ctx, tx, p, said.Number)
	if err == nil {
		return applyTracking(ctx, tx, o, known, track)
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	left, err := unpacked(ctx, tx, p, lines)
	if err != nil || some && len(said.Lines) == 0 && sum(left) > 1 {
		return err
	}
	at := said.At
	if at == 0 {
		at = tx.Now
	}
	s := shipment.Shipment{StoreID: p.StoreID, ShipmentID: id.Shipment(id.Ordered("sh", tx.Now.Std(), tx.Next())), OrderID: o.OrderID,
		PurchaseID: p.PurchaseID, Number: said.Number, Carrier: said.Carrier, CarrierName: said.CarrierName, Url: webLink(said.URL),
		State: shipment.Announced, AnnouncedAt: at}
	fresh, err := shipment.Announce(ctx, tx, s, pack(lines, left, said.Lines))
	if err != nil {
		return err
	}
	if fresh {
		if err := note(ctx, tx, o, "shipment.announced", string(s.ShipmentID), actor,
			data{"number": s.Number, "carrier": s.CarrierName, "purchase": p.Number}); err != nil {
			return err
		}
	}
	if known, err = shipmentNumbered(ctx, tx, p, said.Number); err != nil {
		return err
	}
	return applyTracking(ctx, tx, o, known, track)
}

// pack decides which units are in a parcel: those that it names, else all that are in no other.
func pack(lines []purchase.PurchaseLine, left map[int64]int64, named []PackedSaid) []shipment.ShipmentLine {
	var out []shipment.ShipmentLine
	add := func(l purchase.PurchaseLine, n int64) {
		if n > 0 {
			out = append(out, shipment.ShipmentLine{LineID: l.LineID, OrderLineID: l.OrderLineID, Quantity: n})
			left[l.LineID] -= n
		}
	}
	for _, n := range named {
		want := n.Quantity
		for _, l := range lines {
			same := l.SupplierSku == n.SKU || strings.HasSuffix(n.SKU, "/") && strings.HasPrefix(l.SupplierSku, n.SKU)
			if take := min(want, left[l.LineID]); same && take > 0 {
				if i := slices.IndexFunc(out, func(o shipment.ShipmentLine) bool { return o.LineID == l.LineID }); i >= 0 {
					out[i].Quantity += take
					left[l.LineID] -= take
				} else {
					add(l, take)
				}
				want -= take
			}
		}
	}
	if len(named) == 0 {
		for _, l := range lines {
			add(l, left[l.LineID])
		}
	}
	return out
}

// bookCost books what the goods will cost us, at the rate that was fixed when it was planned.
func bookCost(ctx context.Context, tx *db.Tx, e event.Event) error {
	return postCost(ctx, tx, e, ledger.Posting{Key: e.Subject + "/cost", Kind: ledger.Bought, Debit: ledger.Cost, Credit: ledger.Supplier})
}

// unbookCost takes the cost back if it had been booked.
func unbookCost(ctx context.Context, tx *db.Tx, e event.Event) error {
	return postCost(ctx, tx, e, ledger.Posting{Key: e.Subject + "/cost-back", Kind: ledger.NotBought, Debit: ledger.Supplier, Credit: ledger.Cost})
}

func postCost(ctx context.Context, tx *db.Tx, e event.Event, post ledger.Posting) error {
	p, err := purchase.Get(ctx, tx, e.StoreID, id.Purchase(e.Subject))
	if err != nil || p.SubmittedAt == 0 {
		return err
	}
	o, err := order.Get(ctx, tx, e.StoreID, e.OrderID)
	if err != nil {
		return err
	}
	post.Order, post.Subject, post.Amount = e.OrderID, e.Subject, money.New(p.BookedMinor, o.Currency)
	_, err = ledger.Post(ctx, tx, e.StoreID, post)
	return err
}

// payIfPossible makes the job that pays for a purchase that was created unpaid; outside
// finishes it at once where the connector cannot pay, and a person does.
func payIfPossible(ctx context.Context, tx *db.Tx, e event.Event) error {
	p, err := purchase.Get(ctx, tx, e.StoreID, id.Purchase(e.Subject))
	if err != nil || p.ConnectorID == "" {
		return err
	}
	return purchaseJob(ctx, tx, p, "pay", 0)
}
