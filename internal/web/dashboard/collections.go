package dashboard

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"doorstep/internal/address"
	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/report"
	"doorstep/internal/web/ui"
)

// collectionsMost is how many collections the page shows; shops have a few dozen.
const collectionsMost = 500

// collectionRow is a collection with how many products it has.
type collectionRow struct {
	catalog.Collection
	Products int64
}

// collectionList is all collections in the order in which the shop shows them.
type collectionList struct {
	List  []collectionRow
	Typed func(field string) string
	Wrong address.Problems
}

func collectionURL(name id.Collection) string { return Prefix + "/collections/" + string(name) }

func (d *Dashboard) collections(v *visit) error {
	return d.showCollections(v, collectionList{Typed: func(string) string { return "" }})
}

func (d *Dashboard) showCollections(v *visit, p collectionList) error {
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
		p.List = nil
		all, err := catalog.Collections(ctx, tx, v.store, collectionsMost)
		if err != nil {
			return err
		}
		counts, err := catalog.CollectionCounts(ctx, tx, v.store)
		for _, c := range all {
			p.List = append(p.List, collectionRow{c, counts[c.CollectionID]})
		}
		return err
	})
	if err != nil {
		return err
	}
	at := frame{Title: "Collections", At: "products", Back: Prefix + "/products"}
	if len(p.Wrong) > 0 {
		at.Status = http.StatusUnprocessableEntity
	}
	return d.show(v, at, collectionsPage(v, at, p))
}

func (d *Dashboard) makeCollection(v *visit) error {
	to := Prefix + "/collections"
	err := d.once(v, func(ctx context.Context, tx *db.Tx) error {
		name, err := flow.MakeCollection(ctx, tx, v.store, v.form("title"), v.form("body"), v.actor())
		to = collectionURL(name)
		return err
	})
	if wrong := whatIsWrong(err); len(wrong) > 0 {
		return d.showCollections(v, collectionList{Typed: v.form, Wrong: wrong})
	}
	if err != nil {
		return err
	}
	v.tell(ui.Good, "The collection is made. Put products into it.")
	return v.lead(to)
}

// collectionView is one collection with a page of its products, and what was looked for to
// put into it.
type collectionView struct {
	catalog.Collection
	Products    []catalog.Product
	Text        string
	Found       []report.ProductRow
	After, Next string
	Typed       func(field string) string
	Wrong       address.Problems
}

// collectionFound is how many products a search for more shows.
const collectionFound = 20

func (d *Dashboard) collection(v *visit) error {
	return d.showCollection(v, collectionView{})
}

func (d *Dashboard) showCollection(v *visit, p collectionView) error {
	p.Text, p.After = v.query("q"), v.query("after")
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		name := id.Collection(v.path("collection"))
		if p.Collection, err = catalog.CollectionByID(ctx, tx, v.store, name); err != nil {
			return err
		}
		page, next, err := catalog.List(ctx, tx, v.store, catalog.Filter{Collection: name}, readCursor(p.After), pageSize)
		if err != nil {
			return err
		}
		p.Products, p.Next = page, writeCursor(next)
		if p.Text != "" {
			p.Found, _, err = report.Products(ctx, tx, v.store, report.ProductFilter{Text: p.Text}, "", collectionFound)
		}
		return err
	})
	if err != nil {
		return err
	}
	if p.Typed == nil {
		p.Typed = func(field string) string { return map[string]string{"title": p.Title, "body": p.Body}[field] }
	}
	at := frame{Title: p.Title, At: "products", Back: Prefix + "/collections"}
	if len(p.Wrong) > 0 {
		at.Status = http.StatusUnprocessableEntity
	}
	return d.show(v, at, collectionPage(v, at, p))
}

func (p collectionView) wrong(field string) string { return wrongIn(p.Wrong, field) }

// readCursor is where a page of a collection begins; what cannot be read is the beginning.
func readCursor(text string) catalog.Cursor {
	position, product, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(position, 10, 64)
	if err != nil {
		return catalog.Cursor{}
	}
	return catalog.Cursor{Position: n, Product: id.Product(product)}
}

func writeCursor(c catalog.Cursor) string {
	if c == (catalog.Cursor{}) {
		return ""
	}
	return strconv.FormatInt(c.Position, 10) + "." + string(c.Product)
}

// has says whether a product is on the page already.
func (p collectionView) has(name id.Product) bool {
	for _, one := range p.Products {
		if one.ProductID == name {
			return true
		}
	}
	return false
}

func (d *Dashboard) changeCollection(v *visit) error {
	name := id.Collection(v.path("collection"))
	err := d.once(v, func(ctx context.Context, tx *db.Tx) error {
		return flow.ChangeCollection(ctx, tx, v.store, name, v.form("title"), v.form("body"), v.actor())
	})
	if wrong := whatIsWrong(err); len(wrong) > 0 && wrong[0].Field != "" {
		return d.showCollection(v, collectionView{Typed: v.form, Wrong: wrong})
	}
	return v.came(err, collectionURL(name), "The collection is stored.")
}

// came leads on with a word about what came of a form.
func (v *visit) came(err error, to, done string) error {
	if err == nil {
		v.tell(ui.Good, done)
		return v.lead(to)
	}
	words, ok := refusal(err)
	if !ok {
		return err
	}
	v.tell(ui.Bad, words)
	return v.lead(to)
}

func (d *Dashboard) moveCollection(v *visit) error {
	return d.do(v, Prefix+"/collections", "The shop shows them in this order.", func(ctx context.Context, tx *db.Tx) error {
		return flow.MoveCollection(ctx, tx, v.store, id.Collection(v.path("collection")), v.form("do") == "later", v.actor())
	})
}

func (d *Dashboard) removeCollection(v *visit) error {
	return d.do(v, Prefix+"/collections", "The collection is removed; its products stay.", func(ctx context.Context, tx *db.Tx) error {
		return flow.RemoveCollection(ctx, tx, v.store, id.Collection(v.path("collection")), v.actor())
	})
}

// fillCollection puts a product in, takes it out, or moves it.
func (d *Dashboard) fillCollection(v *visit) error {
	name, product := id.Collection(v.path("collection")), id.Product(v.form("product"))
	command, done := flow.PutInCollection, "The product is in the collection."
	if v.form("do") == "out" {
		command, done = flow.TakeFromCollection, "The product is out of the collection."
	}
	if how := v.form("do"); how == "earlier" || how == "later" {
		done = "The shop shows them in this order."
		command = func(ctx context.Context, tx *db.Tx, s id.Store, name id.Collection, product id.Product, actor flow.Actor) error {
			return flow.MoveInCollection(ctx, tx, s, name, product, how == "later", actor)
		}
	}
	return d.do(v, collectionURL(name), done, func(ctx context.Context, tx *db.Tx) error {
		return command(ctx, tx, v.store, name, product, v.actor())
	})
}
