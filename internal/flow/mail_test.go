package flow_test

import (
	"context"
	"testing"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
)

func (s *shop) mailToSend(m id.Mail) (call *flow.MailCall) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) (err error) {
		call, err = flow.MailToSend(ctx, tx, s.store, m)
		return err
	})
	return call
}

func (s *shop) endMail(m id.Mail, out flow.Outcome, wantAgain bool) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error {
		again, err := flow.EndMail(ctx, tx, s.store, m, out, "Your order")
		if again != wantAgain {
			s.t.Errorf("after %s again is %v", out.Kind, again)
		}
		return err
	})
}

func TestAMailIsSentOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		outs []string
		want string
	}{
		"sent":                    {[]string{flow.Done}, "sent"},
		"later":                   {[]string{flow.NotSent, flow.Unauthorised, flow.NotSent, flow.Done}, "sent"},
		"refused":                 {[]string{flow.RejectedCall}, "failed"},
		"the answer was lost":     {[]string{flow.Lost}, "uncertain"},
		"the sender died halfway": {nil, "uncertain"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, "", func(s *shop) {
				s.bought(1, 0)
				m := s.tasks("mail.send")[0].payload.Mail
				for _, kind := range c.outs {
					call := s.mailToSend(m)
					if call == nil || call.Mail.Kind != flow.MailConfirmed || len(call.Lines) != 1 || call.Mail.Recipient != "ann1@shop.example" {
						s.t.Fatalf("%+v", call)
					}
					s.endMail(m, flow.Outcome{Kind: kind, Words: "w"}, kind == flow.NotSent || kind == flow.Unauthorised)
				}
				if c.outs == nil && s.mailToSend(m) == nil {
					s.t.Error("nothing was to be sent")
				}
				if call := s.mailToSend(m); call != nil {
					s.t.Error("it is sent again")
				}
				s.endMail(m, flow.Outcome{Kind: flow.Done}, false)
				if got := s.column("SELECT state FROM mails"); got != c.want {
					s.t.Errorf("the mail is %s, want %s", got, c.want)
				}
			})
		})
	}
}

// A mail about a parcel carries the parcel and what is in it.
func TestWhatAMailIsWrittenFrom(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		o := s.bought(2, 1).Order.OrderID
		s.acknowledged()
		p := s.purchases(o)[0]
		late := clock.Of(s.start().Add(9 * 24 * time.Hour))
		for range 2 {
			s.says(p, flow.SupplierSaid{State: "accepted", Expect: late})
		}
		s.says(p, parcel("P1", flow.PackedSaid{SKU: "Ali-mug", Quantity: 2}))
		s.says(p, parcel("P2"))
		s.give(o, 100)
		s.refunded()
		s.mails(o, "delayed order-confirmed refunded shipped shipped")
		seen := map[string]int{}
		for _, t := range s.tasks("mail.send") {
			call := s.mailToSend(t.payload.Mail)
			seen[call.Mail.Kind]++
			switch call.Mail.Kind {
			case flow.MailShipped:
				if call.Shipment == nil || len(call.ShipmentLines) != 1 || len(call.Shipments) != 2 {
					s.t.Errorf("shipped: %+v", call)
				}
			case flow.MailRefunded:
				if call.Refund == nil || call.Refund.AmountMinor != 100 {
					s.t.Errorf("refunded: %+v", call.Refund)
				}
			case flow.MailDelayed:
				if call.Purchase == nil || call.Purchase.ExpectAt != late {
					s.t.Errorf("delayed: %+v", call.Purchase)
				}
			}
		}
		if seen[flow.MailShipped] != 2 {
			s.t.Errorf("%v", seen)
		}
	})
}
