package flow

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/internal/shipment"
	"doorstep/money"
)

// maxClaimWords is the most that is kept of what somebody writes about a claim, in letters.
const maxClaimWords = 4000

// customerActor is whoever holds an order's link, or is signed in as its customer.
const customerActor Actor = "customer"

// ClaimSaid is a claim as it is made.
type ClaimSaid struct {
	Kind   claim.Kind
	Wish   claim.Outcome
	Units  map[int64]int64 // by line of the order
	Words  string
	Photos []claim.Photo

	WishCredit bool       // money as store credit
	Variant    id.Variant // of an exchange: the article the customer would like

	Actor Actor // "customer", or staff, whom the windows do not bind
}

// OpenClaim takes a claim in. Small and clear ones are approved at once, by the store's rules.
func OpenClaim(ctx context.Context, tx *db.Tx, s id.Store, name id.Order, said ClaimSaid) (made claim.Claim, err error) {
	if said.Words, err = claimWords(said.Words); err != nil {
		return made, err
	}
	switch {
	case !said.Kind.Known():
		return made, &Refusal{Code: "kind", Field: "kind", Words: "Please say what is wrong."}
	case !said.Wish.Known():
		return made, &Refusal{Code: "wish", Field: "wish", Words: "Please say what you would like."}
	case len(said.Photos) > claim.MostPhotos:
		return made, &Refusal{Code: "photos", Field: "photos", Words: fmt.Sprintf("At most %d photos, please.", claim.MostPhotos)}
	}
	err = change(ctx, tx, s, name, func(o order.Order) error {
		made, err = openClaim(ctx, tx, o, said)
		return err
	})
	return made, err
}

func openClaim(ctx context.Context, tx *db.Tx, o order.Order, said ClaimSaid) (c claim.Claim, err error) {
	if o.PaidAt == 0 || o.State == order.Pending || o.State == order.Cancelled || o.State == order.Cancelling {
		return c, refuse("not-possible", "Order %s is %s: there is nothing to claim.", o.Name(), o.State)
	}
	units, err := pick(ctx, tx, o, said.Units)
	if err != nil {
		return c, err
	}
	facts, err := caseOf(ctx, tx, o, ClaimWish{Kind: said.Kind, Wish: said.Wish, Units: units, Photos: len(said.Photos), Variant: said.Variant})
	if err != nil {
		return c, err
	}
	d := claim.Decide(facts)
	if !d.Open && said.Actor == customerActor {
		return c, &Refusal{Code: d.Code, Field: "kind", Words: d.Why}
	}
	if said.Actor == customerActor && !d.MayWish(said.Wish) {
		return c, &Refusal{Code: "wish-shut", Field: "wish", Words: "That is not possible for what is wrong. Please choose something else."}
	}
	each, err := swapWished(said, facts, d, units)
	if err != nil {
		return c, err
	}
	earlier, err := claim.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return c, err
	}
	c = claim.Claim{StoreID: o.StoreID, ClaimID: id.Claim(id.Ordered("cl", tx.Now.Std(), tx.Next())), OrderID: o.OrderID, State: claim.Opened,
		Number: fmt.Sprintf("%d-C%d", o.Number, len(earlier)+1), Kind: said.Kind, Wish: said.Wish, Words: said.Words,
		WishCredit: said.WishCredit, VariantID: said.Variant, VariantMinor: each}
	if err := claim.Insert(ctx, tx, c, units); err != nil {
		return c, err
	}
	for _, p := range said.Photos {
		if err := claim.AddPhoto(ctx, tx, o.StoreID, c.ClaimID, p); err != nil {
			return c, err
		}
	}
	err = note(ctx, tx, o, "claim.opened", string(c.ClaimID), said.Actor, data{"number": c.Number, "kind": c.Kind, "wish": c.Wish, "units": units,
		"words": c.Words, "photos": len(said.Photos)})
	if err != nil {
		return c, err
	}
	return claim.Get(ctx, tx, o.StoreID, c.ClaimID)
}

