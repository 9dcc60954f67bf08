package flow

import (
	"context"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
)

// tellClaim writes to the customer about a claim; each event is told once.
func tellClaim(ctx context.Context, tx *db.Tx, e event.Event, kind string) error {
	var said struct {
		Words string `json:"words"`
	}
	if err := e.Decode(&said); err != nil {
		return err
	}
	return tell(ctx, tx, e, kind, string(e.EventID), About{Claim: id.Claim(e.Subject), Words: said.Words})
}

// tellClaimOpened says that a claim has come in, unless the rules have approved it already:
// then that is told.
func tellClaimOpened(ctx context.Context, tx *db.Tx, e event.Event) error {
	c, err := claim.Get(ctx, tx, e.StoreID, id.Claim(e.Subject))
	if err != nil || c.State != claim.Opened {
		return err
	}
	return tell(ctx, tx, e, MailClaimOpened, string(e.EventID), About{Claim: c.ClaimID})
}

func tellClaimAsked(ctx context.Context, tx *db.Tx, e event.Event) error {
	return tellClaim(ctx, tx, e, MailClaimAsked)
}

// tellClaimApproved says what the customer gets; of an exchange only what is to be sent back:
// the rest is told when it comes to that.
func tellClaimApproved(ctx context.Context, tx *db.Tx, e event.Event) error {
	if told, err := exchangeTells(ctx, tx, e); err != nil || told {
		return err
	}
	return tellClaim(ctx, tx, e, MailClaimApproved)
}

// tellClaimReceived says that goods came back, before somebody looks at them.
func tellClaimReceived(ctx context.Context, tx *db.Tx, e event.Event) error {
	return tellClaim(ctx, tx, e, MailClaimReturned)
}

// tellClaimPassed says what is paid for goods that came back, and why not all of it, if so.
func tellClaimPassed(ctx context.Context, tx *db.Tx, e event.Event) error {
	if told, err := exchangeTells(ctx, tx, e); err != nil || told {
		return err
	}
	return tellClaim(ctx, tx, e, MailClaimApproved)
}

func tellClaimDeclined(ctx context.Context, tx *db.Tx, e event.Event) error {
	return tellClaim(ctx, tx, e, MailClaimDeclined)
}

// tellClaimAppealed says that a person looks again.
func tellClaimAppealed(ctx context.Context, tx *db.Tx, e event.Event) error {
	return tell(ctx, tx, e, MailClaimAppealed, string(e.EventID), About{Claim: id.Claim(e.Subject)})
}

// tellClaimWithdrawn confirms what the customer did, in case it was not they.
func tellClaimWithdrawn(ctx context.Context, tx *db.Tx, e event.Event) error {
	return tell(ctx, tx, e, MailClaimEnded, string(e.EventID), About{Claim: id.Claim(e.Subject)})
}

func tellClaimRunOut(ctx context.Context, tx *db.Tx, e event.Event) error {
	return tellClaim(ctx, tx, e, MailClaimRunOut)
}

// newestClaim is the last claim about an order; empty where there is none.
func newestClaim(ctx context.Context, tx *db.Tx, s id.Store, o id.Order) (id.Claim, error) {
	list, err := claim.OfOrder(ctx, tx, s, o)
	if err != nil || len(list) == 0 {
		return "", err
	}
	return list[len(list)-1].ClaimID, nil
}
