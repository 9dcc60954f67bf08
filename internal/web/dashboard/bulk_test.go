package dashboard_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/job"
	"doorstep/internal/order"
)

// work lets the jobs be done that are due.
func (d *desk) work() {
	d.Helper()
	w := job.NewWorker(d.d, job.Options{Handlers: d.out.Handlers(), Log: slog.New(slog.DiscardHandler)})
	_, err := w.Drain(d.Context())
	d.must(err)
}

// form is a form's values with all the orders.
func form(key, action string, orders ...id.Order) url.Values {
	f := url.Values{"key": {key}, "action": {action}}
	for _, o := range orders {
		f.Add("order", string(o))
	}
	return f
}

func (b *browser) bulk(key, action string, orders ...id.Order) *browser {
	b.Helper()
	b.now.Advance(1000)
	return b.do(http.MethodPost, "/admin/orders/bulk", form(key, action, orders...))
}

func TestBulkIsTriedFirst(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.furnish("EUR")
		b := d.signedIn(account.Manager)
		one, two := d.paid("Ann").Order.OrderID, d.order("Bob").Order.OrderID
		b.bulk("k0", "release").sees("Tick some orders first")
		b.bulk("k1", "release", one, two).
			sees("Nothing has been done yet", "0 would be done", "has no connector", "Not paid yet: nothing waits to be released")
		b.bulk("k2", "cancel", one, two).sees("2 would be done", "€43.00 goes back", "nothing was paid")
		if d.stateOf(one).State != order.Open || d.stateOf(two).State != order.Pending {
			t.Error("a dry run has changed something")
		}
		at := b.at
		b.bulk("k2", "cancel", one, two)
		if b.at != at {
			t.Errorf("the same form made another run: %s, %s", b.at, at)
		}
		b.post(at + "/begin").sees("Please say why")
		b.post(at+"/begin", "reason", "recalled").sees("It has begun", "0 of 2 orders")
		b.post(at+"/begin", "reason", "again")
		d.work()
		b.get(at).sees("2 of 2 orders", "Ended", "2 done, 0 not", "Reason: recalled")
		if d.stateOf(one).State != order.Cancelled || d.stateOf(two).State != order.Cancelled {
			t.Error("they are not cancelled")
		}
		b.bulk("k3", "cancel", one).sees("It is cancelled already", "None of these orders can be done")
		b.get("/admin/runs").sees("Cancel 2 orders", "Ann manager").not("Cancel 1 order")
		b.get("/admin/log").sees("A bulk change has ended")
		d.signedIn(account.Support).bulk("k4", "release", one).sees("by your role")
	})
}

func TestBulkRetriesWhatFailed(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.furnish("EUR")
		b := d.signedIn(account.Manager)
		one, two := d.paid("Ann").Order.OrderID, d.paid("Bob").Order.OrderID
		b.bulk("k1", "cancel", one, two).sees("2 would be done")
		at := b.at
		// Meanwhile somebody cancels one of them.
		b.post("/admin/orders/"+string(one)+"/cancel", "reason", "first")
		b.post(at+"/begin", "reason", "recalled")
		d.work()
		b.get(at).sees("1 done, 1 not", "It is cancelled already", "1 order could not be done", "Try these again")
		b.post(at + "/retry").sees("tried again")
		d.work()
		b.get(at).sees("1 done, 1 not", "Ended")
		b.get(at + "/export?format=csv")
		if !strings.Contains(b.html, "1001,failed,It is cancelled already") || !strings.Contains(b.html, "1002,done,") {
			t.Errorf("exported: %s", b.html)
		}
	})
}

// TestBulkOfFiveHundred takes all of a list, more than one run takes, and cancels them.
func TestBulkOfFiveHundred(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.furnish("EUR")
		d.update(func(ctx context.Context, tx *db.Tx) error {
			_, _, err := inventory.PutOffer(ctx, tx, d.hand, inventory.Offer{VariantID: d.mug, SupplierSku: "H-0", CostMinor: 500,
				Currency: "EUR", Quantity: 2000, Active: true, AsOf: tx.Now})
			return err
		})
		for range 512 {
			d.order("Ann")
		}
		b := d.signedIn(account.Manager)
		b.do(http.MethodPost, "/admin/orders/bulk", url.Values{"key": {"k"}, "action": {"cancel"}, "all": {"yes"}, "back": {"/admin/orders?state=pending"}})
		b.sees("Cancel 500 orders", "500 would be done", "More orders are in the list", "#1512").not("#1012")
		at := b.at
		b.post(at+"/begin", "reason", "recalled").sees("0 of 500 orders")
		d.work()
		b.get(at).sees("500 done, 0 not", "Ended")
		b.get("/admin/orders?state=pending")
		if n := strings.Count(b.html, "<tr data-href"); n != 12 {
			t.Errorf("%d orders are left of 512 after a run of 500", n)
		}
	})
}