// claimWords are what somebody wrote, as it is kept.
func claimWords(text string) (string, error) {
	text = strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), ""))
	if utf8.RuneCountInString(text) > maxClaimWords {
		return "", &Refusal{Code: "words", Field: "words", Words: fmt.Sprintf("At most %d letters, please.", maxClaimWords)}
	}
	return text, nil
}

// changeClaim locks an order and one of its claims, and lets fn change them.
func changeClaim(ctx context.Context, tx *db.Tx, s id.Store, name id.Claim, fn func(order.Order, *claim.Claim) error) error {
	found, err := claim.Get(ctx, tx, s, name)
	if errors.Is(err, sql.ErrNoRows) {
		return refuse("not-found", "There is no such claim.")
	}
	if err != nil {
		return err
	}
	return change(ctx, tx, s, found.OrderID, func(o order.Order) error {
		c, err := claim.Lock(ctx, tx, s, name)
		if err != nil {
			return err
		}
		return fn(o, &c)
	})
}

// stepClaim moves a claim, stores it and notes what happened.
func stepClaim(ctx context.Context, tx *db.Tx, o order.Order, c *claim.Claim, e claim.Event, kind string, actor Actor, more data) error {
	was := c.State
	if err := c.Move(e); err != nil {
		return refuse("not-possible", "Claim %s is %s: that is not possible any more.", c.Number, was)
	}
	if c.State != claim.Waiting && c.State != claim.Returning {
		c.DueAt = 0
	}
	return noteClaim(ctx, tx, o, c, kind, actor, more)
}

// noteClaim stores a claim and notes what happened to it.
func noteClaim(ctx context.Context, tx *db.Tx, o order.Order, c *claim.Claim, kind string, actor Actor, more data) error {
	if err := claim.Save(ctx, tx, *c); err != nil {
		return err
	}
	told := data{"number": c.Number}
	for k, v := range more {
		told[k] = v
	}
	return note(ctx, tx, o, kind, string(c.ClaimID), actor, told)
}

// ClaimView is a claim with all that is known of it.
type ClaimView struct {
	Claim    claim.Claim
	Order    order.Order
	Lines    []order.OrderLine
	Units    []claim.ClaimUnit
	Photos   []claim.PhotosOfRow
	Case     claim.Case
	Decision claim.Decision
	Talk     []event.Event // what happened to it, oldest first
	Disputes []claim.Dispute
	Return   claim.ClaimReturn
	Back     shipment.ReturnParcel    // in which the goods come back; empty: no number is known
	Scans    []shipment.TrackingEvent // of it, oldest first
	Exchange *claim.Exchange          // nil: there is none
	Payments []ledger.Payment         // of the exchange's difference, oldest first
}

// Worth is what the claimed units weigh in the order, with their shipping.
func (v ClaimView) Worth() money.Amount {
	worth := v.Case.Goods + v.Case.Shipping
	if v.Exchange != nil && v.Exchange.State == claim.ExchangeDone {
		worth -= v.Exchange.Difference().Minor // what came instead is worth more, or less
	}
	return money.New(worth, v.Order.Currency)
}

// LookAtClaim reads a claim and decides what may be done about it now; sql.ErrNoRows when
// there is none.
func LookAtClaim(ctx context.Context, tx *db.Tx, s id.Store, name id.Claim) (v ClaimView, err error) {
	if v.Claim, err = claim.Get(ctx, tx, s, name); err != nil {
		return v, err
	}
	if v.Order, err = order.Get(ctx, tx, s, v.Claim.OrderID); err != nil {
		return v, err
	}
	if v.Lines, err = order.LinesOf(ctx, tx, s, v.Claim.OrderID); err != nil {
		return v, err
	}
	if v.Units, err = claim.Units(ctx, tx, s, name); err != nil {
		return v, err
	}
	if v.Photos, err = claim.Photos(ctx, tx, s, name); err != nil {
		return v, err
	}
	if v.Case, v.Decision, err = judge(ctx, tx, v.Order, v.Claim, v.Units); err != nil {
		return v, err
	}
	if v.Return, err = claim.ReturnOf(ctx, tx, v.Claim, v.Order.Currency); err != nil {
		return v, err
	}
	if err := v.addBack(ctx, tx); err != nil {
		return v, err
	}
	if err := v.addExchange(ctx, tx); err != nil {
		return v, err
	}
	disputes, err := claim.DisputesOf(ctx, tx, s, v.Claim.OrderID)
	if err != nil {
		return v, err
	}
	for _, d := range disputes {
		if d.ClaimID == name {
			v.Disputes = append(v.Disputes, d)
		}
	}
	events, err := event.OfOrder(ctx, tx, s, v.Claim.OrderID)
	for _, e := range events {
		if e.Subject == string(name) {
			v.Talk = append(v.Talk, e)
		}
	}
	return v, err
}

