package ui

import (
	"fmt"

	"doorstep/internal/address"
	"doorstep/internal/web/ui/atlas"
	"doorstep/money"
)

// GalleryPages is where the gallery shows whole pages: below the dashboard, whose session it asks
// for.
const GalleryPages = "/admin/gallery"

// sample is a value of every kind for the gallery: short, long, in another script.
type sampleValues struct {
	long, arabic string
	prices       []Price
	fields       []Field
	address      AddressForm
	options      []Option
	swatches     []Swatch
	moments      []Moment
	routes       [][]Stop
	sums         []SumLine
	graph        Graph
	rows         [][3]string
	tabs         []ListTab
	tools        Tools
	heads        []SortHead
}

func samples() sampleValues {
	long := "A hand-thrown stoneware mug with a wide foot, a reactive glaze that settles a little differently on every piece, and a handle made for four fingers, so that it can be held in both hands on a winter morning"
	return sampleValues{
		long: long, arabic: "كوب من الخزف مصنوع يدويًا",
		prices: []Price{
			{Now: money.New(1690, "EUR"), Locale: "de-DE"}, {Now: money.New(5490, "EUR"), Was: money.New(6490, "EUR"), Locale: "en"},
			{Now: money.New(2390, "GBP"), From: true, Locale: "en-GB"}, {Now: money.New(12800, "JPY"), Large: true, Locale: "ja-JP"},
			{Now: money.New(12345, "KWD"), Was: money.New(20000, "KWD"), Locale: "ar-KW"},
		},
		fields: []Field{
			{Name: "g-name", Label: "Full name", Value: "Ann Mercer", Required: true},
			{Name: "g-mail", Label: "Email", Type: "email", Value: "ann@", Error: "\"ann@\" is no mail address.", Help: "For the confirmation."},
			{Name: "g-more", Label: "Company", Optional: true, Placeholder: "Mercer & Daughters"},
			{Name: "g-size", Label: "Size", Value: "m", Choices: []Choice{{"s", "Small"}, {"m", "Medium"}}},
		},
		address: AddressForm{Prefix: "g.", Section: "shipping", Value: address.Address{Name: "Maria Duarte", Line1: "Rua das Acácias 210", Locality: "Campinas", Country: "BR"},
			Problems: address.Problems{{Field: "g.postal_code", Code: "missing", Words: "Postcode is needed for Brazil"}}},
		options: []Option{{Value: "a", Name: "Standard", Words: "Arrives 3–10 December", Side: "€4.90", Chosen: true},
			{Value: "b", Name: "Express", Words: "Arrives 28–30 November", Side: "€14.90", Icon: "truck"}, {Value: "c", Name: long}},
		swatches: []Swatch{{Value: "Oat", Colour: "#ddcdb2", Chosen: true}, {Value: "Ink", Colour: "#33415c"}, {Value: "XXL", Out: true}},
		moments: []Moment{{State: "done", Title: "Order placed", When: "Mon 23 November, 10:12", At: "2026-11-23T10:12:00Z"},
			{State: "now", Icon: "truck", Title: "On its way", Words: "Leipzig, Germany"}, {State: "bad", Icon: "triangle-alert", Title: "Nobody at home"},
			{State: "next", Icon: "house", Title: "Delivered", When: "Expected 3–10 December"}},
		routes: sampleRoutes(), graph: sampleGraph(),
		sums: []SumLine{{Name: "Subtotal", Value: "€33.80"}, {Name: "Shipping", Value: "Free"}, {Name: "Total", Value: "€33.80", Total: true}},
		tabs: []ListTab{{Name: "All", URL: "#main"}, {Name: "Germany, unpaid", URL: "#main", Now: true, Shared: true}, {Name: "كوب", URL: "#main"}},
		tools: Tools{Action: "#main", Search: ListSearch{Name: "g-find", Placeholder: "Name or mail address", Label: "Name or mail address"}, On: true, Picks: []Pick{
			{Name: "g-state", Label: "State", Any: "State: any", Value: "b", Choices: []Choice{{"a", "Active"}, {"b", "Stopped"}}},
			{Name: "g-sort", Label: "Sort", Choices: []Choice{{"", "Newest first"}, {"old", "Oldest first"}}}}},
		heads: []SortHead{{Name: "Order", URL: "#main", Sorted: "descending"}, {Name: "Customer", URL: "#main", Sorted: "ascending"}, {Name: "Total", URL: "#main", Number: true}},
		rows:  [][3]string{{"#1001", "Ann Mercer", "€33.80"}, {"#1002", "ليلى درويش", "KWD 12.345"}, {"#1003", long, "¥12,800"}},
	}
}

// sampleRoutes are a way over land, one over the date line, and a short one.
func sampleRoutes() [][]Stop {
	stop := func(name string, latitude, longitude int64) Stop {
		return Stop{Place: atlas.Point{Latitude: latitude, Longitude: longitude}, Name: name, Words: name + ", Mon 23 November, 10:12"}
	}
	return [][]Stop{
		{stop("Yiwu, China", 29_306_600, 120_075_100), stop("Shanghai", 31_144_300, 121_808_300), stop("Leipzig", 51_423_900, 12_236_400), stop("Bristol, United Kingdom", 51_454_500, -2_587_900)},
		{stop("Yiwu", 29_306_600, 120_075_100), stop("Shanghai", 31_144_300, 121_808_300), stop("Anchorage", 61_174_000, -149_998_000), stop("شيكاغو", 41_878_100, -87_629_800)},
		{stop("Birmingham", 52_489_500, -1_898_000), stop("London", 51_507_200, -127_600)},
	}
}

// sampleGraph is a month that begins slowly, with a day of losses.
func sampleGraph() Graph {
	g := Graph{Words: "Orders and profit of the last 30 days", BarTop: "40", LineTop: "€1,000.00"}
	for i := range int64(30) {
		day := Day{Words: fmt.Sprintf("%d November: %d orders", i+1, i*7%23+i/2)}
		if i%7 == 2 || i == 29 {
			day.Label = fmt.Sprintf("%d Nov", i+1)
		}
		g.Days, g.Bars, g.Lines = append(g.Days, day), append(g.Bars, i*7%23+i/2), append(g.Lines, (i*1_300+i*i*40)%90_000-2_000)
	}
	return g
}

func rateWords() []string { return []string{"Bad", "Poor", "Fair", "Good", "Very good"} }
