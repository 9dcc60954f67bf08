package ledger_test

import (
	"testing"

	"pgregory.net/rapid"

	"doorstep/internal/ledger"
)

func TestRefundable(t *testing.T) {
	t.Parallel()
	r := func(s ledger.RefundState, minor int64) ledger.Refund {
		return ledger.Refund{State: s, AmountMinor: minor}
	}
	c := func(s ledger.ChargebackState, minor int64) ledger.Chargeback {
		return ledger.Chargeback{State: s, AmountMinor: minor}
	}
	for name, x := range map[string]struct {
		refunds     []ledger.Refund
		chargebacks []ledger.Chargeback
		want        int64
	}{
		"all":                         {nil, nil, 1000},
		"less what went back":         {[]ledger.Refund{r("succeeded", 300)}, nil, 700},
		"less what is on its way":     {[]ledger.Refund{r("requested", 100), r("approved", 100), r("sending", 100), r("uncertain", 100)}, nil, 600},
		"what failed counts again":    {[]ledger.Refund{r("failed", 300), r("declined", 300)}, nil, 1000},
		"never less than nothing":     {[]ledger.Refund{r("succeeded", 900), r("succeeded", 900)}, nil, 0},
		"nothing during an inquiry":   {nil, []ledger.Chargeback{c("inquiry", 1)}, 0},
		"nothing while opened":        {nil, []ledger.Chargeback{c("opened", 1)}, 0},
		"nothing while answered":      {nil, []ledger.Chargeback{c("answered", 1)}, 0},
		"less what the bank took":     {nil, []ledger.Chargeback{c("lost", 400), c("conceded", 100)}, 500},
		"all after a won chargeback":  {nil, []ledger.Chargeback{c("won", 1000), c("dropped", 1000)}, 1000},
		"an open one blocks the rest": {[]ledger.Refund{r("succeeded", 300)}, []ledger.Chargeback{c("won", 1), c("opened", 1)}, 0},
	} {
		if got := ledger.Refundable(1000, x.refunds, x.chargebacks); got != x.want {
			t.Errorf("%s: %d, want %d", name, got, x.want)
		}
	}
}

// What may be given back never exceeds what was taken and is never more after another refund.
func TestRefundableNeverGrowsWithARefund(t *testing.T) {
	t.Parallel()
	states := []ledger.RefundState{"requested", "approved", "sending", "uncertain", "succeeded", "failed", "declined"}
	rapid.Check(t, func(t *rapid.T) {
		captured := rapid.Int64Range(0, 10_000).Draw(t, "captured")
		var refunds []ledger.Refund
		last := captured
		for range rapid.IntRange(0, 6).Draw(t, "refunds") {
			refunds = append(refunds, ledger.Refund{State: rapid.SampledFrom(states).Draw(t, "state"), AmountMinor: rapid.Int64Range(1, 5000).Draw(t, "amount")})
			now := ledger.Refundable(captured, refunds, nil)
			if now < 0 || now > last {
				t.Fatalf("%d after %d: %+v", now, last, refunds)
			}
			last = now
		}
	})
}

func TestBalancesAlwaysComeToNothing(t *testing.T) {
	t.Parallel()
	accounts := []string{ledger.Customer, ledger.Cash, ledger.Sales, ledger.Fees, ledger.Disputed, ledger.Cost, ledger.Supplier}
	rapid.Check(t, func(t *rapid.T) {
		var entries []ledger.LedgerEntry
		for range rapid.IntRange(0, 20).Draw(t, "entries") {
			entries = append(entries, ledger.LedgerEntry{Debit: rapid.SampledFrom(accounts).Draw(t, "debit"),
				Credit: rapid.SampledFrom(accounts).Draw(t, "credit"), AmountMinor: rapid.Int64Range(0, 1e9).Draw(t, "amount"), Kind: ledger.Sale})
		}
		var total, all int64
		for _, n := range ledger.Balance(entries) {
			total += n
		}
		for _, e := range entries {
			all += e.AmountMinor
		}
		if total != 0 || ledger.Sum(entries, ledger.Sale) != all || ledger.Sum(entries, ledger.Fee) != 0 {
			t.Fatalf("balances come to %d", total)
		}
	})
}
