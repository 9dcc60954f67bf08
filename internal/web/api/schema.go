package api

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"doorstep/internal/clock"
	"doorstep/internal/report"
	"doorstep/money"
)

// Money is how an amount looks in JSON; values are money.Amount.
type Money struct {
	Amount   string `json:"amount" doc:"A plain decimal" example:"12.99"`
	Currency string `json:"currency" minLength:"3" maxLength:"3" doc:"ISO 4217" example:"EUR"`
}

// Moment is how a time looks in JSON; values are clock.Time.
type Moment struct{}

// Schema is RFC 3339, or null for "not yet".
func (Moment) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date-time", Nullable: true}
}

// aliases tells huma what our own types look like in JSON.
func aliases(r huma.Registry) {
	r.RegisterTypeAlias(reflect.TypeFor[money.Amount](), reflect.TypeFor[Money]())
	r.RegisterTypeAlias(reflect.TypeFor[clock.Time](), reflect.TypeFor[Moment]())
}

// schemaName is what a type is called in the description: the merchant's view of a thing
// stands beside its customer's, which has the plain name.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	switch {
	case t.PkgPath() != reflect.TypeFor[report.Document]().PkgPath(), name == "Totals":
		return name
	case name == "ShipmentLine":
		return "ParcelLine"
	}
	return "Merchant" + name
}

func securitySchemes() map[string]*huma.SecurityScheme {
	return map[string]*huma.SecurityScheme{
		"cart":  {Type: "http", Scheme: "bearer", Description: "The token of a cart (cart_…), told once when it is made. The header X-Cart-Token does too."},
		"order": {Type: "http", Scheme: "bearer", Description: "The signed token of an order, from the checkout or the links in mails. The query parameter token does too."},
		"key":   {Type: "http", Scheme: "bearer", Description: "An API key of the store (dsk_…)."},
	}
}

func problemType() reflect.Type { return reflect.TypeFor[Problem]() }
