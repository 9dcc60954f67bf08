package manual

import (
	_ "embed"
	"encoding/json"
	"maps"
	"slices"
	"sync"
)

//go:embed words.json
var wordsFile []byte

// words are what mail and sheet say, in one language. Those with a verb take one value.
type words struct {
	PurchaseOrder string `json:"purchase_order"`
	Subject       string `json:"subject"`    // number, store
	Hello         string `json:"hello"`      // to nobody known
	HelloName     string `json:"hello_name"` // name
	Intro         string `json:"intro"`
	Sheet         string `json:"sheet"`
	Reply         string `json:"reply"` // number
	Twice         string `json:"twice"`
	Thanks        string `json:"thanks"`
	Number        string `json:"number"`
	Date          string `json:"date"`
	ShipTo        string `json:"ship_to"`
	OrderedBy     string `json:"ordered_by"`
	Phone         string `json:"phone"`
	TaxID         string `json:"tax_id"`
	Email         string `json:"email"`
	Service       string `json:"service"`
	Quantity      string `json:"quantity"`
	SKU           string `json:"sku"`
	Article       string `json:"article"`
	Unit          string `json:"unit"`
	Amount        string `json:"amount"`
	Total         string `json:"total"`
	Units         string `json:"units"`
	Note          string `json:"note"`
	Instructions  string `json:"instructions"`
	Page          string `json:"page"` // page, pages
	Unprintable   string `json:"unprintable"`
	MailedTo      string `json:"mailed_to"` // address
}

var wordTable = sync.OnceValue(func() map[string]words {
	table := map[string]words{}
	if err := json.Unmarshal(wordsFile, &table); err != nil {
		panic("words.json: " + err.Error()) // a test reads it
	}
	return table
})

func wordsOf(language string) (words, bool) {
	w, known := wordTable()[language]
	return w, known
}

func languages() []string { return slices.Sorted(maps.Keys(wordTable())) }
