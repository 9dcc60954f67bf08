package api

import (
	"context"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/report"
)

// inquiryBody is a question to a supplier before it leaves.
type inquiryBody struct {
	Program bool   `json:"by_program" doc:"The supplier can be asked now, without a mail"`
	Email   string `json:"email" doc:"Where a mail would go; empty: it is not known"`
	Subject string `json:"subject"`
	Text    string `json:"text" doc:"What is suggested"`
}

func (a *API) getInquiry(ctx context.Context, c *call, in *PurchasePath) (inquiryBody, error) {
	var q flow.Inquiry
	err := a.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		q, err = flow.InquiryOf(ctx, tx, c.store, in.Purchase)
		return err
	})
	if err != nil {
		return inquiryBody{}, err
	}
	return inquiryBody{Program: a.outside.MayAsk(ctx, q.Purchase), Email: q.Email, Subject: q.Subject, Text: q.Text}, nil
}

func (a *API) askSupplier(ctx context.Context, c *call, in *PurchasePath) (report.Document, error) {
	if _, err := a.outside.AskSupplier(ctx, c.store, in.Purchase, c.actor()); err != nil {
		return report.Document{}, err
	}
	return a.onPurchase(ctx, c, in.Purchase, func(context.Context, *db.Tx) error { return nil })
}

// InquiryMail is a question to a supplier, as it is to be sent.
type InquiryMail struct {
	PurchasePath
	Body struct {
		Words string `json:"words" minLength:"1" maxLength:"4000"`
	}
}

func (a *API) mailSupplier(ctx context.Context, c *call, in *InquiryMail) (report.Document, error) {
	return a.onPurchase(ctx, c, in.Purchase, func(ctx context.Context, tx *db.Tx) error {
		return flow.InquireByMail(ctx, tx, c.store, in.Purchase, in.Body.Words, c.actor())
	})
}
