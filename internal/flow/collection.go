package flow

import (
	"context"

	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
)

// MakeCollection makes a collection; what is wrong with what was typed is an *Invalid.
func MakeCollection(ctx context.Context, tx *db.Tx, s id.Store, title, body string, actor Actor) (id.Collection, error) {
	c, err := catalog.AddCollection(ctx, tx, s, title, body)
	if err != nil {
		return "", invalidGoods(err)
	}
	return c.CollectionID, Record(ctx, tx, event.Fact{Store: s, Kind: "collection.made", Subject: string(c.CollectionID), Actor: string(actor),
		Data: data{"title": c.Title, "handle": c.Handle}})
}

// ChangeCollection stores title and text of a collection.
func ChangeCollection(ctx context.Context, tx *db.Tx, s id.Store, name id.Collection, title, body string, actor Actor) error {
	changed, err := catalog.ChangeCollection(ctx, tx, s, name, title, body)
	if err != nil || !changed {
		return invalidGoods(err)
	}
	return Record(ctx, tx, event.Fact{Store: s, Kind: "collection.changed", Subject: string(name), Actor: string(actor), Data: data{"title": title}})
}

// RemoveCollection takes a collection away; its products stay.
func RemoveCollection(ctx context.Context, tx *db.Tx, s id.Store, name id.Collection, actor Actor) error {
	c, err := catalog.CollectionByID(ctx, tx, s, name)
	if err != nil {
		return invalid(err)
	}
	if _, err := catalog.RemoveCollection(ctx, tx, s, name); err != nil {
		return err
	}
	return Record(ctx, tx, event.Fact{Store: s, Kind: "collection.removed", Subject: string(name), Actor: string(actor), Data: data{"title": c.Title, "handle": c.Handle}})
}

// MoveCollection shows a collection one place earlier or later.
func MoveCollection(ctx context.Context, tx *db.Tx, s id.Store, name id.Collection, later bool, actor Actor) error {
	moved, err := catalog.MoveCollection(ctx, tx, s, name, later)
	if err != nil || !moved {
		return invalid(err)
	}
	return Record(ctx, tx, event.Fact{Store: s, Kind: "collection.moved", Subject: string(name), Actor: string(actor), Data: data{"later": later}})
}

// PutInCollection puts a product behind the others of a collection.
func PutInCollection(ctx context.Context, tx *db.Tx, s id.Store, name id.Collection, product id.Product, actor Actor) error {
	if _, err := catalog.CollectionByID(ctx, tx, s, name); err != nil {
		return invalid(err)
	}
	p, err := catalog.Get(ctx, tx, s, product)
	if err != nil {
		return invalid(err)
	}
	put, err := catalog.Append(ctx, tx, s, name, product)
	if err != nil || !put {
		return err
	}
	return Record(ctx, tx, event.Fact{Store: s, Kind: "collection.product-added", Subject: string(name), Actor: string(actor),
		Data: data{"product": product, "title": p.Title}})
}

// TakeFromCollection takes a product out of a collection.
func TakeFromCollection(ctx context.Context, tx *db.Tx, s id.Store, name id.Collection, product id.Product, actor Actor) error {
	taken, err := catalog.TakeOut(ctx, tx, s, name, product)
	if err != nil || !taken {
		return err
	}
	return Record(ctx, tx, event.Fact{Store: s, Kind: "collection.product-removed", Subject: string(name), Actor: string(actor), Data: data{"product": product}})
}

// MoveInCollection shows a product one place earlier or later in a collection.
func MoveInCollection(ctx context.Context, tx *db.Tx, s id.Store, name id.Collection, product id.Product, later bool, actor Actor) error {
	moved, err := catalog.Move(ctx, tx, s, name, product, later)
	if err != nil || !moved {
		return err
	}
	return Record(ctx, tx, event.Fact{Store: s, Kind: "collection.arranged", Subject: string(name), Actor: string(actor), Data: data{"product": product, "later": later}})
}
