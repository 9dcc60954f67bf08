package catalog

import (
	"fmt"
	"strings"

	"doorstep/internal/id"
	"doorstep/money"
)

// Status says whether a product is on sale.
type Status string

// The states a product can be in. Only an active one is shown and sold.
const (
	Active   Status = "active"
	Unlisted Status = "draft" // being prepared; the word Draft is taken
	Archived Status = "archived"
)

// Valid says whether the status is one of the three.
func (s Status) Valid() bool { return s == Active || s == Unlisted || s == Archived }

// Options are the names of the product's options, at most three: "Colour", "Size".
func (p Product) Options() []string { return filled(p.Option1, p.Option2, p.Option3) }

// Values are the variant's values of the product's options, in their order.
func (v Variant) Values() []string { return filled(v.Option1, v.Option2, v.Option3) }

// Price is what one unit costs the customer.
func (v Variant) Price() money.Amount { return money.New(v.PriceMinor, v.Currency) }

// CompareAt is the former price, zero when there is none.
func (v Variant) CompareAt() money.Amount { return money.New(v.CompareAtMinor, v.Currency) }

// Free is how many units can still be promised; never negative.
func (v Variant) Free() int64 { return max(0, v.Available-v.Reserved) }

// Name is the variant's title beside the product's: empty for a product without options.
func (v Variant) Name() string { return v.Title }

func filled(values ...string) []string {
	var list []string
	for _, v := range values {
		if v != "" {
			list = append(list, v)
		}
	}
	return list
}

// Listing is a product with everything that its page shows.
type Listing struct {
	Product
	Variants    []Variant // by position
	Images      []Image   // by position
	Tags        []string  // in alphabetical order
	Collections []Collection
}

// Draft is a product as somebody wants it: the whole of it.
type Draft struct {
	Handle         string // its name in addresses; unique in the store
	Title          string
	Body           string // HTML, cleaned by Clean
	Vendor         string
	Kind           string // product type, the merchant's word
	Status         Status
	SEOTitle       string
	SEODescription string
	Options        []string // names; at most three; none for a product of one variant
	Variants       []DraftVariant
	Images         []DraftImage
	Tags           []string
	Collections    []DraftCollection // shelves it belongs to; they are made when missing
	Beside         string            // what its source says beside all that, such as stock: not kept, but a change of it counts as one
}

// DraftVariant is a variant as somebody wants it.
type DraftVariant struct {
	SKU              string
	Barcode          string
	Values           []string // one for each of Draft.Options
	Price            money.Amount
	CompareAt        money.Amount // zero: none
	WeightGrams      int64
	RequiresShipping bool
	Taxable          bool
	Image            string // address of the picture that shows it
}

// DraftImage is a picture by its address.
type DraftImage struct {
	URL string
	Alt string
}

// DraftCollection names a collection. The title is used only when it must be made.
type DraftCollection struct {
	Handle string
	Title  string
}

// FieldError is one thing that is wrong with a draft: where, and why in words.
type FieldError struct {
	Field  string // "title", "variants[2].price"
	Reason string
}

// Error is the field and the reason.
func (e FieldError) Error() string { return e.Field + ": " + e.Reason }

// Invalid is everything that is wrong with a draft; it is the error of Clean and Put.
type Invalid []FieldError

// Error is all reasons in one line.
func (e Invalid) Error() string {
	words := make([]string, len(e))
	for i, f := range e {
		words[i] = f.Error()
	}
	return strings.Join(words, "; ")
}

// What a product may have at most; the sums are Shopify's, so that its exports fit.
const (
	MaxOptions  = 3
	MaxVariants = 2048
	MaxImages   = 250
	MaxTags     = 250
	MaxText     = 255     // characters of a title, option, SKU, tag …
	MaxBody     = 1 << 19 // bytes of HTML
)

// Result is what Put did.
type Result struct {
	Product  id.Product
	Created  bool
	Changed  bool         // false: the draft said nothing new and nothing was touched
	Variants []id.Variant // as in the draft, one for each
	Missing  []id.Variant // stored, not in the draft, and kept
}

// faults gathers field errors.
type faults struct{ list Invalid }

func (f *faults) add(ok bool, field, format string, args ...any) {
	if !ok {
		f.list = append(f.list, FieldError{Field: field, Reason: fmt.Sprintf(format, args...)})
	}
}

func (f *faults) err() error {
	if len(f.list) == 0 {
		return nil
	}
	return f.list
}
