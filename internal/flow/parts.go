package flow

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
)

// A supplier may split an order and then speak of its parts, each by a number of its own. What
// becomes of one part says nothing of the others, so a purchase moves only by answers about all
// of it; a message about a part is the reason to ask.

// SupplierTold takes in what a supplier tells of its own accord. known is false when it speaks of
// nothing we have; part is true when it may speak of one part only: then nothing is applied, its
// number is noted, and the whole has to be asked for.
func SupplierTold(ctx context.Context, tx *db.Tx, s id.Store, supplier id.Supplier, said SupplierSaid, actor Actor) (known, part bool, err error) {
	p, err := purchaseSaid(ctx, tx, s, supplier, said)
	if errors.Is(err, sql.ErrNoRows) {
		return false, false, nil
	}
	if err != nil {
		return false, false, err
	}
	err = onPurchaseOf(ctx, tx, p, func(o order.Order, p *purchase.Purchase) error {
		if part = aboutPart(*p, said); part {
			return keepParts(ctx, tx, p, []string{said.Ref})
		}
		return applySupplier(ctx, tx, o, p, said, actor)
	})
	return true, part, err // part is known only now
}

// aboutPart says whether a supplier may speak of one part of a purchase: by a part's number, or by
// our key and a number that is not the purchase's own.
func aboutPart(p purchase.Purchase, said SupplierSaid) bool {
	if said.Ref == "" || said.Ref == p.Ref {
		return false
	}
	return slices.Contains(p.PartList(), said.Ref) || p.Ref != "" && len(said.Parts) == 0
}

// NoteParts keeps the numbers of the parts into which a supplier has split a purchase: from now on
// they are asked for with it.
func NoteParts(ctx context.Context, tx *db.Tx, s id.Store, name id.Purchase, parts []string) error {
	return onPurchase(ctx, tx, s, name, func(_ order.Order, p *purchase.Purchase) error {
		return keepParts(ctx, tx, p, parts)
	})
}

func keepParts(ctx context.Context, tx *db.Tx, p *purchase.Purchase, parts []string) error {
	if err := addParts(ctx, tx, p, parts); err != nil {
		return err
	}
	return purchase.Save(ctx, tx, *p)
}

// addParts adds numbers to those that are known. None is ever taken away: an answer may have been
// asked for before the last of them was known.
func addParts(ctx context.Context, tx *db.Tx, p *purchase.Purchase, parts []string) error {
	known := p.PartList()
	unheard := slices.DeleteFunc(slices.Clone(parts), func(part string) bool { return part == "" || slices.Contains(known, part) })
	if len(unheard) == 0 {
		return nil
	}
	p.Parts = strings.Join(append(known, unheard...), ",")
	return purchase.Split(ctx, tx, *p, unheard)
}