func TestListsAreExported(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.furnish("EUR")
		b := d.signedIn(account.Reader)
		one, two := d.order("=cmd|' /C calc'!A0").Order.OrderID, d.order("Bob").Order.OrderID
		support := d.signedIn(account.Support)
		support.bulk("k1", "csv", two)
		if !strings.Contains(support.html, "1002,") || strings.Contains(support.html, "1001,") {
			t.Errorf("exported: %s", support.html)
		}
		d.update(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.ExecContext(ctx, "UPDATE orders SET discount_code = 'TENTH', discount_minor = 430 WHERE number = 1002")
			return err
		})
		b.get("/admin/orders/export")
		if !strings.Contains(b.html, "Units,Discount code,Discount,Total,Currency") || !strings.Contains(b.html, ",TENTH,4.30,43.00,EUR,") || !strings.Contains(b.html, ",,0.00,43.00,EUR,") {
			t.Errorf("no discount exported: %s", b.html)
		}
		if !strings.Contains(b.html, ",'=cmd|") || !strings.Contains(b.html, "1002,") {
			t.Errorf("exported: %s", b.html)
		}
		support.bulk("k2", "xlsx", one, two)
		file, err := zip.NewReader(bytes.NewReader([]byte(support.html)), int64(len(support.html)))
		d.must(err)
		page, err := file.Open("xl/worksheets/sheet1.xml")
		d.must(err)
		cells, err := io.ReadAll(page)
		d.must(err)
		if strings.Contains(string(cells), "<f>") || !strings.Contains(string(cells), `t="inlineStr"><is><t>=cmd`) || !strings.Contains(string(cells), "<v>43</v>") {
			t.Errorf("cells: %s", cells)
		}
	})
}

func TestViewsAreSaved(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.furnish("EUR")
		d.order("Ann")
		b, other := d.signedIn(account.Manager), d.signedIn(account.Reader)
		b.get("/admin/orders").sees("All", "Needs attention", "To release", "Uncertain", "On the way", "Delivered", "Cancelled")
		b.post("/admin/views", "list", "orders", "name", " ", "query", "").sees("needs a name")
		b.post("/admin/views", "list", "orders", "name", "Mine", "query", "money=unpaid&col=tracking&evil=1").sees("The view is saved", "Mine", "Tracking")
		b.post("/admin/views", "list", "orders", "name", "Ours", "query", "goods=waiting&sort=oldest", "shared", "yes").sees("Ours")
		other.get("/admin/orders").sees("Ours").not("Mine")
		link := regexp.MustCompile(`/admin/views/vw_[a-z0-9]+/drop`)
		other.get("/admin/orders?goods=waiting&sort=oldest")
		if link.MatchString(other.html) {
			t.Error("a reader may remove a view of the team")
		}
		b.get("/admin/orders?col=tracking&money=unpaid")
		b.post(link.FindString(b.html)).sees("The view is removed").not("Mine")
	})
}

func TestOrdersAreFoundByWhatPeopleType(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.furnish("EUR")
		one := d.paid("Ann Mercer")
		d.order("Bob Stone")
		b := d.signedIn(account.Manager)
		of := "/admin/purchases/" + string(d.purchaseOf(one.Order.OrderID).PurchaseID)
		b.post(of+"/place", "ref", "HL-77")
		b.post(of+"/ship", "number", "RB123456785GB")
		for _, typed := range []string{"#1001", "1001", "ann1@shop.example", "Mercer", "HL-77", "RB123456785GB", "rb 123 456 785 gb"} {
			b.get("/admin/orders?q=" + url.QueryEscape(typed)).sees("Ann Mercer").not("Bob Stone")
		}
		b.get("/admin/orders?q=THING-0").sees("Ann Mercer", "Bob Stone")
		b.get("/admin/orders?moving=yes").sees("Ann Mercer").not("Bob Stone")
		b.get("/admin/orders?purchase=held").not("Ann Mercer", "Bob Stone")
	})
}

func TestSortedListsPageByPage(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.furnish("EUR")
		for range 55 {
			d.order("Ann")
		}
		d.update(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.ExecContext(ctx, "UPDATE orders SET total_minor = number * 100 WHERE number % 2 = 0")
			return err
		})
		b := d.signedIn(account.Reader)
		for sort, first := range map[string]int{"oldest": 1001, "dearest": 1054, "cheapest": 1001} {
			seen := map[string]bool{}
			at := "/admin/orders?sort=" + sort
			for range 2 {
				b.get(at)
				for _, n := range regexp.MustCompile(`class="strong" href="[^"]*">#(\d+)<`).FindAllStringSubmatch(b.html, -1) {
					if len(seen) == 0 && n[1] != fmt.Sprint(first) {
						t.Errorf("%s begins with %s", sort, n[1])
					}
					if seen[n[1]] {
						t.Errorf("%s: %s twice", sort, n[1])
					}
					seen[n[1]] = true
				}
				if next := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(b.html); next != nil {
					at = strings.ReplaceAll(next[1], "&amp;", "&")
				}
			}
			if len(seen) != 55 {
				t.Errorf("%s: %d orders of 55", sort, len(seen))
			}
		}
	})
}
