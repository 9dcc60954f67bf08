package gallery

import (
	"strings"

	"doorstep/internal/claim"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/report"
)

// names are what parameters of routes stand for, where one name will do.
func (f *found) names() map[string]string {
	return map[string]string{
		"product": string(f.product.ProductID), "collection": string(f.shelf.CollectionID), "variant": string(f.variant),
		"order": string(f.anyOrder()), "customer": string(f.customer), "supplier": string(f.supplier), "feed": string(f.feed),
		"connector": string(f.connector), "staff": string(f.staff), "discount": string(f.discount), "statement": string(f.statement),
		"dispute": string(f.dispute), "chargeback": string(f.chargeback), "purchase": string(f.purchase), "conversation": string(f.talk), "run": string(f.run),
	}
}

// several are the routes that are worth looking at in more than one state, or whose parameters
// need more than a name.
func (f *found) several() map[string][]view {
	shelf, product := "", ""
	if f.shelf.Handle != "" {
		shelf = "/collections/" + f.shelf.Handle
	}
	if f.product.Handle != "" {
		product = "/products/" + f.product.Handle
	}
	all := map[string][]view{
		"/collections/{handle}": {{"", shelf}, {"of all", "/collections/all"}},
		"/products/{handle}":    {{"", product}, {"not there", "/products/nothing-here"}},
		"/search":               {{"found", "/search?q=mug"}, {"mistyped", "/search?q=insulatd+botle"}, {"nothing found", "/search?q=zzzz"}},
		"/policies/{name}":      {{"", "/policies/returns"}},
		"/account/addresses/{address}": {
			{"new", "/account/addresses/new"}},
		"/unsubscribe/{customer}": {{"", f.unsubscribe()}, {"stale link", "/unsubscribe/stale?token=stale"}},

		"/orders/{order}":            f.ofOrders(f.forCustomer("")),
		"/orders/{order}/cancel":     {{"", f.inState(f.forCustomer("/cancel"), "held", "needs a person", "not paid")}},
		"/orders/{order}/choice":     {{"", f.forCustomer("/choice")(f.choice)}},
		"/orders/{order}/claims/new": {{"", f.forCustomer("/claims/new")(f.bought)}},
		"/orders/{order}/exchange":   {{"", f.forCustomer("/exchange")(f.bought)}},
		"/orders/{order}/review":     {{"", f.inState(f.forCustomer("/review"), "delivered")}},
		"/orders/{order}/messages":   {{"", f.inState(f.forCustomer("/messages"), "delivered", "on the way", "not paid")}},

		"/orders/{order}/claims/{claim}":      f.ofClaims(func(c report.ClaimRow) string { return f.forCustomer("/claims/" + string(c.ID))(c.Order) }),
		"/orders/{order}/claims/{claim}/slip": {{"", f.slip()}},
	}
	f.ofDashboard(all)
	return all
}

func (f *found) ofDashboard(all map[string][]view) {
	desk := func(rest string) func(id.Order) string {
		return func(o id.Order) string {
			if o == "" {
				return ""
			}
			return dashboardPrefix + "/orders/" + string(o) + rest
		}
	}
	all["/admin/orders"] = []view{{"", "/admin/orders"}, {"nothing found", "/admin/orders?q=nobody-of-that-name"}}
	all["/admin/orders/{order}"] = f.ofOrders(desk(""))
	all["/admin/orders/{order}/refund"] = []view{{"", f.inState(desk("/refund"), "delivered", "held")}}
	all["/admin/orders/{order}/address"] = []view{{"", f.inState(desk("/address"), "held", "not paid")}}
	all["/admin/orders/{order}/claims/new"] = []view{{"", desk("/claims/new")(f.bought)}}
	all["/admin/orders/{order}/profit"] = []view{{"", f.inState(desk("/profit"), "delivered", "held")}}
	all["/admin/claims"] = []view{{"open", "/admin/claims"}, {"all", "/admin/claims?all=yes"}}
	all["/admin/claims/{claim}"] = f.ofClaims(func(c report.ClaimRow) string { return "/admin/claims/" + string(c.ID) })
	all["/admin/messages"] = []view{{"open", "/admin/messages"}, {"all", "/admin/messages?tab=all"}}
	all["/admin/reviews"] = []view{{"new", "/admin/reviews"}, {"published", "/admin/reviews?state=published"}}
	all["/admin/connectors/new/{kind}/{driver}"] = []view{
		{"payment", "/admin/connectors/new/payment/stripe"}, {"supplier", "/admin/connectors/new/supplier/cj"}, {"by mail", "/admin/connectors/new/supplier/manual"}}
	all["/admin/mails/{kind}"] = []view{{"", "/admin/mails/" + flow.MailConfirmed}}
	all["/admin/password"] = []view{{"stale link", "/admin/password?token=stale"}}
}

// anyOrder is the first that was found.
func (f *found) anyOrder() id.Order {
	if len(f.orders) == 0 {
		return ""
	}
	return f.orders[0].Order
}

// ofOrders are the views of a page of an order, for each state that there is one in.
func (f *found) ofOrders(at func(id.Order) string) []view {
	list := []view{}
	for _, s := range states() {
		list = append(list, view{s.Name, f.inState(at, s.Name)})
	}
	return list
}

// inState is where the page of an order is, of one in the first of these states that there is.
func (f *found) inState(at func(id.Order) string, states ...string) string {
	for _, state := range states {
		for _, o := range f.orders {
			if o.State == state {
				return at(o.Order)
			}
		}
	}
	return ""
}

// ofClaims are the views of a page of a claim, for each state that there is one in.
func (f *found) ofClaims(at func(report.ClaimRow) string) []view {
	if len(f.claims) == 0 {
		return []view{{}}
	}
	var list []view
	for _, c := range f.claims {
		list = append(list, view{strings.ReplaceAll(c.State, "-", " "), at(c)})
	}
	return list
}

// slip is the sheet for the parcel of a claim whose goods go back.
func (f *found) slip() string {
	for _, c := range f.claims {
		if c.State == string(claim.Returning) {
			return f.forCustomer("/claims/" + string(c.ID) + "/slip")(c.Order)
		}
	}
	return ""
}

// forCustomer says where a page of an order is for its customer, with the link that opens it.
func (f *found) forCustomer(rest string) func(id.Order) string {
	return func(o id.Order) string {
		if o == "" {
			return ""
		}
		return "/orders/" + string(o) + rest + "?token=" + flow.OrderToken(f.box, f.store, o)
	}
}

func (f *found) unsubscribe() string {
	if f.customer == "" {
		return ""
	}
	return "/unsubscribe/" + string(f.customer) + "?token=" + flow.UnsubscribeToken(f.box, f.store, f.customer)
}
