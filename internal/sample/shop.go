package sample

// ShopName is the name over the door.
const ShopName = "Hearth & Harbour"

// Tagline is the sentence under it.
const Tagline = "Good things for the house and the way there."

// suppliers are three that differ in what matters: currency, distance, speed, and whether
// they have an API at all.
func suppliers() []Supplier {
	return []Supplier{
		{Key: "aliexpress", Kind: "aliexpress", Name: "AliExpress", Currency: "CNY", ShipFrom: []string{"CN"}, HandlingDays: 2},
		{Key: "cj", Kind: "cj", Name: "CJ Dropshipping", Currency: "USD", ShipFrom: []string{"CN", "US"}, HandlingDays: 2},
		{
			Key: "manual", Kind: "manual", Name: "Hearth & Loom Workshop", Currency: "GBP",
			ShipFrom: []string{"GB"}, HandlingDays: 1, Email: "orders@hearthandloom.example",
		},
	}
}

func collections() []Collection {
	return []Collection{
		{Handle: "new", Title: "New This Season", HTML: "<p>Just in, and already favourites of ours.</p>"},
		{Handle: "kitchen", Title: "Kitchen & Table", HTML: "<p>Tools that are used every day and look it, in the best way.</p>"},
		{Handle: "textiles", Title: "Soft Home", HTML: "<p>Linen, wool and cotton for beds, sofas and bare feet.</p>"},
		{Handle: "lighting", Title: "Lighting", HTML: "<p>Warm light for reading, eating and doing nothing.</p>"},
		{Handle: "home", Title: "Rooms & Shelves", HTML: "<p>Clocks, vases, frames and a place for everything else.</p>"},
		{Handle: "outdoor", Title: "Garden & Outdoors", HTML: "<p>For the balcony, the meadow and the night in the tent.</p>"},
		{Handle: "desk", Title: "Desk & Paper", HTML: "<p>For work that needs a good pen, a quiet hour and a clear surface.</p>"},
		{Handle: "bags", Title: "Bags & Travel", HTML: "<p>From the daily commute to the long weekend.</p>"},
		{Handle: "pets", Title: "Cats & Dogs", HTML: "<p>Comfort for them, and nothing you need to hide when guests come.</p>"},
		{Handle: "little-ones", Title: "Little Ones", HTML: "<p>Toys, cloths and boots that can be handed down.</p>"},
		{Handle: "wellness", Title: "Bath & Wellness", HTML: "<p>Small rituals, well made.</p>"},
		{Handle: "workshop", Title: "From the Workshop", HTML: "<p>Made by hand in small numbers by the Hearth &amp; Loom Workshop.</p>"},
		{Handle: "gifts", Title: "Gifts under 35", HTML: "<p>Small parcels that make a good impression.</p>"},
		{Handle: "season-sale", Title: "Season Sale", HTML: "<p>The same things for less, while they last.</p>"},
	}
}
