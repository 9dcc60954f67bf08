package flow

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/db/rows"
	"doorstep/internal/id"
)

// Held is everything that a store holds about somebody, told by their mail address: the rows
// of each table as they are stored, without what only opens doors (tokens' hashes).
type Held struct {
	Email   string                `json:"email"`
	TakenAt clock.Time            `json:"taken_at"`
	Tables  map[string][]rows.Row `json:"tables"`

	customers, orders, purchases, shipments, claims []string
	reviews                                         []string
	talks, messages                                 []string
	backs                                           []string // parcels in which goods came back
	texts                                           []string // that orders were placed under
}

// heldOf says in which tables somebody's rows are, and by which names they are found.
var heldOf = []struct {
	table, column string
	of            func(*Held) []string
}{
	{"customers", "email", func(h *Held) []string { return []string{h.Email} }},
	{"customer_codes", "email", func(h *Held) []string { return []string{h.Email} }},
	{"customer_addresses", "customer_id", func(h *Held) []string { return h.customers }},
	{"customer_sessions", "customer_id", func(h *Held) []string { return h.customers }},
	{"customer_notes", "customer_id", func(h *Held) []string { return h.customers }},
	{"orders", "customer_id", func(h *Held) []string { return h.customers }},
	{"discounts", "email", func(h *Held) []string { return []string{h.Email} }},
	{"discount_uses", "order_id", func(h *Held) []string { return h.orders }},
	{"credit_entries", "customer_id", func(h *Held) []string { return h.customers }},
	{"exchanges", "order_id", func(h *Held) []string { return h.orders }},
	{"carts", "order_id", func(h *Held) []string { return h.orders }},
	{"agreed_texts", "text_hash", func(h *Held) []string { return h.texts }},
	{"order_lines", "order_id", func(h *Held) []string { return h.orders }},
	{"purchases", "order_id", func(h *Held) []string { return h.orders }},
	{"attempts", "purchase_id", func(h *Held) []string { return h.purchases }},
	{"shipments", "order_id", func(h *Held) []string { return h.orders }},
	{"tracking_events", "shipment_id", func(h *Held) []string { return h.shipments }},
	{"payments", "order_id", func(h *Held) []string { return h.orders }},
	{"refunds", "order_id", func(h *Held) []string { return h.orders }},
	{"chargebacks", "order_id", func(h *Held) []string { return h.orders }},
	{"chargeback_answers", "order_id", func(h *Held) []string { return h.orders }},
	{"statement_lines", "order_id", func(h *Held) []string { return h.orders }},
	{"claims", "order_id", func(h *Held) []string { return h.orders }},
	{"claim_units", "claim_id", func(h *Held) []string { return h.claims }},
	{"claim_photos", "claim_id", func(h *Held) []string { return h.claims }},
	{"claim_returns", "claim_id", func(h *Held) []string { return h.claims }},
	{"return_parcels", "order_id", func(h *Held) []string { return h.orders }},
	{"return_scans", "shipment_id", func(h *Held) []string { return h.backs }},
	{"disputes", "order_id", func(h *Held) []string { return h.orders }},
	{"reviews", "order_id", func(h *Held) []string { return h.orders }},
	{"review_photos", "review_id", func(h *Held) []string { return h.reviews }},
	{"service_ratings", "order_id", func(h *Held) []string { return h.orders }},
	{"follow_ups", "order_id", func(h *Held) []string { return h.orders }},
	{"consents", "customer_id", func(h *Held) []string { return h.customers }},
	{"ledger_entries", "order_id", func(h *Held) []string { return h.orders }},
	{"events", "order_id", func(h *Held) []string { return h.orders }},
	{"mails", "order_id", func(h *Held) []string { return h.orders }},
	{"conversations", "email", func(h *Held) []string { return []string{h.Email} }},
	{"conversations", "order_id", func(h *Held) []string { return h.orders }},
	{"messages", "conversation_id", func(h *Held) []string { return h.talks }},
	{"message_photos", "message_id", func(h *Held) []string { return h.messages }},
}

// loose are columns of rows that belong to no order, or not yet: somebody is found in them by
// their mail address.
var loose = []struct{ table, column string }{{"carts", "email"}, {"mails", "recipient"}, {"sign_in_tries", "subject"}, {"inbox", "body"}, {"jobs", "payload"}}

