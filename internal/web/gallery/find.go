package gallery

import (
	"context"
	"slices"

	"doorstep/internal/account"
	"doorstep/internal/billing"
	"doorstep/internal/catalog"
	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/desk"
	"doorstep/internal/discount"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/ledger"
	"doorstep/internal/purchase"
	"doorstep/internal/report"
	"doorstep/internal/seal"
)

// found are the things of a shop that its pages are shown with: an empty name where it has none.
type found struct {
	box   *seal.Box
	store id.Store

	shelf      catalog.Collection
	product    catalog.Product
	variant    id.Variant
	orders     []orderIn
	bought     id.Order // delivered, and nothing of it claimed
	choice     id.Order // whose customer was asked what to do
	claims     []report.ClaimRow
	dispute    id.Dispute
	chargeback id.Chargeback
	purchase   id.Purchase
	customer   id.Customer
	talk       id.Conversation
	staff      id.Staff
	connector  id.Connector
	supplier   id.Supplier
	feed       id.Feed
	statement  id.Statement
	discount   id.Discount
	run        id.Run
}

// orderIn is an order in a state that shows.
type orderIn struct {
	State string
	Order id.Order
}

// states are those in which an order looks otherwise.
func states() []struct {
	Name   string
	Filter report.Filter
} {
	return []struct {
		Name   string
		Filter report.Filter
	}{
		{"delivered", report.Filter{Goods: "delivered"}},
		{"on the way", report.Filter{Goods: "shipped"}},
		{"partly shipped", report.Filter{Goods: "partly shipped"}},
		{"partly delivered", report.Filter{Goods: "partly delivered"}},
		{"ordered", report.Filter{Goods: "ordered"}},
		{"held", report.Filter{Purchase: "held"}},
		{"uncertain", report.Filter{Purchase: "uncertain"}},
		{"not paid", report.Filter{Money: "unpaid"}},
		{"cancelled", report.Filter{State: "cancelled"}},
		{"refunded", report.Filter{Money: "refunded"}},
		{"charged back", report.Filter{Money: "disputed"}},
		{"needs a person", report.Filter{NeedsPerson: true}},
	}
}

// someOrders is how many orders are looked through for one of which something is true.
const someOrders = 40

