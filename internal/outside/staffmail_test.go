package outside_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/flow"
)

// TestStaffGetTheirLinks: the link of the mail that arrives opens, the password it sets is
// told of, and a link that was replaced while its mail waited is not sent.
func TestStaffGetTheirLinks(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		h.set("url", "https://shop.example")
		h.update(func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.InviteStaff(ctx, tx, h.store, "bob@example.com", "Bob", account.Support, flow.System)
			return err
		})
		h.update(func(ctx context.Context, tx *db.Tx) error {
			who, err := account.StaffByEmail(ctx, tx, h.store, "bob@example.com")
			if err != nil {
				return err
			}
			return flow.InviteAgain(ctx, tx, h.store, who.StaffID, flow.System)
		})
		h.later(time.Minute, time.Minute)
		got := h.mail.To("bob@example.com")
		if len(got) != 1 || !strings.Contains(got[0].Subject, "Your account at") {
			h.t.Fatalf("%d mails", len(got))
		}
		link := regexp.MustCompile(`https://shop\.example/admin/password\?token=([\w-]+)`).FindStringSubmatch(got[0].Text)
		if len(link) != 2 || !strings.Contains(got[0].HTML, link[1]) {
			h.t.Fatalf("no link: %s", got[0].Text)
		}
		h.update(func(ctx context.Context, tx *db.Tx) error {
			who, err := flow.PasswordByLink(ctx, tx, h.store, link[1], "hash")
			if err == nil && who.Email != "bob@example.com" {
				h.t.Errorf("the link is %s's", who.Email)
			}
			return err
		})
		h.later(time.Minute, time.Minute)
		if got = h.mail.To("bob@example.com"); len(got) != 2 || !strings.Contains(got[1].Text, "Your password was changed") {
			h.t.Errorf("%d mails", len(got))
		}
		h.update(func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.AskReset(ctx, tx, h.store, "Bob@example.com", "192.0.2.1")
			return err
		})
		h.later(time.Minute, time.Minute)
		if got = h.mail.To("bob@example.com"); len(got) != 3 || !strings.Contains(got[2].Text, "30 minutes") {
			h.t.Errorf("%d mails", len(got))
		}
	})
}
