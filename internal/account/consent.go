package account

import (
	"context"
	"database/sql"
	"errors"

	"doorstep/internal/db"
	"doorstep/internal/id"
)

// Wish is what a customer may want to be written about besides their orders.
type Wish string

// The wishes.
const (
	WishReview Wish = "review" // asked what they think; yes until they say no
	WishOffer  Wish = "offer"  // told of something for the next time; no until they say yes
)

// Wishes lists them.
func Wishes() []Wish { return []Wish{WishReview, WishOffer} }

// Usually is what holds while somebody has said nothing.
func (w Wish) Usually() bool { return w == WishReview }

// Said is a yes or a no of somebody's, with its proof.
type Said struct {
	Customer id.Customer
	Wish     Wish
	Yes      bool
	Wording  string   // word for word what was agreed to
	Source   string   // checkout, account, mail, staff
	Order    id.Order // where it was said, if anywhere
}

// Say keeps what somebody said, unless it holds already. It answers whether that is news.
func Say(ctx context.Context, tx *db.Tx, store id.Store, s Said) (bool, error) {
	before, err := Wants(ctx, tx, store, s.Customer, s.Wish)
	if err != nil {
		return false, err
	}
	if before.Yes == s.Yes && (before.Known || !s.Yes) {
		return false, nil
	}
	return true, New(tx).InsertConsent(ctx, InsertConsentParams{StoreID: store, ConsentID: id.Ordered("ct", tx.Now.Std(), tx.Next()),
		CustomerID: s.Customer, Kind: s.Wish, Given: s.Yes, Wording: shortened(s.Wording, 1000), Source: s.Source, OrderID: s.Order, At: tx.Now})
}

// Wanted is whether somebody wants something.
type Wanted struct {
	Wish  Wish
	Yes   bool
	Known bool    // they said so themselves
	Last  Consent // what they said last, where they did
}

// Wants says whether somebody wants something.
func Wants(ctx context.Context, tx *db.Tx, store id.Store, who id.Customer, w Wish) (Wanted, error) {
	last, err := New(tx).NewestConsent(ctx, NewestConsentParams{StoreID: store, CustomerID: who, Kind: w})
	if errors.Is(err, sql.ErrNoRows) {
		return Wanted{Wish: w, Yes: w.Usually()}, nil
	}
	return Wanted{Wish: w, Yes: last.Given, Known: err == nil, Last: last}, err
}

// AllWants says it of everything there is.
func AllWants(ctx context.Context, tx *db.Tx, store id.Store, who id.Customer) (list []Wanted, err error) {
	for _, w := range Wishes() {
		one, err := Wants(ctx, tx, store, who, w)
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, nil
}

// Consents is the proof: what somebody said, the newest first.
func Consents(ctx context.Context, tx *db.Tx, store id.Store, who id.Customer) ([]Consent, error) {
	return New(tx).ConsentsOf(ctx, ConsentsOfParams{StoreID: store, CustomerID: who, Limit: 50})
}
