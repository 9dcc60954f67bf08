package outside

import (
	"context"
	"fmt"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/job"
	"doorstep/internal/mail"
	"doorstep/internal/store"
)

// feedbackEvery is how often it is looked whom to ask what they think, and to offer something.
const feedbackEvery = time.Hour

// tickFeedback sends the requests and offers that are due, a handful in each transaction.
func (o *Outside) tickFeedback(ctx context.Context, j job.Job) error {
	for more := true; more; {
		err := o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			more, err = flow.FollowUp(ctx, tx, j.Store)
			return err
		})
		if err != nil {
			o.log.Error("customers could not be asked what they think", "error", err)
			break
		}
	}
	return o.come(ctx, j, func(context.Context, *db.Tx, job.Job, tickJob) (time.Duration, error) { return feedbackEvery, nil })
}

// unsubscribeURL is where the reader of a mail ends such mails; empty for mails about orders,
// which nobody can do without.
func (o *Outside) unsubscribeURL(set store.Settings, c *flow.MailCall) string {
	if c.Mail.Kind != flow.MailReview && c.Mail.Kind != flow.MailOffer || c.Order.CustomerID == "" {
		return ""
	}
	who, token := c.Order.CustomerID, flow.PreviewToken
	if isForCustomer(c) {
		token = flow.UnsubscribeToken(o.box, set.StoreID, who)
	}
	return fmt.Sprintf("%s/unsubscribe/%s?token=%s", o.baseOf(set), who, token)
}

// unpriced are the articles of the order that are kept, without what they cost.
func (l letterer) unpriced() []mail.Line {
	only := map[int64]int64{}
	for _, line := range l.c.Lines {
		only[line.LineID] = line.Left()
	}
	return l.lines(only)
}
