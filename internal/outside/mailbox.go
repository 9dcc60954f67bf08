package outside

import (
	"context"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/job"
	"doorstep/internal/mail"
	talk "doorstep/internal/message"
	"doorstep/internal/photo"
	"doorstep/internal/store"
)

const (
	mailboxEvery = time.Minute
	// mailboxPatience is how long a look into a mailbox may take: less than a job's lease.
	mailboxPatience = 45 * time.Second
	// keepArrivals is how long a mail that was taken in is known again.
	keepArrivals = 400 * 24 * time.Hour
)

// mailboxJob is where the reading of a mailbox goes on: nothing, the folder's mark is stored.
type mailboxJob struct{}

// tickMessages looks after conversations, and has the mailbox read where there is one.
func (o *Outside) tickMessages(ctx context.Context, j job.Job) error {
	return o.come(ctx, j, func(ctx context.Context, tx *db.Tx, j job.Job, _ tickJob) (time.Duration, error) {
		set, err := store.LoadSettings(ctx, tx, j.Store)
		if err != nil {
			return 0, err
		}
		if _, err := flow.LookAfterMessages(ctx, tx, j.Store); err != nil {
			return 0, err
		}
		if err := talk.ForgetArrivals(ctx, tx, j.Store, tx.Now.Add(-keepArrivals)); err != nil {
			return 0, err
		}
		if set.Messages.IMAP == "" {
			return mailboxEvery, talk.DropFolders(ctx, tx, j.Store)
		}
		err = job.Add(ctx, tx, job.New{Store: j.Store, Kind: "mailbox.pull", Key: "mailbox/" + string(j.Store), Lane: mailLane, Payload: mailboxJob{}})
		return mailboxEvery, err
	})
}

// pullMailbox reads what is new in the store's mailbox: job mailbox.pull. Each mail is stored
// in a transaction of its own together with the mark that it was read. A mailbox that cannot
// be read is trouble that people see; the next minute tries again.
func (o *Outside) pullMailbox(ctx context.Context, j job.Job) error {
	return o.steady(ctx, j, func(ctx context.Context, j job.Job) error {
		set, err := o.settings(ctx, j.Store)
		if err != nil || set.Messages.IMAP == "" {
			return o.finishAfter(ctx, j, err)
		}
		box, err := mail.NewMailbox(set.Messages.IMAP, nil)
		if err != nil {
			return o.mailboxTrouble(ctx, j, "the setting", err)
		}
		var at talk.MailFolder
		err = o.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			at, err = flow.MailboxAt(ctx, tx, j.Store, box.Name())
			return err
		})
		if err != nil {
			return err
		}
		o.crash(j, "before-call")
		within, cancel := context.WithTimeout(ctx, mailboxPatience)
		defer cancel()
		got, err := box.Fetch(within, mail.Mark{Validity: at.Validity, UID: at.LastUid, Day: at.CheckedAt.Std()}, talk.MostMail)
		o.crash(j, "after-call")
		if err != nil {
			return o.mailboxTrouble(ctx, j, box.Name(), err)
		}
		return o.storeFetched(ctx, j, at, got)
	})
}

func (o *Outside) finishAfter(ctx context.Context, j job.Job, err error) error {
	if err != nil {
		return err
	}
	return o.finish(ctx, j)
}

func (o *Outside) mailboxTrouble(ctx context.Context, j job.Job, name string, cause error) error {
	return o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := flow.MailboxTrouble(ctx, tx, j.Store, name, cause.Error()); err != nil {
			return err
		}
		return job.Finish(ctx, tx, j)
	})
}

// storeFetched stores the mails one by one, then where the next look begins.
func (o *Outside) storeFetched(ctx context.Context, j job.Job, at talk.MailFolder, got mail.Fetched) error {
	if at.Validity == got.Mark.Validity {
		for _, raw := range got.Mails {
			letter := talk.Read(raw.Body)
			photos := o.picturesOf(&letter)
			err := o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
				_, err := flow.HearFromMailbox(ctx, tx, o.box, at, raw.UID, letter, photos)
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		at.Validity, at.LastUid = got.Mark.Validity, got.Mark.UID
		if err := flow.MailboxStands(ctx, tx, at); err != nil {
			return err
		}
		if got.More {
			return job.Round(ctx, tx, j, tx.Now)
		}
		return job.Finish(ctx, tx, j)
	})
}

// picturesOf makes the photos of a mail anew; what is none is named among what was dropped.
func (o *Outside) picturesOf(l *talk.Letter) (list []photo.Photo) {
	for _, raw := range l.Pictures {
		p, err := photo.Read(raw)
		if err != nil {
			l.Dropped = append(l.Dropped, "picture")
			continue
		}
		list = append(list, p)
	}
	return list
}

// takeMail takes in a mail that somebody handed in.
func (o *Outside) takeMail(ctx context.Context, s id.Store, raw []byte) (fresh bool, err error) {
	letter := talk.Read(raw)
	photos := o.picturesOf(&letter)
	err = o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		fresh, err = flow.HearMail(ctx, tx, o.box, s, letter, photos)
		return err
	})
	return fresh, err
}

// TestMailbox signs in to the store's mailbox and opens its folder; nothing is read.
func (o *Outside) TestMailbox(ctx context.Context, s id.Store) error {
	set, err := o.settings(ctx, s)
	if err != nil {
		return err
	}
	box, err := mail.NewMailbox(set.Messages.IMAP, nil)
	if err != nil {
		return err
	}
	within, cancel := context.WithTimeout(ctx, mailboxPatience)
	defer cancel()
	return box.Check(within)
}
