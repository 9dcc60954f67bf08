package cart

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"strings"

	"golang.org/x/text/language"

	"doorstep/internal/address"
)

// What one cart may hold.
const (
	MaxLines    = 100
	MaxQuantity = 999 // units of one variant
	maxEmail    = 254
)

// TokenPrefix begins every cart's token, so that people and scanners recognise one.
const TokenPrefix = "cart_"

// The reasons why a change of a cart is refused.
var (
	ErrOrdered  = errors.New("the cart has become an order and cannot be changed any more")
	ErrLines    = fmt.Errorf("a cart holds at most %d different articles", MaxLines)
	ErrQuantity = fmt.Errorf("a quantity is between 0 and %d", MaxQuantity)
	ErrOption   = errors.New("this way of shipping is not among those that were offered; please ask for them again")
	ErrChanged  = errors.New("the cart changed while shipping was being quoted; please ask again")
)

// Contact is who buys and where it goes.
type Contact struct {
	Email    string
	Locale   string // BCP 47; empty keeps what the cart has
	Shipping address.Address
	Billing  address.Address // empty: the same as Shipping
}

// Clean is the contact as it is kept.
func (c Contact) Clean() Contact {
	return Contact{Email: strings.TrimSpace(c.Email), Locale: strings.TrimSpace(c.Locale),
		Shipping: address.Clean(c.Shipping), Billing: address.Clean(c.Billing)}
}

// Check says what is wrong with a cleaned contact; what was not given yet is no fault. The
// fields are "email", "locale", "shipping_address.line1" and so on.
func (c Contact) Check() address.Problems {
	var list address.Problems
	if c.Email != "" && !mailable(c.Email) {
		list = append(list, address.Problem{Field: "email", Code: "pattern", Words: fmt.Sprintf("%q is no mail address", c.Email)})
	}
	if _, err := language.Parse(c.Locale); c.Locale != "" && err != nil {
		list = append(list, address.Problem{Field: "locale", Code: "unknown", Words: fmt.Sprintf("%q is no language such as en or de-AT", c.Locale)})
	}
	for _, part := range []struct {
		prefix string
		a      address.Address
	}{{"shipping_address.", c.Shipping}, {"billing_address.", c.Billing}} {
		if part.a.IsEmpty() {
			continue
		}
		for _, p := range address.Check(part.a) {
			p.Field = part.prefix + p.Field
			list = append(list, p)
		}
	}
	return list
}

// mailable says whether a text is one plain mail address.
func mailable(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && len(s) <= maxEmail
}

// ShipTo is the cart's delivery address, empty while unknown.
func (c Cart) ShipTo() (address.Address, error) { return parse(c.Shipping) }

// BillTo is the cart's billing address, empty when it is the delivery address.
func (c Cart) BillTo() (address.Address, error) { return parse(c.Billing) }

func parse(text string) (a address.Address, err error) {
	if text == "" {
		return a, nil
	}
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		return a, fmt.Errorf("stored address: %w", err)
	}
	return a, nil
}

func write(a address.Address) string {
	if a.IsEmpty() {
		return ""
	}
	b, _ := json.Marshal(a) // a struct of strings cannot fail
	return string(b)
}

// elsewhere says whether freight to b may differ from freight to a: names and telephones
// do not travel.
func elsewhere(a, b address.Address) bool {
	place := func(x address.Address) address.Address {
		x.Name, x.Company, x.Phone, x.TaxID = "", "", "", ""
		return x
	}
	return place(a) != place(b)
}

// offered says whether stored options have one with the key.
func offered(options, key string) bool {
	var list []struct {
		Key string `json:"key"`
	}
	if json.Unmarshal([]byte(options), &list) != nil {
		return false
	}
	for _, o := range list {
		if o.Key == key && key != "" {
			return true
		}
	}
	return false
}

// Hash is what is stored of a token: hex SHA-256. A token is 160 random bits, so that no
// salt is needed.
func Hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
