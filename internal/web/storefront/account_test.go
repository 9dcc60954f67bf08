package storefront_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/flow"
)

// codeOf is the code that the browser was just told to look for in its mails.
func (b *browser) codeOf() (c account.CustomerCode, digits, link string) {
	b.Helper()
	err := b.d.View(b.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		c, err = account.GetCode(ctx, tx, b.store, b.page.at.Query().Get("id"))
		return err
	})
	if err != nil {
		b.Fatalf("%s: %v", b.page.at, err)
	}
	return c, account.CodeDigits(b.box, c), "/account/code?" + url.Values{"id": {c.CodeID}, "key": {account.CodeKey(b.box, c)}}.Encode()
}

// signIn lets a browser in by the digits of its mail.
func (b *browser) signIn(email string) {
	b.Helper()
	b.post("/account/sign-in", "email", email)
	c, digits, _ := b.codeOf()
	b.post("/account/code", "id", c.CodeID, "code", " "+digits[:3]+" "+digits[3:])
	if b.page.at.Path != "/account" {
		b.Fatalf("not signed in: %s\n%s", b.page.at, b.page.html)
	}
}

// orders a mug as a guest, or as who is signed in.
func (b *browser) buy(pairs []string) {
	b.Helper()
	b.post("/cart/add", "product", "mug-1", "quantity", "1")
	b.post("/checkout", with(pairs, "action", "ship")...)
	b.post("/checkout", with(pairs, "payment", "bank", "action", "pay")...)
	if !strings.HasPrefix(b.page.at.Path, "/orders/") {
		b.Fatalf("not ordered: %s\n%s", b.page.at, b.page.html)
	}
}

func TestCustomersFindTheirOrders(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, m *mall) {
		guest, ann, eve := m.browser(), m.browser(), m.browser()
		guest.buy(annAs("Ann@Example.com"))
		own := guest.page.at.Path
		if p := ann.get("/account"); p.at.Path != "/account/sign-in" {
			t.Fatalf("a stranger's account: %s", p.at)
		}
		ann.signIn("ann@example.com")
		ann.says("Order #1001", "Waiting for the payment", "€30.00", "None yet. The first one")
		if p := ann.get(own); p.status != http.StatusOK {
			t.Errorf("her own order without its link: %d", p.status)
		}
		eve.signIn("eve@example.com")
		eve.says("No orders yet")
		for _, b := range []*browser{eve, m.browser()} {
			for _, path := range []string{own, own + "/live", own + "?token=x"} {
				if p := b.get(path); p.status != http.StatusNotFound {
					t.Errorf("a stranger sees %s: %d", path, p.status)
				}
			}
			if p := b.post(own + "/pay"); p.status != http.StatusNotFound {
				t.Errorf("a stranger pays: %d", p.status)
			}
		}

		// Signed in, the order is the customer's, whatever the form says.
		m.now.Advance(time.Second)
		mine := annAs("somebody@else.example")
		ann.get("/products/mug-1")
		ann.post("/cart/add", "product", "mug-1", "quantity", "1")
		ann.get("/checkout")
		ann.says("Signed in as ann@example.com", "Remember this address")
		ann.post("/checkout", with(mine, "action", "ship")...)
		ann.post("/checkout", with(mine, "payment", "bank", "remember", "yes", "action", "pay")...)
		ann.says("Thank you, Ann!", "ann@example.com")
		ann.get("/account")
		ann.says("Order #1001", "Order #1002", "14 Larkspur Lane", "BS8 4QX", "United Kingdom")
		ann.post("/cart/add", "product", "mug-0", "o1", "Oat", "o2", "S", "quantity", "1")
		ann.get("/checkout")
		ann.says(`value="14 Larkspur Lane"`, `value="BS8 4QX"`)
		if o := m.order(m.orders()[0]); o.Customer.Email != "ann@example.com" {
			t.Errorf("the order is %s's", o.Customer.Email)
		}
	})
}

// annAs is Ann's form with another mail address.
func annAs(email string) []string {
	pairs := with(ann)
	pairs[1] = email
	return pairs
}

