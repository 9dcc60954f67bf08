package flow

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"doorstep/internal/db"
	"doorstep/internal/db/rows"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/order"
)

// What stands in the place of what was erased. The domain can never exist (RFC 2606).
const (
	erasedWord   = "[erased]"
	erasedDomain = "@erased.invalid"
)

// Erased says whether a mail address is one that stands for somebody who was forgotten:
// nothing is sent there.
func Erased(email string) bool { return strings.HasSuffix(email, erasedDomain) }

// Erasure is what EraseCustomer did.
type Erasure struct {
	Orders int `json:"orders"`
	Rows   int `json:"rows"` // that were overwritten or dropped
}

// texts are the columns in which others' words stand, which may name somebody: what names
// them is overwritten there, the rest stays. key are the columns of the primary key.
var texts = []struct {
	table   string
	key     []string
	columns []string
}{
	{"events", []string{"store_id", "event_id"}, []string{"data"}},
	{"purchases", []string{"store_id", "purchase_id"}, []string{"words", "hold_reason", "reasons", "pay_url"}},
	{"shipments", []string{"store_id", "shipment_id"}, []string{"words", "url"}},
	{"tracking_events", []string{"store_id", "shipment_id", "event_key"}, []string{"words", "location"}},
	{"return_parcels", []string{"store_id", "shipment_id"}, []string{"words"}},
	{"return_scans", []string{"store_id", "shipment_id", "event_key"}, []string{"words", "location"}},
	{"payments", []string{"store_id", "payment_id"}, []string{"words", "url"}},
	{"refunds", []string{"store_id", "refund_id"}, []string{"words", "reason"}},
	{"chargebacks", []string{"store_id", "chargeback_id"}, []string{"reason"}},
	{"chargeback_answers", []string{"store_id", "chargeback_id"}, []string{"fields", "words"}},
	{"statement_lines", []string{"store_id", "statement_id", "line_no"}, []string{"title", "reason"}},
	{"claims", []string{"store_id", "claim_id"}, []string{"words", "trouble", "return_to"}},
	{"disputes", []string{"store_id", "dispute_id"}, []string{"words", "trouble"}},
	{"service_ratings", []string{"store_id", "order_id", "purchase_id"}, []string{"words"}},
	{"credit_entries", []string{"store_id", "entry_id"}, []string{"words"}},
	{"discounts", []string{"store_id", "discount_id"}, []string{"note"}},
	{"orders", []string{"store_id", "order_id"}, []string{"attention", "given_up", "shipping_option"}},
}

// everywhere are columns of any row, whoever's it is, that may name somebody: messages that
// came in, work that is not done, and what staff typed.
var everywhere = []struct{ table, column, key string }{
	{"inbox", "body", "message_key"}, {"jobs", "payload", "job_id"}, {"jobs", "error", "job_id"}, {"bulk_run_items", "words", "position"},
	{"bulk_runs", "reason", "run_id"}, {"order_views", "query", "view_id"}, {"order_views", "name", "view_id"},
	{"list_views", "query", "view_id"}, {"list_views", "name", "view_id"}, {"customer_notes", "words", "note_id"},
	{"mails", "words", "mail_id"}, {"mails", "subject", "mail_id"},
	{"messages", "body", "message_id"}, {"messages", "quoted", "message_id"}, {"messages", "dropped", "message_id"}, {"messages", "email", "message_id"},
	{"conversations", "subject", "conversation_id"}, {"conversations", "preview", "conversation_id"}, {"conversations", "search", "conversation_id"},
	{"canned_answers", "body", "canned_id"},
}

// EraseCustomer overwrites everything by which somebody is known, told by their mail address:
// names, addresses, mails, carts, notes, and what suppliers and carriers sent that names them.
// Amounts, countries, articles and dates stay: the books still add up. An order that is not
// finished is a *Refusal with its number.
func EraseCustomer(ctx context.Context, tx *db.Tx, s id.Store, email string, actor Actor) (done Erasure, err error) {
	h, err := ExportCustomer(ctx, tx, s, email)
	if err != nil {
		return done, err
	}
	if err := h.mayBeErased(); err != nil {
		return done, err
	}
	e := eraser{tx: tx, store: s, held: h, words: h.words()}
	for _, step := range []func(context.Context) error{e.people, e.ordersAndCarts, e.reviews, e.mails, e.messages, e.answers, e.scans, e.others} {
		if err := step(ctx); err != nil {
			return done, err
		}
	}
	done = Erasure{Orders: len(h.orders), Rows: e.rows}
	subject := ""
	if len(h.customers) > 0 {
		subject = h.customers[0]
	}
	return done, Record(ctx, tx, event.Fact{Store: s, Kind: "customer.erased", Subject: subject, Actor: string(actor),
		Data: data{"orders": done.Orders, "rows": done.Rows}})
}

