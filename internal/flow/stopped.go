package flow

import (
	"context"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/store"
)

// A connector whose other side does not let us in any more stands still until a person enters
// new credentials, and one whose permission ends on a day will. Owners are told by mail too:
// they need not look at the dashboard every day.

// Stopped is what a mail about a connector tells.
type Stopped struct {
	Connector store.Connector
	Ends      clock.Time // its permission ends then; zero: it was refused
}

// ConnectorEnds notes when a connector's permission ends, as the other side says; zero is never,
// or not known. People are told some days before, once for each of them.
func ConnectorEnds(ctx context.Context, tx *db.Tx, s id.Store, c id.Connector, at clock.Time) error {
	row, err := store.GetConnector(ctx, tx, s, c)
	if err != nil {
		return err
	}
	told := row.EndsTold
	if row.EndsAt != at {
		told = 0
	}
	due := daysLeft(at, tx.Now)
	news := due > 0 && (told == 0 || due < told)
	if row.EndsAt == at && !news {
		return nil
	}
	if news {
		told = due
	}
	if err := store.New(tx).SetEnds(ctx, store.SetEndsParams{StoreID: s, ConnectorID: c, EndsAt: at, EndsTold: told}); err != nil || !news {
		return err
	}
	return Record(ctx, tx, event.Fact{Store: s, Kind: "connector.ending", Subject: string(c), Actor: string(System), Data: data{"ends": at}})
}

// daysLeft says which of the days on which people are told has come last: 14, 3 or 1 days before
// a moment; 0 when it is further away, or never.
func daysLeft(at, now clock.Time) (due int64) {
	for _, d := range []int64{14, 3, 1} {
		if at != 0 && at.Sub(now) <= time.Duration(d)*24*time.Hour {
			due = d
		}
	}
	return due
}

// tellStopped tells the owners, where the store has a way to: news of this kind does not wait
// for a mail server that may come one day.
func tellStopped(ctx context.Context, tx *db.Tx, e event.Event) error {
	set, err := store.LoadSettings(ctx, tx, e.StoreID)
	if err != nil || set.SMTP == "" {
		return err
	}
	var said struct{ Ends clock.Time }
	if err := e.Decode(&said); err != nil {
		return err
	}
	all, err := account.AllStaff(ctx, tx, e.StoreID)
	for _, who := range all {
		if err == nil && who.Role == account.Owner && !who.Disabled {
			err = queueMail(ctx, tx, Mail{StoreID: e.StoreID, MailKey: MailStopped + "/" + string(e.EventID) + "/" + string(who.StaffID),
				Kind: MailStopped, Recipient: who.Email}, About{Staff: who.StaffID, Connector: id.Connector(e.Subject), Ends: said.Ends})
		}
	}
	return err
}
