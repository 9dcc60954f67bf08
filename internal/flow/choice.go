package flow

import (
	"context"
	"database/sql"
	"errors"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
)

// What a customer may want done with units that nobody sends, besides having another article
// in their place: see SwapShort.
const (
	ChooseWait   = "wait"
	ChooseRefund = "refund"
)

// Choice is what a customer was asked about units that nobody sends, and what they answered.
type Choice struct {
	Asked  clock.Time // zero: nobody asked, or it is settled
	Answer string     // ChooseWait or ChooseRefund; empty: not yet
	Lines  []ChoiceLine
}

// ChoiceLine is units of an order line that nobody sends.
type ChoiceLine struct {
	Line     int64
	Title    string
	Quantity int64
}

// Open says whether the customer can still choose: also one who would wait may have the money
// later.
func (c Choice) Open() bool { return !c.Asked.IsZero() && c.Answer != ChooseRefund }

// ChoiceOf reads from an order's timeline what its customer was asked. It changes nothing.
func ChoiceOf(ctx context.Context, tx *db.Tx, s id.Store, name id.Order) (c Choice, err error) {
	o, err := order.Get(ctx, tx, s, name)
	if err != nil || o.State != order.Open {
		return c, err
	}
	lines, err := unsent(ctx, tx, o)
	if err != nil || len(lines) == 0 {
		return c, err
	}
	told, err := event.OfOrder(ctx, tx, s, name)
	if err != nil {
		return c, err
	}
	for _, e := range told {
		switch e.Kind {
		case "order.choice-asked":
			c.Asked, c.Answer = e.At, ""
		case "order.choice-made":
			var said struct{ Choice string }
			if err := e.Decode(&said); err != nil {
				return c, err
			}
			c.Answer = said.Choice
		case "order.cut": // what was asked about is gone from the order
			c = Choice{}
		case "order.swapped": // … or a part of it
			var said struct{ Left int }
			if err := e.Decode(&said); err != nil {
				return c, err
			}
			if said.Left == 0 {
				c = Choice{}
			}
		}
	}
	c.Lines = lines
	return c, nil
}

// unsent lists the units of an order that no purchase covers.
func unsent(ctx context.Context, tx *db.Tx, o order.Order) (list []ChoiceLine, err error) {
	purchases, err := purchase.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return nil, err
	}
	needs, _, err := openNeeds(ctx, tx, o, purchases)
	for _, n := range needs {
		list = append(list, ChoiceLine{Line: n.Line, Title: n.Title, Quantity: n.Quantity})
	}
	return list, err
}

// AskCustomerAboutShort mails the customer that some units cannot be sent now, with a link to
// the page on which they choose: wait, have something else, or have the money back. It is asked once until there is
// an answer.
func AskCustomerAboutShort(ctx context.Context, tx *db.Tx, s id.Store, name id.Order, actor Actor) error {
	return change(ctx, tx, s, name, func(o order.Order) error {
		lines, err := unsent(ctx, tx, o)
		if err != nil {
			return err
		}
		if o.State != order.Open || len(lines) == 0 {
			return refuse("not-possible", "Order %s has no units that nobody sends.", o.Name())
		}
		c, err := ChoiceOf(ctx, tx, s, name)
		if err != nil {
			return err
		}
		if c.Open() && c.Answer == "" {
			return refuse("asked", "The customer of order %s was asked already and has not answered yet.", o.Name())
		}
		return note(ctx, tx, o, "order.choice-asked", string(name), actor, data{"lines": lines})
	})
}

// AnswerShort is the customer's choice. Waiting changes nothing but what the desk knows; the
// money goes back at once, and where nothing else is left the order is cancelled.
func AnswerShort(ctx context.Context, tx *db.Tx, s id.Store, name id.Order, choice string) error {
	const customer Actor = "customer"
	if choice != ChooseWait && choice != ChooseRefund {
		return &Refusal{Code: "choice", Field: "choice", Words: "Please choose one of the two."}
	}
	done := false
	err := change(ctx, tx, s, name, func(o order.Order) error {
		c, err := ChoiceOf(ctx, tx, s, name)
		switch {
		case err != nil:
			return err
		case !c.Open():
			return refuse("not-asked", "Nothing is to be decided about order %s any more.", o.Name())
		case c.Answer == choice:
			done = true
			return nil
		}
		return note(ctx, tx, o, "order.choice-made", string(name), customer, data{"choice": choice})
	})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return refuse("not-found", "There is no order %s.", name)
	case err != nil || done || choice == ChooseWait:
		return err
	}
	return RefundUnplaced(ctx, tx, s, name, customer)
}

// tellChoice asks the customer by mail; the fact's own name makes each asking a mail.
func tellChoice(ctx context.Context, tx *db.Tx, e event.Event) error {
	return tell(ctx, tx, e, MailChoice, string(e.EventID), About{})
}
