package outside_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"doorstep/connector"
	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/inventory"
	"doorstep/internal/purchase"
	"doorstep/internal/smtptest"
	"doorstep/money"
)

func TestMailIsSentOnceOrCounted(t *testing.T) {
	t.Parallel()
	for fault, want := range map[smtptest.Fault]struct {
		arrived int
		state   string
	}{
		smtptest.DeferRecipient:  {1, "sent"},
		smtptest.DropBefore:      {1, "sent"},
		smtptest.DeferMessage:    {1, "sent"},
		smtptest.DropAfter:       {1, "uncertain"},
		smtptest.RefuseRecipient: {0, "failed"},
	} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			each(t, func(h *house) {
				h.mail.Once(fault, "ann@example.com")
				h.paid(1)
				h.later(30*time.Second, 30*time.Second) // still in the hold window
				h.later(20*time.Minute, 5*time.Minute)
				confirmed := 0
				for _, subject := range h.mails() {
					if strings.Contains(subject, "confirmed") {
						confirmed++
					}
				}
				if confirmed != want.arrived {
					h.t.Errorf("%d arrived: %q", confirmed, h.mails())
				}
				if state := h.mailState("order-confirmed"); state != want.state {
					h.t.Errorf("it is %s", state)
				}
			})
		})
	}
}

func (h *house) mailState(kind string) (state string) {
	h.t.Helper()
	h.update(func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRowContext(ctx, "SELECT state FROM mails WHERE kind = $1", kind).Scan(&state)
	})
	return state
}

func TestDyingWhileSendingAMailDoesNotSendItTwice(t *testing.T) {
	t.Parallel()
	for _, point := range []string{"mail.send/before-intent", "mail.send/after-intent", "mail.send/after-call", "mail.send/after-result"} {
		t.Run(strings.ReplaceAll(point, "/", " "), func(t *testing.T) {
			t.Parallel()
			each(t, func(h *house) {
				h.dieAt(point)
				h.paid(1)
				h.later(30*time.Second, 10*time.Second)
				state, n := h.mailState("order-confirmed"), len(h.mails())
				switch point {
				case "mail.send/after-intent":
					if n != 0 || state != "uncertain" {
						h.t.Errorf("%d mails, %s", n, state)
					}
				case "mail.send/after-call":
					if n != 1 || state != "uncertain" {
						h.t.Errorf("%d mails, %s", n, state)
					}
				default:
					if n != 1 || state != "sent" {
						h.t.Errorf("%d mails, %s", n, state)
					}
				}
			})
		})
	}
}

func TestMailsWaitForAServer(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		h.set("mail.smtp_url", "")
		h.paid(1)
		if len(h.mails()) > 0 || h.waiting("mail.send") != 1 {
			h.t.Errorf("mails %q, waiting %d", h.mails(), h.waiting("mail.send"))
		}
		h.set("mail.smtp_url", h.mail.URL())
		h.later(time.Minute, time.Minute)
		if len(h.mails()) == 0 {
			h.t.Error("none left when there was a server")
		}
	})
}

func TestSupplierWhoReadsMail(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		h.connect(connector.Supplier, "manual", "potter", "email", "potter@example.org")
		h.update(func(ctx context.Context, tx *db.Tx) error {
			sup, err := inventory.SupplierByName(ctx, tx, h.store, "potter")
			if err != nil {
				return err
			}
			sup.Freight = `[{"countries":["DE","AT"],"service":"post","name":"Post","cost":"3.50","currency":"EUR","min_days":2,"max_days":3},
				{"countries":["*"],"service":"post","name":"Post abroad","cost":"9.50","currency":"EUR","min_days":5,"max_days":9}]`
			if err := inventory.ChangeSupplier(ctx, tx, sup); err != nil {
				return err
			}
			if _, err := catalog.Put(ctx, tx, h.store, catalog.Draft{Handle: "bowl", Title: "Bowl", Status: catalog.Active,
				Variants: []catalog.DraftVariant{{SKU: "BOWL", Price: money.New(3990, "EUR"), RequiresShipping: true, Taxable: true}}}, false); err != nil {
				return err
			}
			found, err := catalog.BySKU(ctx, tx, h.store, "BOWL")
			if err != nil {
				return err
			}
			h.variant = found[0].VariantID
			_, _, err = inventory.PutOffer(ctx, tx, sup, inventory.Offer{VariantID: h.variant, SupplierSku: "B-1", CostMinor: 1200,
				Currency: "EUR", Quantity: 3, ShipFrom: "AT", Active: true})
			return err
		})
		placed := h.paid(1)
		if o := h.order(placed); o.ShippingMinor != 350 {
			h.t.Errorf("freight by the table: %d", o.ShippingMinor)
		}
		h.later(2*time.Minute, time.Minute)
		if p := h.purchases(placed)[0]; p.State != purchase.Submitted {
			h.t.Errorf("purchase: %s %s", p.State, p.Words)
		}
		if mails := h.mail.To("potter@example.org"); len(mails) != 1 || !strings.Contains(mails[0].Subject, h.purchases(placed)[0].Number) {
			h.t.Errorf("the potter got %d mails", len(mails))
		}
		h.must(h.out.Schedule(h.t.Context()))
		h.later(2*time.Hour, time.Hour)
		if list := h.stuck(); len(list) > 0 {
			h.t.Errorf("given up: %+v", list)
		}
	})
}
