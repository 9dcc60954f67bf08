package bench

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/report"
	"doorstep/internal/report/seed"
)

// List is how long one look at the dashboard's list of orders takes, with the badges of the
// menu, to one person: from the click to the last byte.
type List struct {
	Look string  `json:"look"`
	P50  float64 `json:"p50_ms"`
	P95  float64 `json:"p95_ms"`
	P99  float64 `json:"p99_ms"`
}

// looks is how often each is measured.
const looks = 40

// look is a list of orders by its name and its address.
type look struct{ name, path string }

// lists measures the list of orders in every way in which it can be looked through.
func (b *bench) lists(ctx context.Context) error {
	all, err := waysToLook(ctx, b.d, b.shop.store)
	if err != nil {
		return err
	}
	b.Say("the list of orders, looked through in %d ways", len(all))
	for _, l := range all {
		took, err := b.look(ctx, l.path)
		if err != nil {
			return err
		}
		b.r.Lists = append(b.r.Lists, List{Look: l.name, P50: milliseconds(took[looks/2]), P95: milliseconds(took[looks*95/100]),
			P99: milliseconds(took[looks*99/100])})
	}
	return nil
}

// look opens a page again and again, one time after the other, and is how long each took.
func (b *bench) look(ctx context.Context, path string) ([]time.Duration, error) {
	var took []time.Duration
	for range looks {
		_, t, err := b.browser.get(ctx, path)
		if err != nil {
			return nil, err
		}
		took = append(took, t)
	}
	slices.Sort(took)
	return took, nil
}

func (b *bench) p95(ctx context.Context, path string) (float64, error) {
	took, err := b.look(ctx, path)
	if err != nil {
		return 0, err
	}
	return milliseconds(took[looks*95/100]), nil
}

// waysToLook are all filters, with things to search for that are somewhere in the middle.
func waysToLook(ctx context.Context, d *db.DB, s id.Store) ([]look, error) {
	var row report.OrderRow
	var parcel string
	err := d.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, middle, err := seed.Count(ctx, tx, s, "closed")
		if err != nil {
			return err
		}
		page, err := report.Orders(ctx, tx, s, report.Filter{State: "closed"}, string(middle), 1)
		if err == nil && len(page.Orders) == 0 {
			err = errors.New("bench: no order is closed")
		}
		if err != nil {
			return err
		}
		row = page.Orders[0]
		doc, err := report.OrderDocument(ctx, tx, s, string(row.ID))
		if err == nil && len(doc.Shipments) > 0 {
			parcel = doc.Shipments[0].Number
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	first, _, _ := strings.Cut(row.Customer, " ")
	last := row.Customer[strings.LastIndexByte(row.Customer, ' ')+1:]
	list := []look{{"first page", ""}, {"page in the middle", "after=" + string(row.ID)}, {"oldest first", "sort=oldest"}, {"needs a person", "person=yes"}}
	for _, f := range []struct{ key, values string }{
		{"state", "pending open cancelling cancelled closed"},
		{"goods", "waiting ordered shipped delivered returned"}, {"money", "unpaid paid refunded disputed"},
	} {
		for value := range strings.FieldsSeq(f.values) {
			list = append(list, look{f.key + " " + value, f.key + "=" + value})
		}
	}
	list = append(list, look{"paid and waiting", "money=paid&goods=waiting"}, look{"closed and unpaid (none)", "state=closed&money=unpaid"})
	for _, q := range []look{
		{"number", strconv.FormatInt(row.Number, 10)}, {"first name", first}, {"last name", last}, {"nobody's name", "Xaverine Quux"},
		{"mail address", row.Email}, {"tracking number", parcel}, {"no tracking number", "RB999999999XX"},
	} {
		list = append(list, look{"search " + q.name, "q=" + url.QueryEscape(q.path)})
	}
	for i := range list {
		list[i].path = "/admin/orders?" + list[i].path
	}
	return list, nil
}