// ExportCustomer is everything that is held about a mail address; the error of one that
// nobody knows is a *Refusal.
func ExportCustomer(ctx context.Context, tx *db.Tx, s id.Store, email string) (*Held, error) {
	h := &Held{Email: strings.ToLower(strings.TrimSpace(email)), TakenAt: tx.Now, Tables: map[string][]rows.Row{}}
	if h.Email == "" {
		return nil, refuse("not-found", "Which mail address is meant?")
	}
	there, err := rows.Tables(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, part := range heldOf {
		if !there[part.table] {
			continue // a schema before it
		}
		found, err := rows.Select(ctx, tx, s, part.table, part.column, part.of(h))
		if err != nil {
			return nil, err
		}
		h.add(part.table, found)
	}
	for _, part := range loose {
		found, err := rows.Holding(ctx, tx, s, part.table, part.column, []string{h.Email})
		if err != nil {
			return nil, err
		}
		h.add(part.table, found)
	}
	if len(h.Tables) == 0 {
		return nil, refuse("not-found", "Nothing is held about this mail address.")
	}
	return h, nil
}

// add keeps rows that are not there yet, and learns the names by which others are found.
func (h *Held) add(table string, found []rows.Row) {
	for _, r := range found {
		delete(r, "token_hash")
		if h.has(table, r) {
			continue
		}
		switch table {
		case "conversations":
			h.talks = append(h.talks, r.Text("conversation_id"))
		case "messages":
			h.messages = append(h.messages, r.Text("message_id"))
		case "customers":
			h.customers = append(h.customers, r.Text("customer_id"))
		case "orders":
			h.orders = append(h.orders, r.Text("order_id"))
			for hash := range strings.FieldsSeq(r.Text("agreed_to")) {
				if !slices.Contains(h.texts, hash) {
					h.texts = append(h.texts, hash)
				}
			}
		case "purchases":
			h.purchases = append(h.purchases, r.Text("purchase_id"))
		case "claims":
			h.claims = append(h.claims, r.Text("claim_id"))
		case "reviews":
			h.reviews = append(h.reviews, r.Text("review_id"))
		case "return_parcels":
			h.backs = append(h.backs, r.Text("shipment_id"))
		case "shipments":
			h.shipments = append(h.shipments, r.Text("shipment_id"))
		}
		h.Tables[table] = append(h.Tables[table], r)
	}
}

func (h *Held) has(table string, r rows.Row) bool {
	key := map[string]string{"carts": "cart_id", "mails": "mail_id", "conversations": "conversation_id"}[table]
	if key == "" {
		return false
	}
	for _, known := range h.Tables[table] {
		if known[key] == r[key] {
			return true
		}
	}
	return false
}

// words are the texts by which somebody would be known: names, mail address, telephone and
// lines of addresses that any order, cart or note of theirs has. Short ones are left out: they
// stand in everybody's texts.
func (h *Held) words() []string {
	seen := map[string]bool{}
	add := func(s string) {
		if s = strings.TrimSpace(s); len([]rune(s)) >= 4 {
			seen[s] = true
		}
	}
	add(h.Email)
	for _, c := range h.Tables["customers"] {
		add(c.Text("name"))
	}
	for table, columns := range map[string][]string{"orders": {"shipping", "billing"}, "carts": {"shipping", "billing"}, "customer_addresses": {"body"}} {
		for _, r := range h.Tables[table] {
			add(r.Text("email"))
			for _, c := range columns {
				wordsOfAddress(r.Text(c), add)
			}
		}
	}
	for _, e := range h.Tables["events"] {
		if e.Text("kind") != "order.readdressed" {
			continue
		}
		var said struct{ Was, Now string }
		if json.Unmarshal([]byte(e.Text("data")), &said) == nil {
			for part := range strings.SplitSeq(said.Was+", "+said.Now, ", ") {
				add(part)
			}
		}
	}
	return longestFirst(seen)
}

// wordsOfAddress are the parts of a stored address that say who somebody is and where.
// Town, region and country stand in everybody's.
func wordsOfAddress(stored string, add func(string)) {
	var a map[string]string
	if json.Unmarshal([]byte(stored), &a) != nil {
		return
	}
	for _, part := range []string{"name", "company", "line1", "line2", "line3", "phone", "tax_id"} {
		add(a[part])
	}
}
