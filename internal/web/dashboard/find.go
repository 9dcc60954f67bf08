package dashboard

import (
	"context"
	"strings"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/inventory"
	"doorstep/internal/report"
	"doorstep/money"
)

// finding is one thing that was found: where it leads, and what it is.
type finding struct{ Kind, Icon, Name, More, URL string }

// findView is what fits a text, of every kind.
type findView struct {
	Text string
	List []finding
}

// findMost is how many of each kind are shown.
const findMost = 5

// find looks for a text among orders, products, customers, suppliers, settings and pages. The
// palette asks for it while somebody types; without scripts it is a page.
func (d *Dashboard) find(v *visit) error {
	p := findView{Text: v.query("q")}
	if p.Text != "" {
		err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
			p.List = v.findPages(p.Text)
			for _, look := range []func(context.Context, *db.Tx, *visit) error{p.orders, p.products, p.customers, p.suppliers} {
				if err := look(ctx, tx, v); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	at := frame{Title: "Search", At: ""}
	return d.show(v, at, findPage(v, at, p))
}

func (p *findView) add(kind, icon, name, more, url string) {
	p.List = append(p.List, finding{kind, icon, name, more, Prefix + url})
}

func (p *findView) orders(ctx context.Context, tx *db.Tx, v *visit) error {
	f, err := report.Look(ctx, tx, v.store, p.Text)
	if err != nil {
		return err
	}
	page, err := report.Orders(ctx, tx, v.store, f, "", findMost)
	for _, o := range page.Orders {
		p.add("Order", "shopping-cart", "#"+plainNumber(o.Number), o.Customer+", "+price(o.Total)+", "+o.Goods, "/orders/"+string(o.ID))
	}
	return err
}

func (p *findView) products(ctx context.Context, tx *db.Tx, v *visit) error {
	list, _, err := report.Products(ctx, tx, v.store, report.ProductFilter{Text: p.Text}, "", findMost)
	for _, one := range list {
		p.add("Product", "tag", one.Title, productWords(one), "/products/"+string(one.ID))
	}
	return err
}

func productWords(r report.ProductRow) string {
	words := title(r.Status)
	if r.Variants > 0 && r.Low != (money.Amount{}) {
		words += ", " + priceRange(r)
	}
	return words
}

func (p *findView) customers(ctx context.Context, tx *db.Tx, v *visit) error {
	list, _, err := report.Customers(ctx, tx, v.store, v.settings.Currency, report.CustomerFilter{Text: p.Text}, "", findMost)
	for _, c := range list {
		p.add("Customer", "user", orText(c.Name, c.Email), c.Email, "/customers/"+string(c.ID))
	}
	return err
}

func (p *findView) suppliers(ctx context.Context, tx *db.Tx, v *visit) error {
	list, err := inventory.Suppliers(ctx, tx, v.store)
	n := 0
	for _, s := range list {
		if n < findMost && holds(s.Name, p.Text) {
			n++
			p.add("Supplier", "factory", s.Name, "", "/suppliers/"+string(s.SupplierID))
		}
	}
	return err
}

// findPages are pages and settings whose name holds a text.
func (v *visit) findPages(text string) []finding {
	var p findView
	for _, group := range v.menu() {
		for _, e := range group {
			if holds(e.Name, text) {
				p.List = append(p.List, finding{"Page", e.Icon, e.Name, "", e.URL})
			}
		}
	}
	if !v.can(account.Manager) {
		return p.List
	}
	n := 0
	found := func(s settingSection, name, key string) {
		if n < findMost && (holds(name, text) || holds(key, text)) && (key == "" || v.mayChange(key)) {
			n++
			url := settingsAt(s.Key)
			if key != "" {
				url += "#" + settingID(key)
			}
			p.List = append(p.List, finding{"Setting", "settings", name, s.Name, url})
		}
	}
	for _, s := range sections() {
		found(s, s.Name, "")
		for _, c := range s.Cards {
			for _, r := range c.Rows {
				found(s, r.Label, r.Key)
			}
		}
		if s.Key == "policies" {
			for _, r := range policies() {
				found(s, r.Label, r.Key)
			}
		}
	}
	return p.List
}

// holds says whether a name holds a text, in any case.
func holds(name, text string) bool {
	return name != "" && strings.Contains(strings.ToLower(name), strings.ToLower(text))
}
