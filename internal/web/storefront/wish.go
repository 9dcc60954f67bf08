package storefront

import (
	"context"
	"net/http"

	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/flow"
	"doorstep/internal/id"
)

// wishes are what a customer may still want of an order.
type wishes struct {
	Cancel bool        // it can be asked to stop
	Late   bool        // all of it is on its way: it cannot
	Kept   bool        // it was asked to stop, and that was too late
	Choice flow.Choice // about what nobody sends
}

// readWishes finds out what the order's page may offer.
func (p *orderPage) readWishes(ctx context.Context, tx *db.Tx, v *visit) (err error) {
	live := p.State == "open" || p.State == "pending"
	p.Wishes = wishes{Cancel: live && flow.MayRequestCancel(p.State, p.Goods)}
	p.Wishes.Late = p.State == "open" && !p.Wishes.Cancel && p.Goods == "shipped"
	if p.State != "open" {
		return nil
	}
	told, err := event.OfOrder(ctx, tx, v.store, p.ID)
	if err != nil {
		return err
	}
	for _, e := range told {
		p.Wishes.Kept = p.Wishes.Kept || e.Kind == "order.kept"
	}
	p.Wishes.Choice, err = flow.ChoiceOf(ctx, tx, v.store, p.ID)
	return err
}

// showWish shows one of the pages on which a customer says what they want of an order.
func (s *shop) showWish(v *visit, title string, fits func(orderPage) bool, draw func(orderPage) error) error {
	name, err := s.opened(v, id.Order(v.r.PathValue("order")))
	if err != nil {
		return err
	}
	p, err := s.readOrder(v, name)
	if err != nil {
		return err
	}
	if !fits(p) { // it is settled: the order's page says how
		return v.leave(s.orderURL(v, name))
	}
	v.about(v.say(title, "number", itoa(p.Number)), "", "")
	v.page.Robots = "noindex"
	v.w.Header().Set("Referrer-Policy", "no-referrer") // the address opens the order
	return draw(p)
}

func (s *shop) cancelPage(v *visit) error {
	return s.showWish(v, k("cancel_title"), func(p orderPage) bool { return p.Wishes.Cancel },
		func(p orderPage) error { return v.show(http.StatusOK, cancelView(v, p)) })
}

// cancelOrder asks for the order to be stopped, and leads to its page, which tells the rest.
func (s *shop) cancelOrder(v *visit) error {
	return s.wish(v, func(ctx context.Context, tx *db.Tx, name id.Order) error {
		return flow.RequestCancel(ctx, tx, v.store, name, cutWish(v.r.PostFormValue("reason")))
	})
}

// wish runs a command on an order that the request opens. A refusal needs no words here: the
// order's page says how things stand.
func (s *shop) wish(v *visit, command func(ctx context.Context, tx *db.Tx, name id.Order) error) error {
	name, err := s.opened(v, id.Order(v.r.PathValue("order")))
	if err != nil {
		return err
	}
	err = s.DB.Update(v.ctx, func(ctx context.Context, tx *db.Tx) error { return command(ctx, tx, name) })
	if _, err := s.refusal(v, err); err != nil {
		return err
	}
	return v.leave(s.orderURL(v, name))
}

// wishMost is how many letters of a customer's reason are kept.
const wishMost = 300

func cutWish(s string) string {
	letters := []rune(s)
	return string(letters[:min(len(letters), wishMost)])
}
