package outside

import (
	"context"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/mail"
)

// giveGoodwill makes codes for customers who wait longer than they were promised, each in a
// transaction of its own.
func (o *Outside) giveGoodwill(ctx context.Context, s id.Store) error {
	var owed []id.Order
	err := o.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		owed, err = flow.OwesGoodwill(ctx, tx, s)
		return err
	})
	for _, name := range owed {
		if err == nil {
			err = o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error { return flow.GiveGoodwill(ctx, tx, s, name) })
		}
	}
	return err
}

// goodwill is the mail that brings such a code.
func (l letterer) goodwill(about mail.Order) mail.View {
	v := mail.Goodwill{Order: about, URL: l.o.baseOf(l.set) + "/"}
	if g := l.c.Gift; g != nil {
		v.Code, v.Points, v.Until = g.Code, g.Value, g.UntilAt.Std()
	}
	return v
}