func TestAccountsAreReadPageByPage(t *testing.T) {
	t.Parallel()
	m := open(t, dbtest.Path(t), "EUR", 30)
	b := m.browser()
	b.signIn("ann@example.com")
	for i := 3; i < 15; i++ {
		m.now.Advance(time.Second)
		b.post("/cart/add", "product", "mug-"+itoa(int64(i)), "quantity", "1")
		b.post("/checkout", with(ann, "action", "ship")...)
		b.post("/checkout", with(ann, "payment", "bank", "action", "pay")...)
	}
	b.get("/account")
	b.says("#1012", "#1003", "Next page")
	b.saysNot("#1002")
}

func TestSigningInTellsNobodyAnything(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, m *mall) {
		m.browser().buy(ann)
		known, unknown := m.browser(), m.browser()
		a := known.post("/account/sign-in", "email", "ann@example.com")
		b := unknown.post("/account/sign-in", "email", "nobody@example.com")
		strip := func(p page) string {
			return strings.NewReplacer("ann@example.com", "", "nobody@example.com", "", a.at.Query().Get("id"), "", b.at.Query().Get("id"), "").Replace(p.html)
		}
		if a.status != b.status || strip(a) != strip(b) {
			t.Errorf("the answers differ: %d %d", a.status, b.status)
		}
		if p := known.post("/account/sign-in", "email", "no address"); p.status != http.StatusUnprocessableEntity {
			t.Errorf("no address: %d", p.status)
		}
		known.says("“no address” is no mail address.")
		for range account.CodesPerHour {
			known.post("/account/sign-in", "email", "nobody@example.com")
		}
		if known.page.status != http.StatusTooManyRequests {
			t.Errorf("without end: %d", known.page.status)
		}
		known.says("Please wait 60 minutes.")
		var mails int
		for name, state := range m.mails() {
			if strings.HasPrefix(name, flow.MailSignIn+"/") && state == "queued" {
				mails++
			}
		}
		if mails != 1+account.CodesPerHour {
			t.Errorf("%d mails", mails)
		}
	})
}

func TestCodesOfAnotherBrowserAndOfLinks(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, m *mall) {
		b, phone := m.browser(), m.browser()
		b.post("/account/sign-in", "email", "ann@example.com", "back", "/collections/all")
		b.says("We have mailed a code to ann@example.com. It works for 15 minutes")
		c, digits, link := b.codeOf()
		wrong := "000000"
		if digits == wrong {
			wrong = "000001"
		}
		b.post("/account/code", "id", c.CodeID, "code", wrong)
		b.says("This is not the code of our last mail", `aria-invalid="true"`)
		phone.get(link)
		phone.says("Sign in as ann@example.com")
		phone.get("/account")
		phone.says("We mail you a code") // looking at the link does nothing
		b.post("/account/code", "id", c.CodeID, "code", digits, "back", "/collections/all")
		if b.page.at.Path != "/collections/all" {
			t.Errorf("back to %s", b.page.at)
		}
		for _, again := range [][]string{{"id", c.CodeID, "code", digits}, {"id", c.CodeID, "key", account.CodeKey(m.box, c)}, {"id", "cc_x", "code", digits}} {
			phone.post("/account/code", again...)
			phone.says("This code does not work any more")
		}

		phone.post("/account/sign-in", "email", "ann@example.com")
		c, digits, _ = phone.codeOf()
		for range account.CodeTries {
			phone.post("/account/code", "id", c.CodeID, "code", wrong)
		}
		phone.says("This code does not work any more")
		phone.post("/account/code", "id", c.CodeID, "code", digits)
		phone.says("This code does not work any more")

		phone.post("/account/sign-in", "email", "ann@example.com")
		c, _, _ = phone.codeOf()
		m.now.Advance(account.CodeLife)
		phone.post("/account/code", "id", c.CodeID, "key", account.CodeKey(m.box, c))
		phone.says("This code does not work any more")
		phone.post("/account/sign-in", "email", "ann@example.com", "back", "//evil.example")
		c, _, link = phone.codeOf()
		phone.get(link)
		phone.post("/account/code", "id", phone.field("id"), "key", phone.field("key"))
		if phone.page.at.Path != "/account" {
			t.Fatalf("by link: %s", phone.page.at)
		}
		phone.says("This device", "Another device")
		phone.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		for _, evil := range []string{"/\t/evil.example", "/\\evil.example", "//evil.example", "/\n/evil.example"} {
			if to := phone.get("/account/sign-in?back=" + url.QueryEscape(evil)).header.Get("Location"); to != "/account" {
				t.Errorf("%q leads from the sign-in to %q", evil, to)
			}
		}
		phone.client.CheckRedirect = nil
		phone.get("/account")
		phone.post("/account/sign-out", "session", phone.field("session"))
		phone.saysNot("Another device")
		if p := b.get("/account"); p.at.Path != "/account/sign-in" {
			t.Errorf("signed out from the phone, and still in: %s", p.at)
		}
		phone.post("/account/sign-out", "all", "yes")
		if p := phone.get("/account"); p.at.Path != "/account/sign-in" {
			t.Errorf("signed out everywhere, and still in: %s", p.at)
		}
	})
}

