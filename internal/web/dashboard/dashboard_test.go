package dashboard_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/internal/web/dashboard"
	"doorstep/money"
)

func pages(d *desk) []string {
	list := []string{"", "/attention", "/orders", "/orders?person=yes", "/orders?q=nobody", "/orders?goods=waiting&money=paid&state=open", "/orders?q=1001",
		"/products", "/products?q=x%25&status=draft", "/orders?purchase=held&sort=oldest&col=tracking&col=units&col=email", "/orders?moving=yes&sort=dearest", "/runs", "/customers", "/customers?q=ann", "/suppliers", "/connectors", "/connectors/new/payment/manual", "/feeds", "/jobs", "/log", "/log?who=staff:&what=order",
		"/settings", "/staff", "/account", "/orders/export", "/messages", "/messages?tab=all&words=ann", "/messages/canned", "/reviews", "/reviews?state=published&stars=5", "/reviews/service",
		"/discounts", "/discounts/new", "/statements", "/statements/new", "/profit", "/claims", "/claims?all=yes", "/inventory", "/mails", "/mails/sent"}
	if d.hand.SupplierID != "" {
		list = append(list, "/suppliers/"+string(d.hand.SupplierID))
	}
	return list
}

var inlineStyle = regexp.MustCompile(`<[^>]* style="|<[^>]* on[a-z]+="`)

func (b *browser) look(path string) {
	b.Helper()
	b.get(dashboard.Prefix + path)
	if b.status != http.StatusOK {
		b.Errorf("%s: %d", path, b.status)
	}
	if found := inlineStyle.FindString(b.html); found != "" {
		b.Errorf("%s: the policy forbids %s", path, found)
	}
	if strings.Contains(b.html, "<b>&amp; Loom") || strings.Contains(b.html, "%!") {
		b.Errorf("%s: words are not escaped, or badly formatted", path)
	}
	seen := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(b.html, -1) {
		if seen[m[1]] {
			b.Errorf("%s: two things are called %q", path, m[1])
		}
		seen[m[1]] = true
	}
}

func TestEveryPageWithNothingOneAndMany(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		b := d.signedIn(account.Owner)
		for _, p := range pages(d) {
			b.look(p)
		}
		b.get("/admin/orders").sees("No orders yet")
		b.get("/admin/attention").sees("Nothing needs you")
		d.furnish("EUR")
		one := d.order("Ann <script>")
		for _, p := range append(pages(d), "/orders/"+string(one.Order.OrderID)) {
			b.look(p)
		}
		for i := range 60 {
			if i%2 == 0 {
				d.paid(arabic)
			} else {
				d.order(longName[:90])
			}
		}
		for _, p := range pages(d) {
			b.look(p)
		}
		b.get("/admin/orders").sees("#1061", "Next page", arabic).not("#1002")
		next := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(b.html)
		b.get(strings.ReplaceAll(next[1], "&amp;", "&")).sees("#1002", "From the beginning").not("#1061")
		b.get("/admin/orders?q=1007")
		if !strings.HasPrefix(b.at, "/admin/orders/or_") {
			t.Errorf("a number leads to %s", b.at)
		}
		b.get("/admin/products").sees(longName, arabic)
	})
}

func TestOtherCurrencies(t *testing.T) {
	t.Parallel()
	for currency, total := range map[money.Currency]string{"JPY": "4,300", "KWD": "4.300"} {
		t.Run(string(currency), func(t *testing.T) {
			t.Parallel()
			each(t, currency, func(d *desk) {
				d.furnish(currency)
				o := d.paid("Ann")
				b := d.signedIn(account.Manager)
				b.look("/orders/" + string(o.Order.OrderID))
				b.sees(total)
				b.look("")
			})
		})
	}
}

func (d *desk) purchaseOf(o id.Order) (p purchase.Purchase) {
	d.Helper()
	d.update(func(ctx context.Context, tx *db.Tx) error {
		list, err := purchase.OfOrder(ctx, tx, d.store, o)
		if len(list) > 0 {
			p = list[len(list)-1]
		}
		return err
	})
	return p
}

func (d *desk) stateOf(o id.Order) (row order.Order) {
	d.Helper()
	d.update(func(ctx context.Context, tx *db.Tx) (err error) {
		row, err = order.Get(ctx, tx, d.store, o)
		return err
	})
	return row
}

// TestByHand brings an order from the bank transfer to the parcel, as a merchant without any
// connector does it, and every step leaves its trace.
func TestByHand(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.furnish("EUR")
		o := d.order("Ann").Order.OrderID
		b := d.signedIn(account.Manager)
		page := "/admin/orders/" + string(o)
		b.get(page).sees("Confirm payment", "Unpaid")
		b.post(page+"/confirm-payment").sees("The payment is confirmed", "Paid", "Order this by hand", "Ordered by hand")
		b.get("/admin/attention").sees("#1001", "Order this by hand")
		of := "/admin/purchases/" + string(d.purchaseOf(o).PurchaseID)
		b.post(of+"/place", "ref", "").sees("order number is needed")
		b.post(of+"/place", "ref", "HL-77", "back", "/admin/attention").sees("ordered by hand", "Nothing needs you")
		b.get(page).sees("HL-77", "They told me", "Why this supplier?")
		b.post(of + "/accept").sees("Accepted")
		b.post(of+"/ship", "number", "RB123456785GB").sees("The parcel is announced", "RB123456785GB")
		if got := d.stateOf(o); got.Goods != "shipped" || got.Money != "paid" {
			t.Errorf("%s, %s", got.Goods, got.Money)
		}
		b.get(page).sees("Ann manager", "A parcel was announced", "The supplier will deliver")
		b.get("/admin/log?who=staff:").sees("Ann manager")
	})
}

