package flow

import (
	"context"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/order"
)

// overdueAtOnce is how many claims and disputes run out in one transaction.
const overdueAtOnce = 100

// AskClaim asks the customer something; they have the store's days to answer.
func AskClaim(ctx context.Context, tx *db.Tx, s id.Store, name id.Claim, words string, actor Actor) error {
	words, err := saidWords(words, "Please write what you want to know.")
	if err != nil {
		return err
	}
	set, err := settingsOf(ctx, tx, s)
	if err != nil {
		return err
	}
	return changeClaim(ctx, tx, s, name, func(o order.Order, c *claim.Claim) error {
		c.DueAt = tx.Now.Add(set.Claims.AnswerFor)
		return stepClaim(ctx, tx, o, c, claim.Ask, "claim.asked", actor, data{"words": words, "until": c.DueAt})
	})
}

func saidWords(words, empty string) (string, error) {
	words, err := claimWords(words)
	if err == nil && words == "" {
		err = &Refusal{Code: "words", Field: "words", Words: empty}
	}
	return words, err
}

// CountClaim counts a try to say something about a claim of an order, old or new, from an address;
// *TooSoon when there were too many.
func CountClaim(ctx context.Context, tx *db.Tx, s id.Store, o id.Order, from string) error {
	return countAbout(ctx, tx, s, "claim", o, from)
}

// AnswerClaim is the customer's answer, with photos perhaps.
func AnswerClaim(ctx context.Context, tx *db.Tx, s id.Store, name id.Claim, words string, photos []claim.Photo, actor Actor) error {
	words, err := claimWords(words)
	if err != nil {
		return err
	}
	if words == "" && len(photos) == 0 {
		return &Refusal{Code: "words", Field: "words", Words: "Please write an answer, or add a photo."}
	}
	return changeClaim(ctx, tx, s, name, func(o order.Order, c *claim.Claim) error {
		have, err := claim.Photos(ctx, tx, s, name)
		if err != nil {
			return err
		}
		if len(have)+len(photos) > claim.MostPhotos {
			return &Refusal{Code: "photos", Field: "photos", Words: "There are too many photos already."}
		}
		for _, p := range photos {
			if err := claim.AddPhoto(ctx, tx, s, name, p); err != nil {
				return err
			}
		}
		return stepClaim(ctx, tx, o, c, claim.Answer, "claim.answered", actor, data{"words": words, "photos": len(photos)})
	})
}

// DeclineClaim says no, with words that the customer reads.
func DeclineClaim(ctx context.Context, tx *db.Tx, s id.Store, name id.Claim, words string, actor Actor) error {
	words, err := saidWords(words, "Please tell the customer why.")
	if err != nil {
		return err
	}
	return changeClaim(ctx, tx, s, name, func(o order.Order, c *claim.Claim) error {
		return stepClaim(ctx, tx, o, c, claim.Decline, "claim.declined", actor, data{"words": words})
	})
}

// AppealClaim is the customer who does not take no for an answer; a person looks again. Units
// that another claim holds by now cannot be claimed twice.
func AppealClaim(ctx context.Context, tx *db.Tx, s id.Store, name id.Claim, words string, actor Actor) error {
	words, err := saidWords(words, "Please say what was overlooked.")
	if err != nil {
		return err
	}
	return changeClaim(ctx, tx, s, name, func(o order.Order, c *claim.Claim) error {
		if err := stillFree(ctx, tx, o, c); err != nil {
			return err
		}
		return stepClaim(ctx, tx, o, c, claim.Appeal, "claim.appealed", actor, data{"words": words})
	})
}

// stillFree refuses to wake a claim whose units another one holds.
func stillFree(ctx context.Context, tx *db.Tx, o order.Order, c *claim.Claim) error {
	if c.Holds() {
		return nil
	}
	lines, held, err := claimed(ctx, tx, o)
	if err != nil {
		return err
	}
	units, err := claim.Units(ctx, tx, o.StoreID, c.ClaimID)
	if err != nil {
		return err
	}
	for _, u := range rangesOf(units) {
		for _, l := range lines {
			if l.LineID == u.Line && u.First+u.Units-1 > l.Left() {
				return refuse("units", "Some of its articles are cancelled.")
			}
		}
		for _, h := range held {
			if h.Line == u.Line && h.First < u.First+u.Units && u.First < h.First+h.Units {
				return refuse("units", "Some of its articles are in another claim.")
			}
		}
	}
	return nil
}

// WithdrawClaim is the customer who wants nothing any more.
func WithdrawClaim(ctx context.Context, tx *db.Tx, s id.Store, name id.Claim, actor Actor) error {
	return changeClaim(ctx, tx, s, name, func(o order.Order, c *claim.Claim) error {
		if c.State == claim.Returning {
			c.Trouble = "" // nobody waits for the parcel any more
		}
		return stepClaim(ctx, tx, o, c, claim.Withdraw, "claim.withdrawn", actor, nil)
	})
}

// ReopenClaim brings a claim back to people's eyes: it failed, ran out, was withdrawn, or was
// settled too early. Money that went back for it stays back, and what was sent once more for it
// is not sent again: what is wrong with that is another claim.
func ReopenClaim(ctx context.Context, tx *db.Tx, s id.Store, name id.Claim, actor Actor) error {
	return changeClaim(ctx, tx, s, name, func(o order.Order, c *claim.Claim) error {
		if err := notPaidBefore(ctx, tx, *c); err != nil {
			return err
		}
		if err := stillFree(ctx, tx, o, c); err != nil {
			return err
		}
		c.Outcome, c.AmountMinor, c.RefundID, c.PurchaseID, c.Trouble = "", 0, "", "", ""
		return stepClaim(ctx, tx, o, c, claim.Reopen, "claim.reopened", actor, nil)
	})
}

// RunOutClaims ends claims whose customer neither answered nor sent anything back in time,
// exchanges whose difference was not paid, and demands on suppliers whose window is over. It says
// how many there were. People are told of demands, ours and banks', whose day is near.
func RunOutClaims(ctx context.Context, tx *db.Tx, s id.Store) (int, error) {
	list, err := claim.Overdue(ctx, tx, s, tx.Now, overdueAtOnce)
	if err != nil {
		return 0, err
	}
	for _, row := range list {
		err := changeClaim(ctx, tx, s, row.ClaimID, func(o order.Order, c *claim.Claim) error {
			if c.DueAt == 0 || c.DueAt >= tx.Now {
				return nil
			}
			if c.State == claim.Returning && c.ReturnNumber != "" {
				return missReturn(ctx, tx, o, c)
			}
			return stepClaim(ctx, tx, o, c, claim.LapseClaim, "claim.run-out", System, nil)
		})
		if err != nil {
			return 0, err
		}
	}
	lapsed, err := lapseDisputes(ctx, tx, s)
	if err != nil {
		return 0, err
	}
	ended, err := lapseExchanges(ctx, tx, s)
	if err != nil {
		return 0, err
	}
	return len(list) + lapsed + ended, NoticeDueChargebacks(ctx, tx, s)
}