func TestAddressesAreKept(t *testing.T) {
	t.Parallel()
	m := open(t, dbtest.Path(t), "EUR", 2)
	b, eve := m.browser(), m.browser()
	b.signIn("ann@example.com")
	b.get("/account/addresses/new")
	b.says("Add an address", "Country or region")
	form := []string{"name", "Ann", "line1", "Lindenweg 4", "locality", "Ulm", "postal_code", "89073", "country", "DE"}
	if p := b.post("/account/addresses/new", with(form[:6], "postal_code", "1", "country", "DE", "action", "save")...); p.status != http.StatusUnprocessableEntity {
		t.Errorf("status %d", p.status)
	}
	b.says("Postcode: “1” does not fit Germany.")
	b.post("/account/addresses/new", with(form, "action", "save")...)
	b.says("Lindenweg 4", "Default", "Germany")
	at := strings.Split(strings.Split(b.page.html, `href="/account/addresses/ad_`)[1], `"`)[0]
	eve.signIn("eve@example.com")
	if p := eve.get("/account/addresses/ad_" + at); p.status != http.StatusNotFound {
		t.Errorf("a stranger's address: %d", p.status)
	}
	eve.post("/account/addresses/ad_"+at, "action", "delete")
	b.get("/account/addresses/ad_" + at)
	b.says(`value="Lindenweg 4"`)
	b.post("/account/addresses/ad_"+at, with(form, "line2", "Hof", "action", "save")...)
	b.says("Hof")
	b.post("/account/addresses/ad_"+at, "action", "delete")
	b.saysNot("Lindenweg 4")
}

func TestLanguageOfACustomer(t *testing.T) {
	t.Parallel()
	m := open(t, dbtest.Path(t), "EUR", 1)
	b := m.browser()
	b.post("/preferences", "lang", "fr", "back", "/")
	b.post("/account/sign-in", "email", "ann@example.com")
	c, digits, _ := b.codeOf()
	if c.Locale != "fr" {
		t.Errorf("the mail comes in %s", c.Locale)
	}
	b.post("/account/code", "id", c.CodeID, "code", digits)
	b.says("Votre compte", "Vos adresses")
	sentences := english(t, "fr")
	b.noEnglish(sentences)
	for _, path := range []string{"/account/addresses/new", "/account/sign-in"} {
		b.get(path)
		b.noEnglish(sentences)
	}
	b.post("/preferences", "lang", "de", "back", "/account")
	other := m.browser()
	other.signIn("ann@example.com")
	other.says("Ihr Konto")
}

// mails are the states of all mails by their keys.
func (m *mall) mails() map[string]string {
	m.Helper()
	list := map[string]string{}
	err := m.d.View(m.Context(), func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.QueryContext(ctx, "SELECT mail_key, state FROM mails WHERE store_id = $1", string(m.store))
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var key, state string
			if err := rows.Scan(&key, &state); err != nil {
				return err
			}
			list[key] = state
		}
		return rows.Err()
	})
	if err != nil {
		m.Fatal(err)
	}
	return list
}