func (f *found) look(ctx context.Context, tx *db.Tx) error {
	for _, at := range []func(context.Context, *db.Tx) error{f.goods, f.sales, f.complaints, f.people, f.house} {
		if err := at(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// someShelves is how many collections are looked at for one with something on it.
const someShelves = 24

func (f *found) goods(ctx context.Context, tx *db.Tx) error {
	shelves, err := catalog.Collections(ctx, tx, f.store, someShelves)
	if err != nil {
		return err
	}
	for _, shelf := range append(shelves, catalog.Collection{}) { // the last stands for what is on none
		list, _, err := catalog.List(ctx, tx, f.store, catalog.Filter{Status: catalog.Active, Collection: shelf.CollectionID}, catalog.Cursor{}, 1)
		if err != nil {
			return err
		}
		if len(list) > 0 {
			f.shelf, f.product = shelf, list[0]
			break
		}
	}
	if f.product.ProductID == "" {
		return nil
	}
	variants, err := catalog.VariantsOf(ctx, tx, f.store, f.product.ProductID)
	if len(variants) > 0 {
		f.variant = variants[0].VariantID
	}
	return err
}

func (f *found) sales(ctx context.Context, tx *db.Tx) error {
	for _, s := range states() {
		page, err := report.Orders(ctx, tx, f.store, s.Filter, "", 1)
		if err != nil {
			return err
		}
		if len(page.Orders) > 0 {
			f.orders = append(f.orders, orderIn{s.Name, page.Orders[0].ID})
		}
	}
	delivered, err := report.Orders(ctx, tx, f.store, report.Filter{Goods: "delivered"}, "", someOrders)
	if err != nil {
		return err
	}
	for _, o := range delivered.Orders {
		claimed, err := claim.OfOrder(ctx, tx, f.store, o.ID)
		if err != nil {
			return err
		}
		if len(claimed) == 0 {
			f.bought = o.ID
			break
		}
	}
	for _, o := range f.orders {
		asked, err := flow.ChoiceOf(ctx, tx, f.store, o.Order)
		if err != nil {
			return err
		}
		if asked.Open() {
			f.choice = o.Order
		}
		banks, err := ledger.ChargebacksOf(ctx, tx, f.store, o.Order)
		if err != nil {
			return err
		}
		if len(banks) > 0 {
			f.chargeback = banks[0].ChargebackID
		}
		bought, err := purchase.OfOrder(ctx, tx, f.store, o.Order)
		if err != nil {
			return err
		}
		if len(bought) > 0 {
			f.purchase = bought[0].PurchaseID
		}
	}
	return nil
}

// complaints finds a claim in each state that there is one in, and a demand on a supplier.
func (f *found) complaints(ctx context.Context, tx *db.Tx) error {
	list, _, err := report.Claims(ctx, tx, f.store, report.ClaimFilter{}, "", someOrders)
	if err != nil {
		return err
	}
	for _, c := range list {
		if !slices.ContainsFunc(f.claims, func(x report.ClaimRow) bool { return x.State == c.State }) {
			f.claims = append(f.claims, c)
		}
		if f.dispute != "" {
			continue
		}
		demands, err := claim.DisputesOf(ctx, tx, f.store, c.Order)
		if err != nil {
			return err
		}
		if len(demands) > 0 {
			f.dispute = demands[0].DisputeID
		}
	}
	return nil
}

func (f *found) people(ctx context.Context, tx *db.Tx) error {
	money, err := catalog.Currency(ctx, tx, f.store)
	if err != nil {
		return err
	}
	buyers, _, err := report.Customers(ctx, tx, f.store, money, report.CustomerFilter{}, "", 1)
	if err != nil {
		return err
	}
	if len(buyers) > 0 {
		f.customer = buyers[0].ID
	}
	talks, _, err := report.Talks(ctx, tx, f.store, report.TalkFilter{}, "", 1)
	if err != nil {
		return err
	}
	if len(talks) > 0 {
		f.talk = talks[0].ID
	}
	staff, err := account.AllStaff(ctx, tx, f.store)
	if len(staff) > 0 {
		f.staff = staff[len(staff)-1].StaffID
	}
	return err
}

func (f *found) house(ctx context.Context, tx *db.Tx) error {
	connectors, err := report.Connectors(ctx, tx, f.store)
	if err != nil {
		return err
	}
	if len(connectors) > 0 {
		f.connector = connectors[0].ID
	}
	suppliers, err := inventory.Suppliers(ctx, tx, f.store)
	if err != nil {
		return err
	}
	if len(suppliers) > 0 {
		f.supplier = suppliers[0].SupplierID
	}
	for _, s := range suppliers {
		feeds, err := inventory.Feeds(ctx, tx, f.store, s.SupplierID, "", 1)
		if err != nil {
			return err
		}
		if len(feeds) > 0 {
			f.supplier, f.feed = s.SupplierID, feeds[0].FeedID
			break
		}
	}
	return f.papers(ctx, tx)
}

func (f *found) papers(ctx context.Context, tx *db.Tx) error {
	bills, err := billing.List(ctx, tx, f.store, "", 1)
	if err != nil {
		return err
	}
	if len(bills) > 0 {
		f.statement = bills[0].StatementID
	}
	codes, err := discount.List(ctx, tx, f.store, "", 1)
	if err != nil {
		return err
	}
	if len(codes) > 0 {
		f.discount = codes[0].DiscountID
	}
	runs, err := desk.Runs(ctx, tx, f.store, 1)
	if len(runs) > 0 {
		f.run = runs[0].RunID
	}
	return err
}
