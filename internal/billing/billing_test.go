package billing_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"doorstep/internal/billing"
	"doorstep/money"
)

func eur(minor int64) money.Amount { return money.New(minor, "EUR") }

func TestJudge(t *testing.T) {
	t.Parallel()
	live := billing.Bought{Number: "1001-1", Live: true, Booked: eur(1000), Here: eur(1000)}
	with := func(change func(*billing.Bought)) billing.Bought {
		b := live
		change(&b)
		return b
	}
	for name, c := range map[string]struct {
		b    billing.Bought
		t    billing.Tolerance
		want billing.State
	}{
		"agrees":                    {live, billing.Tolerance{}, billing.Matched},
		"a cent more":               {with(func(b *billing.Bought) { b.Here = eur(1001) }), billing.Tolerance{}, billing.Differs},
		"a cent more, foreign":      {with(func(b *billing.Bought) { b.Here, b.Foreign = eur(1001), true }), billing.Tolerance{}, billing.Matched},
		"within one per cent":       {with(func(b *billing.Bought) { b.Here = eur(1010) }), billing.Tolerance{Points: 100}, billing.Matched},
		"beyond one per cent":       {with(func(b *billing.Bought) { b.Here = eur(1011) }), billing.Tolerance{Points: 100}, billing.Differs},
		"within a sum":              {with(func(b *billing.Bought) { b.Here = eur(950) }), billing.Tolerance{Minor: 50}, billing.Matched},
		"below a sum":               {with(func(b *billing.Bought) { b.Here = eur(949) }), billing.Tolerance{Minor: 50}, billing.Differs},
		"twice":                     {with(func(b *billing.Bought) { b.Before = "march, row 1" }), billing.Tolerance{Minor: 5000}, billing.Duplicate},
		"never bought":              {with(func(b *billing.Bought) { b.Live = false }), billing.Tolerance{Minor: 5000}, billing.Differs},
		"a credit that nobody asks": {with(func(b *billing.Bought) { b.Here = eur(-100) }), billing.Tolerance{}, billing.Differs},
		"a credit of a cancelled":   {with(func(b *billing.Bought) { b.Here, b.Live, b.Returned = eur(-1000), false, 1000 }), billing.Tolerance{}, billing.Matched},
	} {
		if v := billing.Judge(c.b, c.t); v.State != c.want || v.State != billing.Matched && v.Reason == "" {
			t.Errorf("%s: %+v, want %s", name, v, c.want)
		}
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"English": "Order ID,Type,Total,Currency\nA-1,Order,\"1,234.50\",USD\nA-2,Refund,5.00,USD\n,Order,1.00,USD\nA-3,Order,zero,USD\nA-4,Order,(2.50),USD\n",
		"German":  "Order ID;Art;Betrag;Währung\nA-1;Bestellung;1.234,50;USD\nA-2;Gutschrift;5,00;USD\n;x;1,00;USD\nA-3;x;null;USD\nA-4;x;-2,50;USD\n",
		"latin 1": "Order ID;Art;Betrag;W\xe4hrung\nA-1;Bestellung;1.234,50;USD\nA-2;Gutschrift;5,00;USD\n;x;1,00;USD\nA-3;x;null;USD\nA-4;x;-2,50;USD\n",
		"tabs":    "\xEF\xBB\xBFOrder ID\tType\tTotal\tCurrency\nA-1\tOrder\t1234.50\tUSD\nA-2\tRefund\t5.00\tUSD\n\tOrder\t1\tUSD\nA-3\tOrder\tx\tUSD\nA-4\tOrder\t-2.50\tUSD\n",
	}
	for name, text := range files {
		table, err := billing.Open([]byte(text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		m := billing.Guess(table.Header, nil)
		if !m.Enough() {
			t.Fatalf("%s: %v of %v", name, m, table.Header)
		}
		rows, problems := billing.Read(table, m, "EUR")
		got := ""
		for _, r := range rows {
			got += fmt.Sprintf("%d %s %s; ", r.No, r.Ref, r.Amount)
		}
		if got != "1 A-1 1234.50 USD; 2 A-2 -5.00 USD; 5 A-4 -2.50 USD; " || len(problems) != 2 || problems[0].Row != 3 || problems[1].Row != 4 {
			t.Errorf("%s: %s problems %v", name, got, problems)
		}
	}
}

func TestArticlesOfOneOrderAreAddedUp(t *testing.T) {
	t.Parallel()
	table, err := billing.Open([]byte("Order ID,SKU,Goods,Freight\nA-1,x,1.00,0.50\nA-1,y,2.00,\nA-2,x,1.00,\n"))
	if err != nil {
		t.Fatal(err)
	}
	rows, problems := billing.Read(table, billing.Guess(table.Header, nil), "USD")
	if len(problems) != 0 || len(rows) != 2 || rows[0].Amount.Minor != 350 || rows[0].Rows != 2 {
		t.Errorf("%+v %v", rows, problems)
	}
}

func TestWorkbook(t *testing.T) {
	t.Parallel()
	f := excelize.NewFile()
	for i, row := range [][]any{{"Tracking", "Amount"}, {"LX1", 12.5}, {"LX2", "3.99"}} {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	table, err := billing.Open(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	rows, problems := billing.Read(table, billing.Guess(table.Header, nil), "USD")
	if len(problems) != 0 || len(rows) != 2 || rows[0].Amount.Minor != 1250 || rows[1].Tracking != "LX2" {
		t.Errorf("%+v %v", rows, problems)
	}
}

func TestRememberedColumnsComeFirst(t *testing.T) {
	t.Parallel()
	m := billing.Guess([]string{"Total", "Paid", "Order ID"}, billing.Mapping{billing.ColAmount: "Paid"})
	if m[billing.ColAmount] != "Paid" || m[billing.ColRef] != "Order ID" {
		t.Errorf("%v", m)
	}
}

func TestFilesThatAreNone(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{"", "Order,Total\n", "\x00\x01\x02", "PK\x03\x04nothing"} {
		if _, err := billing.Open([]byte(raw)); err == nil {
			t.Errorf("%q was read", raw)
		}
	}
	if _, err := billing.Open([]byte("a,b\n" + strings.Repeat("1,2\n", billing.MostRows+1))); !errors.Is(err, billing.ErrLarge) {
		t.Errorf("too many rows: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("Order ID,Total\nA-1,12.50\n"), "USD")
	f.Add([]byte("Order ID;Betrag\nA-1;(1.234,50)\n"), "JPY")
	f.Fuzz(func(t *testing.T, raw []byte, currency string) {
		table, err := billing.Open(raw)
		if err != nil {
			return
		}
		rows, problems := billing.Read(table, billing.Guess(table.Header, nil), money.Currency(currency))
		if len(rows)+len(problems) > len(table.Rows) {
			t.Errorf("%d rows and %d problems of %d", len(rows), len(problems), len(table.Rows))
		}
		for _, r := range rows {
			if r.Amount.Minor == 0 || !r.Amount.Currency.Valid() || r.Ref+r.OurRef+r.Tracking == "" {
				t.Errorf("%+v", r)
			}
		}
	})
}
