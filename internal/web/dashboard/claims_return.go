package dashboard

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/photo"
	"doorstep/internal/report"
	"doorstep/money"
)

// labelPath takes a picture: its form may be larger.
const labelPath = "/claims/{claim}/label"

// setLabel gives the customer a label for the way back.
func (d *Dashboard) setLabel(v *visit) error {
	picture, wrong, err := labelOf(v)
	if err != nil {
		return err
	}
	return d.onClaim(v, "Done; the customer sees it on the claim's page.", func(ctx context.Context, tx *db.Tx, c id.Claim) error {
		if wrong != nil {
			return wrong
		}
		return flow.SetLabel(ctx, tx, v.store, c, v.form("link"), picture, v.actor())
	})
}

// labelOf is the picture of a label that a form brings; nil where it brings none. wrong is why
// one cannot be taken.
func labelOf(v *visit) (picture *claim.Photo, wrong *flow.Refusal, err error) {
	if err := v.r.ParseMultipartForm(1 << 20); err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return nil, tooLarge(), nil
		}
		if errors.Is(err, http.ErrNotMultipart) {
			return nil, nil, nil
		}
		return nil, nil, fmt.Errorf("label: %w", err)
	}
	defer func() { _ = v.r.MultipartForm.RemoveAll() }() // what is left on disk goes with its folder
	file, head, err := v.r.FormFile("label")
	if errors.Is(err, http.ErrMissingFile) || err == nil && head.Size == 0 {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("label: %w", err)
	}
	defer func() { _ = file.Close() }() // it was read only
	raw, err := io.ReadAll(io.LimitReader(file, photo.MostBytes+1))
	if err != nil {
		return nil, nil, fmt.Errorf("label: %w", err)
	}
	made, err := photo.Read(raw)
	switch {
	case errors.Is(err, photo.ErrSize):
		return nil, tooLarge(), nil
	case errors.Is(err, photo.ErrFormat):
		return nil, &flow.Refusal{Code: "format", Field: "label", Words: "A label is a picture: JPEG, PNG or WebP. Of a PDF please give the address, or a picture of its page."}, nil
	}
	return &made, nil, err
}

func tooLarge() *flow.Refusal {
	return &flow.Refusal{Code: "size", Field: "label", Words: "The picture is too large: at most 8 MB."}
}

// payReceipt pays what sending goods back cost.
func (d *Dashboard) payReceipt(v *visit) error {
	return d.onClaim(v, "Paid; the customer is told.", func(ctx context.Context, tx *db.Tx, c id.Claim) error {
		view, err := flow.LookAtClaim(ctx, tx, v.store, c)
		if err != nil {
			return err
		}
		a, err := money.Parse(v.form("amount"), view.Order.Currency)
		if err != nil {
			return &flow.Refusal{Code: "amount", Field: "amount", Words: "Please write the amount as 12.90."}
		}
		return flow.PayReceipt(ctx, tx, v.store, c, a.Minor, v.actor())
	})
}

// refuseReceipt tells the customer why a receipt is not paid.
func (d *Dashboard) refuseReceipt(v *visit) error {
	return d.onClaim(v, "The customer gets your words.", func(ctx context.Context, tx *db.Tx, c id.Claim) error {
		return flow.RefuseReceipt(ctx, tx, v.store, c, v.form("words"), v.actor())
	})
}

// payable is what the form for a receipt suggests: what it says, up to the limit.
func (p claimDoc) payable() money.Amount {
	return money.New(min(p.Return.AskedMinor, p.Case.Rules.MostFreight()), p.Order.Currency)
}

// wayBack is the parcel in which the goods come back, as parcels are drawn.
func (p claimDoc) wayBack() report.Shipment {
	s := report.Shipment{State: string(p.Back.State)}
	for _, e := range p.Scans {
		s.Events = append(s.Events, report.Tracking{At: e.At, Kind: e.Kind, Words: e.Words, Location: e.Location, Country: e.Country})
	}
	return s
}
