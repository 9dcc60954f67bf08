package flow

import (
	"context"
	"database/sql"
	"errors"

	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
)

// BelieveFeed applies offers that the guard had parked: a person looked and they are right.
func BelieveFeed(ctx context.Context, tx *db.Tx, s id.Store, feed id.Feed, actor Actor) error {
	return decideFeed(ctx, tx, s, feed, actor, "feed.believed", inventory.Believe)
}

// RefuseFeed forgets offers that the guard had parked: they are wrong.
func RefuseFeed(ctx context.Context, tx *db.Tx, s id.Store, feed id.Feed, actor Actor) error {
	return decideFeed(ctx, tx, s, feed, actor, "feed.refused", inventory.Refuse)
}

func decideFeed(ctx context.Context, tx *db.Tx, s id.Store, feed id.Feed, actor Actor, kind string,
	decide func(context.Context, *db.Tx, id.Store, id.Feed) (bool, error),
) error {
	f, err := inventory.FeedByID(ctx, tx, s, feed)
	if errors.Is(err, sql.ErrNoRows) {
		return refuse("not-found", "There is no such run of offers.")
	}
	if err != nil {
		return err
	}
	done, err := decide(ctx, tx, s, feed)
	if err != nil {
		return err
	}
	if !done {
		return refuse("not-possible", "These offers are %s: nobody waits for a decision any more.", f.State)
	}
	return Record(ctx, tx, event.Fact{Store: s, Kind: kind, Subject: string(feed), Actor: string(actor),
		Data: data{"supplier": f.SupplierID, "reason": f.Reason}})
}
