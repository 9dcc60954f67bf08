package demo

import (
	"context"
	"slices"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/report"
)

// keyField is the metadata in which a payment's key travels to Stripe.
const keyField = "doorstep_key"

// paymentKey is a payment's name as providers get it.
func paymentKey(payment string) string { return strings.ReplaceAll(payment, "_", "-") }

// Books gathers what all emulated vendors and the mail server have written down.
func (w *World) Books() Books {
	b := Books{Copies: map[string]int{}, Units: map[string]map[string]int64{}, Captured: map[string]Captured{}, Mails: map[string]int{}}
	checkouts := map[string]map[int]bool{}
	for _, o := range w.Ali.Books() {
		if checkouts[o.Key] == nil {
			checkouts[o.Key] = map[int]bool{}
		}
		checkouts[o.Key][o.Checkout] = true // parts of one checkout are one order of ours
		if !o.Cancelled {
			b.add(o.Key, o.SKUs)
		}
	}
	for key, all := range checkouts {
		b.Copies[key] = len(all)
	}
	for _, o := range slices.Concat(w.CJ.Books(), w.CJUS.Books()) {
		b.Copies[o.Key]++
		if o.State != "CANCELLED" {
			b.add(o.Key, o.SKUs)
		}
	}
	for _, p := range w.Stripe.Books() {
		if key := p.Metadata[keyField]; key != "" {
			c := b.Captured[key]
			b.Captured[key] = Captured{c.Taken + p.Captured, c.Fee + p.Fee, c.Refunded + p.Refunded}
		}
	}
	w.letters(&b)
	return b
}

// letters sorts the mail server's messages: purchases for the workshop, and what customers
// are told. A message that came twice under its id counts once.
func (w *World) letters(b *Books) {
	seen := map[string]bool{}
	for _, m := range w.Post.Messages() {
		if seen[m.MessageID] {
			continue
		}
		seen[m.MessageID] = true
		if key, ok := purchaseKey(m.MessageID); ok {
			b.Copies[key]++
			b.Units[key] = nil
			continue
		}
		for _, to := range m.Recipients {
			b.Mails[to]++
		}
	}
}

// purchaseKey is the key in the id of a purchase's mail: purchase.<key>@domain.
func purchaseKey(messageID string) (string, bool) {
	rest, ok := strings.CutPrefix(messageID, "purchase.")
	key, _, found := strings.Cut(rest, "@")
	return key, ok && found
}

func (b *Books) add(key string, units map[string]int64) {
	if b.Units[key] == nil {
		b.Units[key] = map[string]int64{}
	}
	for sku, n := range units {
		b.Units[key][sku] += n
	}
}

// documents reads every order of the store.
func documents(ctx context.Context, d *db.DB, s id.Store) ([]report.Document, error) {
	var all []report.Document
	for after := ""; ; {
		var page report.OrderPage
		err := d.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			if page, err = report.Orders(ctx, tx, s, report.Filter{}, after, 100); err != nil {
				return err
			}
			for _, o := range page.Orders {
				document, err := report.OrderDocument(ctx, tx, s, string(o.ID))
				if err != nil {
					return err
				}
				all = append(all, document)
			}
			return nil
		})
		if after = page.Next; err != nil || after == "" {
			return all, err
		}
	}
}