// mayBeErased refuses while goods or money are still under way.
func (h *Held) mayBeErased() error {
	var open []string
	for _, o := range h.Tables["orders"] {
		state := order.State(o.Text("state"))
		if state != order.Closed && state != order.Cancelled || o.Text("money") == "disputed" {
			open = append(open, fmt.Sprintf("#%v", o["number"]))
		}
	}
	if len(open) > 0 {
		slices.Sort(open)
		return refuse("open-orders", "Goods or money are still under way for %s. Please finish or cancel that first.", strings.Join(open, ", "))
	}
	return nil
}

// eraser overwrites what is held about one person.
type eraser struct {
	tx    *db.Tx
	store id.Store
	held  *Held
	words []string
	rows  int
}

// set writes columns of rows that have their store and one further name as key.
func (e *eraser) set(ctx context.Context, table string, r rows.Row, key string, to rows.Row) error {
	e.rows++
	return rows.Update(ctx, e.tx, table, r, []string{"store_id", key}, to)
}

// people forgets the customer: signed in nowhere, without addresses, notes and codes.
func (e *eraser) people(ctx context.Context) error {
	for _, c := range e.held.Tables["customers"] {
		to := rows.Row{"email": neutral(c.Text("customer_id")), "name": erasedWord, "locale": ""}
		if err := e.set(ctx, "customers", c, "customer_id", to); err != nil {
			return err
		}
	}
	drop := map[string][2]string{"customer_codes": {"email", e.held.Email}}
	for table, by := range drop {
		if err := e.drop(ctx, table, by[0], []string{by[1]}); err != nil {
			return err
		}
	}
	if len(e.held.Tables["claim_photos"]) > 0 {
		if err := e.drop(ctx, "claim_photos", "claim_id", e.held.claims); err != nil {
			return err
		}
	}
	for _, r := range e.held.Tables["claim_returns"] { // the pictures are gone, and what a carrier printed names the sender
		if err := e.set(ctx, "claim_returns", r, "claim_id", rows.Row{"label_url": "", "label_photo": "", "receipt_photo": ""}); err != nil {
			return err
		}
	}
	for _, table := range []string{"customer_addresses", "customer_sessions", "customer_notes"} {
		if err := e.drop(ctx, table, "customer_id", e.held.customers); err != nil {
			return err
		}
	}
	var tries []string
	for _, r := range e.held.Tables["sign_in_tries"] {
		tries = append(tries, r.Text("subject"))
	}
	return e.drop(ctx, "sign_in_tries", "subject", tries)
}

func (e *eraser) drop(ctx context.Context, table, column string, values []string) error {
	n, err := rows.Delete(ctx, e.tx, e.store, table, column, values)
	e.rows += int(n)
	return err
}

// neutral is the mail address of somebody who was forgotten; unique in the store.
func neutral(name string) string { return "erased-" + name + erasedDomain }

// ordersAndCarts keeps of an address the country: taxes and delivery times hang on it.
func (e *eraser) ordersAndCarts(ctx context.Context) error {
	for _, o := range e.held.Tables["orders"] {
		to := rows.Row{"email": neutral(o.Text("customer_id")), "shipping": countryOnly(o.Text("shipping")), "billing": countryOnly(o.Text("billing"))}
		if err := e.set(ctx, "orders", o, "order_id", to); err != nil {
			return err
		}
	}
	if err := e.codes(ctx); err != nil {
		return err
	}
	for _, c := range e.held.Tables["carts"] {
		if err := e.set(ctx, "carts", c, "cart_id", rows.Row{"email": "", "shipping": "", "billing": ""}); err != nil {
			return err
		}
	}
	return nil
}

// codes keeps the discount codes of somebody and what they gave, for nobody.
func (e *eraser) codes(ctx context.Context) error {
	for _, d := range e.held.Tables["discounts"] {
		if err := e.set(ctx, "discounts", d, "discount_id", rows.Row{"email": neutral(d.Text("discount_id")), "active": false}); err != nil {
			return err
		}
	}
	for _, u := range e.held.Tables["discount_uses"] {
		e.rows++
		err := rows.Update(ctx, e.tx, "discount_uses", u, []string{"store_id", "discount_id", "order_id"}, rows.Row{"email": neutral(u.Text("order_id"))})
		if err != nil {
			return err
		}
	}
	return nil
}

// countryOnly is a stored address without anything but its country.
func countryOnly(stored string) string {
	var a order.Address
	if stored == "" || json.Unmarshal([]byte(stored), &a) != nil {
		return stored
	}
	text, err := json.Marshal(order.Address{Name: erasedWord, Line1: erasedWord, Country: a.Country})
	if err != nil {
		return ""
	}
	return string(text)
}

// mails forgets to whom was written. What waits to be sent is not sent any more.
func (e *eraser) mails(ctx context.Context) error {
	for _, m := range e.held.Tables["mails"] {
		to := rows.Row{"recipient": "erased" + erasedDomain, "subject": "", "words": ""}
		if state := m.Text("state"); state != "sent" {
			to["state"], to["words"] = "failed", "the customer's data was erased"
		}
		if err := e.set(ctx, "mails", m, "mail_id", to); err != nil {
			return err
		}
	}
	return nil
}

