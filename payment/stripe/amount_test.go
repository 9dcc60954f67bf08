package stripe

import (
	"testing"

	"pgregory.net/rapid"

	"doorstep/connector"
	"doorstep/money"
)

// TestAmounts: as Stripe counts them.
func TestAmounts(t *testing.T) {
	t.Parallel()
	rows := []struct {
		minor    int64
		currency money.Currency
		want     int64 // 0 = refused
	}{
		{1299, "EUR", 1299}, {500, "JPY", 500}, {5120, "KWD", 5120}, {5124, "KWD", 0}, {1, "TND", 0},
		{5, "ISK", 500}, {5, "UGX", 500}, {500, "MGA", 5}, {501, "MGA", 0}, {1, "HUF", 1},
		{0, "EUR", 0}, {-5, "EUR", 0}, {1 << 62, "ISK", 0}, {1, "", 0},
	}
	for _, row := range rows {
		n, _, err := outgoing(money.New(row.minor, row.currency))
		if n != row.want || (err != nil) != (row.want == 0) {
			t.Errorf("%d %s: %d, %v; want %d", row.minor, row.currency, n, err, row.want)
		}
		if err != nil && connector.OutcomeOf(err) != connector.WasRejected {
			t.Errorf("%d %s: %v is no rejection", row.minor, row.currency, err)
		}
	}
}

// TestAmountsReturn: what can be sent comes back the same.
func TestAmountsReturn(t *testing.T) {
	t.Parallel()
	codes := []money.Currency{"EUR", "USD", "JPY", "KRW", "KWD", "BHD", "ISK", "UGX", "MGA", "HUF", "TWD", "XOF", "CLP"}
	rapid.Check(t, func(t *rapid.T) {
		a := money.New(rapid.Int64Range(1, 1<<62).Draw(t, "minor"), rapid.SampledFrom(codes).Draw(t, "currency"))
		n, code, err := outgoing(a)
		if err != nil {
			return
		}
		if back, err := incoming(n, code); err != nil || back != a {
			t.Fatalf("%s went as %d %s and came back as %s, %v", a, n, code, back, err)
		}
	})
}

// TestSuffix obeys the rules for statements.
func TestSuffix(t *testing.T) {
	t.Parallel()
	for _, row := range [][3]string{
		{"", "1001", ""}, {"{order}", "1001", ""}, {"No {order}", "1001", "No 1001"},
		{`A"B*<{order}>`, "12", "AB12"}, {"long name {order}", "1", "long name "}, {"Bücher", "", "Bcher"},
	} {
		if got := (&client{suffix: row[0]}).statementSuffix(row[1]); got != row[2] {
			t.Errorf("%q of order %s: %q, want %q", row[0], row[1], got, row[2])
		}
	}
}

// TestLocale picks one of Stripe's languages.
func TestLocale(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]string{
		"de-DE": "de", "en-GB": "en-GB", "en-US": "en", "pt_BR": "pt-BR", "nn-NO": "nb", "zh-TW": "zh-TW", "": "auto", "xx": "auto", " ": "auto", "de en": "auto",
	} {
		if got := locale(tag); got != want {
			t.Errorf("%q: %q, want %q", tag, got, want)
		}
	}
}
