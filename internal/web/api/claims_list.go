package api

import (
	"context"

	"doorstep/internal/claim"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/report"
)

type claimsQuery struct {
	State string `query:"state" enum:"opened,waiting,returning,inspecting,settling,settled,failed,declined,withdrawn,run-out,over"`
	Live  bool   `query:"live" doc:"Only those that are not over; with a state it says nothing"`
	Order string `query:"order" doc:"Only those of this order: its number or id"`
	After string `query:"after" doc:"next of the page before"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// Claims is a page of customers' claims.
type Claims struct {
	Claims []claimItem `json:"claims"`
	Next   string      `json:"next,omitempty" doc:"after of the next page; missing on the last one"`
}

// claimItem is a claim in a list.
type claimItem struct {
	ID       id.Claim    `json:"id"`
	Number   string      `json:"number"`
	Order    id.Order    `json:"order"`
	Customer string      `json:"customer,omitempty" doc:"Their name"`
	Email    string      `json:"email"`
	State    claim.State `json:"state"`
	Kind     claim.Kind  `json:"kind"`
	Words    string      `json:"words,omitempty" doc:"The customer's"`
	Trouble  string      `json:"trouble,omitempty" doc:"Why somebody must see to it"`
	Due      clock.Time  `json:"due" doc:"The end of the customer's turn; null: it is not their turn"`
	Created  clock.Time  `json:"created_at"`
}

func (a *API) adminClaims(ctx context.Context, c *call, in *claimsQuery) (page Claims, err error) {
	err = a.db.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		f := report.ClaimFilter{State: in.State, Live: in.Live}
		if in.Order != "" {
			if f.Order, err = report.FindOrder(ctx, tx, c.store, in.Order); err != nil {
				return err
			}
		}
		rows, next, err := report.Claims(ctx, tx, c.store, f, in.After, in.Limit)
		page = Claims{Claims: make([]claimItem, 0, len(rows)), Next: next}
		for _, r := range rows {
			page.Claims = append(page.Claims, claimItem{ID: r.ID, Number: r.Number, Order: r.Order, Customer: r.Customer, Email: r.Email,
				State: claim.State(r.State), Kind: claim.Kind(r.Kind), Words: r.Words, Trouble: r.Trouble, Due: r.DueAt, Created: r.CreatedAt})
		}
		return err
	})
	return page, err
}