// messages forgets what was said; that something was, and when, stays.
func (e *eraser) messages(ctx context.Context) error {
	for _, c := range e.held.Tables["conversations"] {
		to := rows.Row{"email": neutral(c.Text("conversation_id")), "name": erasedWord, "locale": "", "subject": "", "preview": "", "search": ""}
		if err := e.set(ctx, "conversations", c, "conversation_id", to); err != nil {
			return err
		}
	}
	for _, m := range e.held.Tables["messages"] {
		if err := e.set(ctx, "messages", m, "message_id", rows.Row{"email": "", "body": erasedWord, "quoted": "", "dropped": "", "header": ""}); err != nil {
			return err
		}
	}
	if len(e.held.messages) == 0 {
		return nil
	}
	return e.drop(ctx, "message_photos", "message_id", e.held.messages)
}

// answers drops what suppliers answered, word for word: it repeats the address in ways that
// nobody foresees.
func (e *eraser) answers(ctx context.Context) error {
	for _, a := range e.held.Tables["attempts"] {
		if a.Text("answer") == "" && a.Text("words") == "" {
			continue
		}
		e.rows++
		err := rows.Update(ctx, e.tx, "attempts", a, []string{"store_id", "purchase_id", "attempt"}, rows.Row{"answer": "", "words": scrub(a.Text("words"), e.spellings(nil))})
		if err != nil {
			return err
		}
	}
	return nil
}

// scans forgets where on the map parcels were: the last place may be somebody's door.
func (e *eraser) scans(ctx context.Context) error {
	for _, r := range e.held.Tables["tracking_events"] {
		e.rows++
		err := rows.Update(ctx, e.tx, "tracking_events", r, []string{"store_id", "shipment_id", "event_key"}, rows.Row{"latitude": 0, "longitude": 0})
		if err != nil {
			return err
		}
	}
	return nil
}

// others overwrites somebody's names in the words of others.
func (e *eraser) others(ctx context.Context) error {
	for _, t := range texts {
		for _, r := range e.held.Tables[t.table] {
			if err := e.clean(ctx, t.table, r, t.key, e.spellings(nil), t.columns...); err != nil {
				return err
			}
		}
	}
	spellings := e.spellings(distinct)
	for _, p := range everywhere {
		found, err := rows.Holding(ctx, e.tx, e.store, p.table, p.column, spellings)
		if err != nil {
			return err
		}
		for _, r := range found {
			key := []string{"store_id", p.key}
			switch p.table {
			case "inbox":
				key = append(key, "connector_id")
			case "bulk_run_items":
				key = append(key, "run_id")
			}
			if err := e.clean(ctx, p.table, r, key, spellings, p.column); err != nil {
				return err
			}
		}
	}
	return nil
}

// clean writes the columns of a row that name the person without them.
func (e *eraser) clean(ctx context.Context, table string, r rows.Row, key, spellings []string, columns ...string) error {
	to := rows.Row{}
	for _, c := range columns {
		if was := r.Text(c); was != "" {
			if now := scrub(was, spellings); now != was {
				to[c] = now
			}
		}
	}
	if len(to) == 0 {
		return nil
	}
	e.rows++
	return rows.Update(ctx, e.tx, table, r, key, to)
}

// scrub is a text without somebody's words, in whatever case.
func scrub(s string, spellings []string) string {
	for _, w := range spellings {
		if !utf8.ValidString(w) { // SQLite keeps what a form held; no pattern can be made of it
			if strings.Contains(s, w) {
				s = strings.ToValidUTF8(strings.ReplaceAll(s, w, erasedWord), "")
			}
			continue
		}
		s = regexp.MustCompile(`(?i)`+regexp.QuoteMeta(w)).ReplaceAllLiteralString(s, erasedWord)
	}
	return s
}

// spellings are the person's words as they are, as JSON in its ways writes them, and as
// addresses on the web do; only of those that are wanted, of all where wanted is nil.
func (e *eraser) spellings(wanted func(string) bool) []string {
	all := map[string]bool{}
	for _, w := range e.words {
		if wanted != nil && !wanted(w) {
			continue
		}
		all[w], all[url.QueryEscape(w)], all[url.PathEscape(w)] = true, true, true
		quoted, err := json.Marshal(w)
		if err == nil {
			all[strings.Trim(string(quoted), `"`)] = true
		}
		var ascii strings.Builder
		for _, r := range strings.Trim(string(quoted), `"`) {
			if r < 0x80 {
				ascii.WriteRune(r)
			} else {
				for _, half := range utf16.AppendRune(nil, r) {
					fmt.Fprintf(&ascii, `\u%04x`, half)
				}
			}
		}
		all[ascii.String()] = true
	}
	return longestFirst(all)
}

// distinct says whether words can hardly mean anything but one person: they are looked for in
// everybody's rows, where a common word must stay.
func distinct(w string) bool { return len([]rune(w)) >= 6 && strings.ContainsAny(w, " @0123456789") }

// longestFirst sorts texts so that none is found within another that comes later.
func longestFirst(set map[string]bool) []string {
	return slices.SortedFunc(maps.Keys(set), func(a, b string) int {
		if n := len(b) - len(a); n != 0 {
			return n
		}
		return strings.Compare(a, b)
	})
}
