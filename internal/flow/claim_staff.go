package flow

import (
	"context"
	"slices"
	"strconv"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/claim"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/store"
)

// What customers say about claims is gathered for some minutes before it is told to the staff:
// however many of them write, and however often, nobody gets more than one mail in that time,
// and it names all that waits.
const (
	claimsTold = 10 * time.Minute
	claimsMost = 500 // that are looked through for those that wait
)

// tellStaffOfClaim tells those who may see to it that a customer made a claim, answered or does
// not agree with what was decided; where the store has a way to tell, and wants that.
func tellStaffOfClaim(ctx context.Context, tx *db.Tx, e event.Event) error {
	set, err := store.LoadSettings(ctx, tx, e.StoreID)
	if err != nil || set.SMTP == "" || !set.Claims.TellStaff || e.Actor != string(customerActor) {
		return err
	}
	c, err := claim.Get(ctx, tx, e.StoreID, id.Claim(e.Subject))
	if err != nil || c.State != claim.Opened {
		return err // the rules have approved it already
	}
	slot := int64(tx.Now) / claimsTold.Microseconds()
	from, to := clock.Time(slot*claimsTold.Microseconds()), clock.Time((slot+1)*claimsTold.Microseconds())
	all, err := account.AllStaff(ctx, tx, e.StoreID)
	for _, who := range all {
		if err == nil && who.Role.Covers(account.Support) && !who.Disabled {
			err = queueMailAt(ctx, tx, Mail{StoreID: e.StoreID, MailKey: MailStaffClaim + "/" + strconv.FormatInt(slot, 36) + "/" + string(who.StaffID),
				Kind: MailStaffClaim, Recipient: who.Email}, About{Staff: who.StaffID, Since: from}, to)
		}
	}
	return err
}

// claimsWaiting are the claims that customers said something about since a moment, and that
// still wait for a person, the longest first.
func claimsWaiting(ctx context.Context, tx *db.Tx, s id.Store, since clock.Time) ([]claim.Claim, error) {
	list, err := claim.Live(ctx, tx, s, "", claimsMost)
	list = slices.DeleteFunc(list, func(c claim.Claim) bool { return c.State != claim.Opened || c.UpdatedAt < since })
	slices.SortFunc(list, func(a, b claim.Claim) int { return int(min(max(a.UpdatedAt-b.UpdatedAt, -1), 1)) })
	return list, err
}
