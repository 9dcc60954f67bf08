package mail

import (
	"time"

	"doorstep/money"
	"doorstep/postal"
)

// Samples are one or two messages of every kind with made-up content, for previews and tests, in
// the order of an order's life. base is where their links lead, picture the URL of what they show
// of an article; empty: nothing.
func Samples(base, picture string, now time.Time) []View {
	day := func(n int) time.Time { return now.AddDate(0, 0, n) }
	eur := func(minor int64) money.Amount { return money.New(minor, "EUR") }
	order := Order{Number: "1042", URL: base + "/o/1042?s=b2xkLWtleQ", Name: "Anna"}
	lines := []Line{
		{Title: "Stoneware mug", Variant: "Blue glaze / 350 ml", ImageURL: picture, Quantity: 2, Price: eur(3980)},
		{Title: "Bedside lamp with linen shade", Variant: "Oak", ImageURL: picture, Quantity: 1, Price: eur(8900)},
	}
	to := postal.Address{Name: "Anna Lindqvist", Line1: "Storgatan 12, lgh 1103", PostalCode: "114 55", Locality: "Stockholm", Country: "SE"}
	totals := Totals{Code: "SPRING10", Goods: eur(12880), Discount: eur(-1000), Shipping: eur(490), Tax: eur(2474), Total: eur(12370), TaxIncluded: true}
	parcel := Parcel{
		Number: "RB123456785SE", Carrier: "PostNord", CarrierURL: "https://tracking.postnord.com/?id=RB123456785SE",
		Index: 1, Of: 2, Lines: []Line{{Title: lines[0].Title, Variant: lines[0].Variant, ImageURL: lines[0].ImageURL, Quantity: 2}},
		Expected: Window{day(4), day(7)},
	}
	whole := parcel
	whole.Index, whole.Of = 0, 0
	list := []View{
		Confirmed{Order: order, Lines: lines, Totals: totals, ShipTo: to, Expected: Window{day(6), day(9)}},
		PaymentDue{
			Order: order, Amount: eur(12370), Holder: "Lumen & Loam GmbH", Bank: "Hanse Bank", IBAN: "DE02 1203 0000 0000 2020 51",
			BIC: "BYLADEM1001", Reference: "LL-1042", Due: day(7), Lines: lines, Totals: totals,
		},
		Shipped{Order: order, Parcel: parcel, Rest: 1, ShipTo: to},
		OutForDelivery{Order: order, Parcel: whole, ShipTo: to},
		Delivered{Order: order, Parcel: whole, At: now},
		Delayed{Order: order, Parcel: whole, Was: Window{day(-1), day(0)}, Now: Window{day(3), day(5)}, Reason: "Customs in Malmö are still looking at the parcel."},
		Delayed{Order: order, Was: Window{To: day(-2)}},
		Choice{Order: order, Lines: lines[1:]},
		Refunded{Order: order, Amount: eur(8900), Method: "Visa ending 4242", Days: 5, Lines: lines[1:], Reason: "The lamp arrived broken."},
		Cancelled{Order: order, Lines: lines, Refund: eur(12370), Reason: "Our supplier has run out of the lamp."},
		SignIn{Code: "204816", URL: base + "/account/code?id=cc_1&key=b2xkLWtleQ", Minutes: 15},
		Digest{URL: base + "/admin/attention", More: 3, Items: []Notice{
			{Title: "Order 1038: the supplier’s answer was lost", Detail: "Acme Lighting has no way to ask. Check with them before sending again.", URL: base + "/admin/orders/1038", Since: day(-1), Urgent: true},
			{Title: "Order 1021: parcel without a scan for 9 days", Detail: "YunExpress YT2400000000000001", URL: base + "/admin/orders/1021", Since: day(-9)},
		}},
		Invited{Name: "Ines", URL: base + "/admin/password?token=b2xkLWtleQ", Ends: day(3)},
		PasswordReset{Name: "Ines", URL: base + "/admin/password?token=b2xkLWtleQ", Minutes: 30},
		Security{Name: "Ines", What: PasskeyAdded, At: now, URL: base + "/admin"},
		Stopped{Connector: "cj", Words: "1600001 Invalid API key or access token", URL: base + "/admin/connectors"},
		StaffClaims{URL: base + "/admin/claims", More: 2, Items: []Notice{
			{Title: "1042-C1", Detail: "The foot of the lamp is broken.", URL: base + "/admin/claims/cl_1", Since: now},
		}},
	}
	list = append(list, messageSamples(base, order)...)
	list = append(list, claimSamples(base, order, lines[1], now)...)
	return append(list, feedbackSamples(base, order, lines[1])...)
}

// variants are messages that say what the samples leave out: of one parcel or several, to
// somebody without a name, without a day. They are for finding out what a kind may say.
func variants(base string, now time.Time) []View {
	order := Order{Number: "1042", URL: base + "/o/1042"}
	eur := func(minor int64) money.Amount { return money.New(minor, "EUR") }
	lines := []Line{{Title: "Mug", Quantity: 1}}
	part := Parcel{Number: "X1", Carrier: "Post", CarrierURL: base, Index: 1, Of: 2, Lines: lines, Expected: Window{now, now}}
	whole := Parcel{Number: "X1", Carrier: "Post", Lines: lines}
	free := Totals{Goods: eur(100), Discount: eur(-10), Shipping: eur(0), Tax: eur(19), Total: eur(119)}
	from, by := Window{From: now}, Window{To: now}
	many := make([]Line, mostLines+5)
	for i := range many {
		many[i] = lines[0]
	}
	return []View{
		Confirmed{Order: order, Lines: many}, Shipped{Order: order, Parcel: Parcel{Number: "X1", Lines: many}},
		Confirmed{Order: order, Lines: lines, Totals: free, Expected: from}, Confirmed{Order: order, Lines: lines, Expected: by},
		Confirmed{Order: order, Expected: Window{now, now}},
		PaymentDue{Order: order, Amount: eur(119), Lines: lines, Totals: free},
		Shipped{Order: order, Parcel: part}, Shipped{Order: order, Parcel: whole, Rest: 2},
		OutForDelivery{Order: order, Parcel: part}, OutForDelivery{Order: order, Parcel: whole},
		Delivered{Order: order, Parcel: part, At: now, Rest: 2}, Delivered{Order: order, Parcel: whole, At: now},
		Delayed{Order: order, Parcel: whole}, Delayed{Order: order, Was: from, Now: by},
		Choice{Order: order, Lines: lines}, Refunded{Order: order, Amount: eur(100)},
		Refunded{Order: order, Amount: eur(100), Credit: true}, Cancelled{Order: order, Lines: lines},
	}
}
