package doorstep

import (
	"context"
	"strings"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/store"
	"doorstep/internal/web/dashboard"
)

// WelcomeLink is where the first owner of the store makes an account, at the store's own
// address, or at base where it has none yet; empty when somebody owns the store. It follows
// from the key: every node says the same.
func (p *Program) WelcomeLink(ctx context.Context, base string) (link string, err error) {
	err = p.DB.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		all, err := account.AllStaff(ctx, tx, p.Store.StoreID)
		if err != nil || len(all) > 0 {
			return err
		}
		set, err := store.LoadSettings(ctx, tx, p.Store.StoreID)
		if err != nil {
			return err
		}
		if set.PublicURL != "" {
			base = set.PublicURL
		}
		link = strings.TrimRight(base, "/") + dashboard.Prefix + "/welcome?token=" + flow.WelcomeToken(p.Seal, p.Store.StoreID)
		return nil
	})
	return link, err
}