func TestCancelAndRefund(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.furnish("EUR")
		b := d.signedIn(account.Manager)
		first := "/admin/orders/" + string(d.paid("Ann").Order.OrderID)
		b.post(first+"/refund", "amount", "1,5x", "reason", "broken").sees("no sum in EUR")
		b.post(first+"/refund", "amount", "999", "reason", "broken").sees("At most")
		b.post(first+"/refund", "amount", "3.00", "reason", "broken").sees("on its way to the payment provider", "broken")
		second := d.paid("Bob").Order.OrderID
		b.post("/admin/orders/"+string(second)+"/cancel", "reason", "changed their mind").sees("is being cancelled")
		if got := d.stateOf(second); got.State != order.Cancelled {
			t.Errorf("%s", got.State)
		}
		b.post("/admin/orders/or_none/cancel", "reason", "x").sees("Nothing is here")
	})
}

func TestDoubleClickIsOneCommand(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.furnish("EUR")
		b := d.signedIn(account.Manager)
		page := "/admin/orders/" + string(d.paid("Ann").Order.OrderID)
		b.post(page+"/refund", "amount", "1.00", "reason", "x", "key", "ignored")
		key := formKeys.FindStringSubmatch(b.get(page).html)[1]
		for range 3 {
			b.do(http.MethodPost, page+"/refund", map[string][]string{"key": {key}, "amount": {"2.00"}, "reason": {"once"}})
		}
		if n := strings.Count(plainText(b.html), "Refund once"); n != 1 {
			t.Errorf("%d refunds", n)
		}
		b.do(http.MethodPost, page+"/refund", map[string][]string{"amount": {"2.00"}}).sees("did not arrive whole")
	})
}

func TestFeedsAndSuppliers(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.furnish("EUR")
		b := d.signedIn(account.Manager)
		d.update(func(ctx context.Context, tx *db.Tx) error {
			tx.Now = tx.Now.Add(time.Minute)
			page := inventory.Page{}
			for i := range 3 {
				page.Offers = append(page.Offers, inventory.Offered{SKU: fmt.Sprint("H-", i), CostMinor: 500, Currency: "EUR"})
			}
			_, err := flow.OffersSaid(ctx, tx, d.store, d.hand.SupplierID, page, "supplier:hand")
			return err
		})
		b.get("/admin/feeds").sees("See the difference")
		link := regexp.MustCompile(`/admin/feeds/fe_[a-z0-9]+`).FindString(b.html)
		b.get(link).sees("Why it was not believed", "−1,000", "H-0")
		b.post(link+"/believe").sees("Believed", "No feed is parked")
		b.post(link + "/believe").sees("nobody waits")
		at := "/admin/suppliers/" + string(d.hand.SupplierID)
		b.post(at, "name", "Loom", "priority", "seven").sees("no whole number")
		b.post(at, "name", "Loom", "freight", "[{").sees("Freight table")
		b.post(at, "name", "Loom", "priority", "7", "automatic", "yes", "max_age", "48").sees("The terms are stored", "Loom")
		b.post("/admin/suppliers", "name", "Loom").sees("Another supplier has this name")
		b.post("/admin/suppliers", "name", "Potter").sees("Potter", "Terms")
	})
}

func TestLiveEvents(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.furnish("EUR")
		b := d.signedIn(account.Reader)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, d.url+"/admin/events", nil)
		d.must(err)
		answer, err := b.client.Do(r)
		d.must(err)
		defer answer.Body.Close()
		lines := bufio.NewScanner(answer.Body)
		lines.Scan() // retry: the stream is open
		for n := range 12 {
			more, err := b.client.Do(r)
			d.must(err)
			t.Cleanup(func() { _ = more.Body.Close() })
			refused := more.StatusCode == http.StatusTooManyRequests && more.Header.Get("Retry-After") != ""
			if refused != (n == 11) {
				t.Fatalf("stream %d of one session: %d", n+2, more.StatusCode)
			}
		}
		told := make(chan string, 100)
		go func() {
			for lines.Scan() {
				if strings.HasPrefix(lines.Text(), "data: ") {
					told <- lines.Text()
				}
			}
			close(told)
		}()
		// The hub first looks where the log ends; what happens from then on is told.
		for range 15 {
			o := d.order("Ann").Order.OrderID
			select {
			case text := <-told:
				if !strings.Contains(text, `"order.placed"`) || !strings.Contains(text, "or_") {
					t.Errorf("%s after %s", text, o)
				}
				close(d.stop)
				for range told { // the stream ends with the program
				}
				return
			case <-time.After(time.Second):
			}
		}
		t.Error("nothing was told")
	})
}
