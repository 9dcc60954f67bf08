package catalog

import "slices"

// pair finds for every wanted variant the stored one it is, or -1. Who agrees in option
// values and SKU goes first, then who agrees in option values, then in SKU, and at last
// the only one that is left on both sides of a product of one variant: so a renamed option
// value and a corrected SKU both keep the id. Nothing stored is given twice.
func pair(stored []Variant, wanted []DraftVariant) []int {
	at := slices.Repeat([]int{-1}, len(wanted))
	used := make([]bool, len(stored))
	values := func(s Variant, w DraftVariant) bool { return slices.Equal(s.Values(), filled(w.Values...)) }
	sku := func(s Variant, w DraftVariant) bool { return s.Sku == w.SKU && w.SKU != "" }
	rules := []func(Variant, DraftVariant) bool{
		func(s Variant, w DraftVariant) bool { return values(s, w) && s.Sku == w.SKU },
		values,
		sku,
		func(Variant, DraftVariant) bool { return len(stored) == 1 && len(wanted) == 1 },
	}
	for _, same := range rules {
		for i, w := range wanted {
			if at[i] >= 0 {
				continue
			}
			for j, s := range stored {
				if !used[j] && same(s, w) {
					at[i], used[j] = j, true
					break
				}
			}
		}
	}
	return at
}

// wantedVariant is the stored variant as the draft wants it, at its place.
func wantedVariant(v Variant, w DraftVariant, position int64) Variant {
	v.Position, v.Sku, v.Barcode = position, w.SKU, w.Barcode
	v.Option1, v.Option2, v.Option3 = three(w.Values)
	v.Title = title(w.Values)
	v.PriceMinor, v.CompareAtMinor, v.Currency = w.Price.Minor, w.CompareAt.Minor, w.Price.Currency
	v.WeightGrams, v.RequiresShipping, v.Taxable, v.Image = w.WeightGrams, w.RequiresShipping, w.Taxable, w.Image
	return v
}

func three(list []string) (a, b, c string) {
	list = append(slices.Clone(list), "", "", "")
	return list[0], list[1], list[2]
}

// title is what the values read like together: "Red / M".
func title(values []string) string {
	var text string
	for _, v := range values {
		if text != "" {
			text += " / "
		}
		text += v
	}
	return text
}
