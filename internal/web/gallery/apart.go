package gallery

import "slices"

// apart is a route that is not shown, and why.
type apart struct{ Route, Why string }

// standApart are the routes that are no pages, or that nobody can be led to.
func standApart() []apart {
	const (
		file   = "a file, not a page"
		photo  = "a picture; the pages around it show it"
		onward = "it leads on to another page"
		live   = "a stream of news for a page that is open"
	)
	return []apart{
		{"/cart/drawer", "a part of a page; the components have a drawer"},
		{"/checkout/return", onward},
		{"/orders/{order}/live", live},
		{"/products/{handle}/live", live},
		{"/orders/{order}/claims/{claim}/paid", onward},
		{"/orders/{order}/claims/{claim}/photos/{photo}", photo},
		{"/orders/{order}/reviews/{review}/photos/{photo}", photo},
		{"/reviews/{review}/photos/{photo}", photo},
		{"/orders/{order}/messages/{message}/photos/{photo}", photo},
		{"/sitemap.xml", file},
		{"/robots.txt", file},
		{"/feeds/google.xml", file},
		{"/favicon.ico", file},
		{"/dev/gallery", "the components, on a page of their own"},

		{"/admin/sign-in", "leads on whoever is signed in; the screenshots take it"},
		{"/admin/sign-in/code", "only between the password and the second factor; else it leads back to the first"},
		{"/admin/welcome", "only while nobody owns the shop; else it leads on"},
		{"/admin/events", live},
		{"/admin/find", "what the search finds, for its own list"},
		{"/admin/orders/export", file},
		{"/admin/runs/{run}/export", file},
		{"/admin/profit/export", file},
		{"/admin/customers/{customer}/export", file},
		{"/admin/products/import/template.csv", file},
		{"/admin/products/import/{run}", "lives in memory for whoever sent the file"},
		{"/admin/disputes/{dispute}/evidence.pdf", file},
		{"/admin/disputes/{dispute}/evidence.zip", file},
		{"/admin/chargebacks/{chargeback}/evidence.pdf", file},
		{"/admin/claims/{claim}/photos/{photo}", photo},
		{"/admin/messages/{conversation}/photos/{message}/{photo}", photo},
		{"/admin/reviews/{review}/photos/{photo}", photo},
		{"/admin/mails/{kind}/draw", "among the mails"},
	}
}

func isApart(route string) bool {
	return slices.ContainsFunc(standApart(), func(a apart) bool { return a.Route == route })
}
