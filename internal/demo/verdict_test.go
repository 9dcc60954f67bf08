package demo

import (
	"testing"

	"doorstep/internal/clock"
	"doorstep/internal/id"
	"doorstep/internal/report"
	"doorstep/money"
)

// bought is an order over 20 EUR of two mugs, bought with one purchase and delivered.
func bought() report.Document {
	eur := func(minor int64) money.Amount { return money.New(minor, "EUR") }
	var d report.Document
	d.Number, d.Goods, d.PaidAt = 1001, "delivered", clock.Time(1_000_000)
	d.Lines = []report.Line{{Line: 1, SKU: "MUG", Quantity: 2}}
	d.Payments = []report.Payment{{ID: id.Payment("pa_1"), Captured: eur(2000)}}
	d.Ledger = []report.Entry{
		{Kind: "sale", Debit: "customer", Credit: "sales", Amount: eur(2000)},
		{Kind: "capture", Debit: "cash", Credit: "customer", Amount: eur(2000)},
		{Kind: "fee", Debit: "fees", Credit: "cash", Amount: eur(55)},
	}
	d.Purchases = []report.Purchase{{Number: "1001-1", Key: "K1", State: "shipped", AcceptedAt: clock.Time(1_250_000),
		Lines: []report.PurchaseLine{{OrderLine: 1, SKU: "m", Quantity: 2}}}}
	return d
}

func honest() Books {
	return Books{
		Copies: map[string]int{"K1": 1}, Units: map[string]map[string]int64{"K1": {"m": 2}},
		Captured: map[string]Captured{"pa-1": {Taken: 2000, Fee: 55}}, Mails: map[string]int{"ann@shopper.example": 4},
	}
}

func TestVerdictOfAnHonestRun(t *testing.T) {
	t.Parallel()
	r := Judge([]report.Document{bought()}, honest())
	want := Report{Orders: 1, Delivered: 1, Purchases: 1, SupplierOrders: 1, MailsSent: 4, MoneyCaptured: 2000,
		LedgerBalanced: true, PaidToAccepted: Percentiles{250, 250, 250}}
	if len(r.Problems) > 0 {
		t.Errorf("problems: %v", r.Problems)
	}
	r.Problems = nil
	if r.Orders != want.Orders || r.Delivered != want.Delivered || r.Purchases != want.Purchases || r.SupplierOrders != want.SupplierOrders ||
		r.MailsSent != want.MailsSent || r.MoneyCaptured != want.MoneyCaptured || r.LedgerBalanced != want.LedgerBalanced || r.PaidToAccepted != want.PaidToAccepted {
		t.Errorf("verdict = %+v", r)
	}
}

func TestVerdictFindsWhatWentWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil           func(*report.Document, *Books)
		duplicate, lost bool
		unbalanced      bool
	}{
		"ordered twice under one key":     {func(_ *report.Document, b *Books) { b.Copies["K1"] = 2 }, true, false, false},
		"more units than were bought":     {func(_ *report.Document, b *Books) { b.Units["K1"]["m"] = 4 }, true, false, false},
		"an order that we know not of":    {func(_ *report.Document, b *Books) { b.Copies["K9"], b.Units["K9"] = 1, map[string]int64{"m": 2} }, true, false, false},
		"never arrived":                   {func(_ *report.Document, b *Books) { delete(b.Copies, "K1"); delete(b.Units, "K1") }, false, true, false},
		"bought though nobody paid":       {func(d *report.Document, _ *Books) { d.PaidAt = 0 }, true, false, false},
		"charged twice":                   {func(_ *report.Document, b *Books) { b.Captured["pa-1"] = Captured{Taken: 4000} }, false, false, true},
		"charged for a payment unknown":   {func(_ *report.Document, b *Books) { b.Captured["pa-9"] = Captured{Taken: 100} }, false, false, true},
		"sold and never paid":             {func(d *report.Document, b *Books) { d.Ledger = d.Ledger[:1]; b.Captured = nil }, false, false, true},
		"a mail counts for all its lines": {func(_ *report.Document, b *Books) { b.Units["K1"] = nil }, false, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, b := bought(), honest()
			c.spoil(&d, &b)
			r := Judge([]report.Document{d}, b)
			if (r.Duplicates > 0) != c.duplicate || (r.Lost > 0) != c.lost || r.LedgerBalanced == c.unbalanced {
				t.Errorf("duplicates %d, lost %d, balanced %v: %v", r.Duplicates, r.Lost, r.LedgerBalanced, r.Problems)
			}
		})
	}
}