// judge decides about a claim that was made.
func judge(ctx context.Context, tx *db.Tx, o order.Order, c claim.Claim, units []claim.ClaimUnit) (claim.Case, claim.Decision, error) {
	return judgeFor(ctx, tx, o, c, units, sourcing{})
}

// judgeFor is judge where a person says who is to send a replacement.
func judgeFor(ctx context.Context, tx *db.Tx, o order.Order, c claim.Claim, units []claim.ClaimUnit, how sourcing) (claim.Case, claim.Decision, error) {
	photos, err := claim.Photos(ctx, tx, c.StoreID, c.ClaimID)
	if err != nil {
		return claim.Case{}, claim.Decision{}, err
	}
	facts, err := caseOf(ctx, tx, o, ClaimWish{Kind: c.Kind, Wish: c.Wish, Units: rangesOf(units), Photos: len(photos), But: c.ClaimID, Made: c.CreatedAt,
		Variant: c.VariantID, Price: c.VariantMinor, how: how})
	return facts, claim.Decide(facts), err
}

// MayClaim says for each kind what would be decided today about all units that are free: what
// a customer may say is wrong, until when, and what they may ask for. Sending once more is open
// where any of the articles can be sent: which ones are claimed is not known yet.
func MayClaim(ctx context.Context, tx *db.Tx, s id.Store, name id.Order) (free map[int64]int64, by map[claim.Kind]claim.Decision, err error) {
	o, err := order.Get(ctx, tx, s, name)
	if err != nil || o.PaidAt == 0 || o.State == order.Cancelled || o.State == order.Cancelling || o.State == order.Pending {
		return nil, nil, err
	}
	if free, err = Claimable(ctx, tx, o); err != nil || len(free) == 0 {
		return nil, nil, err
	}
	units, err := pick(ctx, tx, o, free)
	if err != nil {
		return nil, nil, err
	}
	by = map[claim.Kind]claim.Decision{}
	for _, k := range claim.Kinds() {
		facts, err := caseOf(ctx, tx, o, ClaimWish{Kind: k, Units: units})
		if err != nil {
			return nil, nil, err
		}
		if by[k] = claim.Decide(facts); facts.CannotSend != "" && len(units) > 0 {
			if err := unbarAgain(ctx, tx, o, by[k], free); err != nil {
				return nil, nil, err
			}
		}
	}
	return free, by, nil
}

// unbarAgain takes the bar off sending once more where it holds for all units together, but one
// of some line could be sent.
func unbarAgain(ctx context.Context, tx *db.Tx, o order.Order, d claim.Decision, free map[int64]int64) error {
	i := slices.IndexFunc(d.Choices, func(c claim.Choice) bool { return c.Outcome == claim.Replacement })
	if i < 0 {
		return nil
	}
	for line := range free {
		one, err := pick(ctx, tx, o, map[int64]int64{line: 1})
		if err != nil {
			return err
		}
		facts, err := caseOf(ctx, tx, o, ClaimWish{Kind: claim.Damaged, Units: one})
		if err != nil {
			return err
		}
		if facts.CannotSend == "" {
			d.Choices[i].Barred = ""
			return nil
		}
	}
	return nil
}
