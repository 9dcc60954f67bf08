package flow_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
)

func (s *shop) employs(name string, role account.Role) (who account.Staff) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) (err error) {
		who, err = account.AddStaff(ctx, tx, s.store, name+"@shop.example", name, role, "")
		return err
	})
	return who
}

// Whoever may see to claims is told what customers say: once in ten minutes, of all that waits
// then, and of nothing that somebody has seen to meanwhile.
func TestStaffAreToldOfClaims(t *testing.T) {
	t.Parallel()
	each(t, claimSettings+" mail.smtp_url=smtp://mail.example:587", func(s *shop) {
		s.employs("reader", account.Reader)
		s.employs("support", account.Support)
		gone := s.employs("gone", account.Manager)
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.ShutOut(ctx, tx, s.store, gone.StaffID, true, me)
		})
		p := s.bought(3, 0)
		s.delivered(p)
		s.later(72 * time.Hour)
		o := p.Order.OrderID
		c := s.claims(o, claim.Damaged, claim.Keep, 1)
		says := func(fn func(ctx context.Context, tx *db.Tx) error) { s.t.Helper(); s.do(fn) }
		for i := range 5 {
			says(func(ctx context.Context, tx *db.Tx) error {
				return flow.AskClaim(ctx, tx, s.store, c.ClaimID, "A photo?", me)
			})
			says(func(ctx context.Context, tx *db.Tx) error {
				return flow.AnswerClaim(ctx, tx, s.store, c.ClaimID, fmt.Sprint("No ", i), nil, "customer")
			})
		}
		s.claims(o, claim.WrongItem, claim.Keep, 1)
		const told = "SELECT recipient FROM mails WHERE kind = 'staff-claim' ORDER BY recipient"
		if got := s.column(told); got != "support@shop.example" {
			s.t.Errorf("told: %q", got)
		}
		if got := s.column("SELECT j.run_at > m.created_at FROM jobs j JOIN mails m ON j.key = 'mail/' || m.mail_id WHERE m.kind = 'staff-claim'"); got != "true" && got != "1" {
			s.t.Errorf("the mail does not wait for what else is said: %q", got)
		}
		s.later(10 * time.Minute)
		first := id.Mail(s.column("SELECT mail_id FROM mails WHERE kind = 'staff-claim'"))
		call := s.mailToSend(first)
		if call == nil || call.Staff == nil || len(call.Waiting) != 2 || call.Waiting[0].ClaimID != c.ClaimID {
			s.t.Fatalf("the mail tells of %+v", call)
		}
		says(func(ctx context.Context, tx *db.Tx) error {
			return flow.DeclineClaim(ctx, tx, s.store, c.ClaimID, "It looks whole.", me)
		})
		says(func(ctx context.Context, tx *db.Tx) error {
			return flow.AppealClaim(ctx, tx, s.store, c.ClaimID, "Look again.", "customer")
		})
		if got := s.column(told); got != "support@shop.example support@shop.example" {
			s.t.Errorf("after an objection: %q", got)
		}
		says(approve(s, c, claim.Keep))
		second := id.Mail(s.column("SELECT mail_id FROM mails WHERE kind = 'staff-claim' AND state = 'queued'"))
		if call := s.mailToSend(second); call != nil {
			s.t.Errorf("somebody has seen to it, and is told of %+v", call.Waiting)
		}
	})
}

// Nobody is told of what the rules approve by themselves, of what the staff write down for a
// customer, or where the store wants no such mails or cannot send any.
func TestStaffAreNotToldOfClaims(t *testing.T) {
	t.Parallel()
	const server = " mail.smtp_url=smtp://mail.example:587"
	for name, c := range map[string]struct {
		settings string
		kind     claim.Kind
		wish     claim.Outcome
		by       flow.Actor
		want     string
	}{
		"told":          {server, claim.Damaged, claim.Keep, "customer", "support@shop.example"},
		"approved":      {server, claim.NoLongerWanted, claim.Return, "customer", ""},
		"by the staff":  {server, claim.Damaged, claim.Keep, me, ""},
		"not wanted":    {server + " claim.tell_staff=false", claim.Damaged, claim.Keep, "customer", ""},
		"no server set": {"", claim.Damaged, claim.Keep, "customer", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, claimSettings+c.settings, func(s *shop) {
				s.employs("support", account.Support)
				p := s.bought(1, 0)
				s.delivered(p)
				s.later(72 * time.Hour)
				s.do(func(ctx context.Context, tx *db.Tx) error {
					_, err := flow.OpenClaim(ctx, tx, s.store, p.Order.OrderID, flow.ClaimSaid{Kind: c.kind, Wish: c.wish, Units: map[int64]int64{1: 1}, Actor: c.by})
					return err
				})
				if got := s.column("SELECT recipient FROM mails WHERE kind = 'staff-claim'"); got != c.want {
					s.t.Errorf("told: %q, want %q", got, c.want)
				}
			})
		})
	}
}
