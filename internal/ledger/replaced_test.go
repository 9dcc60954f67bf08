package ledger_test

import (
	"testing"

	"doorstep/internal/id"
	"doorstep/internal/ledger"
)

// A failed refund of 700 is followed by another of 700.
func TestWhatStandsForAFailedRefund(t *testing.T) {
	t.Parallel()
	refund := func(name, claim string, s ledger.RefundState) ledger.Refund {
		return ledger.Refund{RefundID: id.Refund(name), PaymentID: "pa_1", ClaimID: id.Claim(claim), State: s, AmountMinor: 700}
	}
	first := refund("re_1", "cl_1", ledger.RefundFailed)
	for name, c := range map[string]struct {
		later []ledger.Refund
		want  id.Refund
	}{
		"nothing":                        {nil, ""},
		"its claim's":                    {[]ledger.Refund{refund("re_2", "cl_1", ledger.RefundApproved)}, "re_2"},
		"a person's":                     {[]ledger.Refund{refund("re_2", "", ledger.RefundSucceeded)}, "re_2"},
		"another claim's":                {[]ledger.Refund{refund("re_2", "cl_2", ledger.RefundSucceeded)}, ""},
		"its claim's, which failed, too": {[]ledger.Refund{refund("re_2", "cl_1", ledger.RefundFailed)}, ""},
		"its claim's, at the third try":  {[]ledger.Refund{refund("re_2", "cl_1", ledger.RefundFailed), refund("re_3", "cl_1", ledger.RefundApproved)}, "re_3"},
	} {
		by, found := ledger.InPlaceOf(append([]ledger.Refund{first}, c.later...), first)
		if by.RefundID != c.want || found != (c.want != "") {
			t.Errorf("%s: %q stands for it, want %q", name, by.RefundID, c.want)
		}
	}
	if ledger.Replaced([]ledger.Refund{refund("re_1", "", ledger.RefundFailed), refund("re_2", "cl_2", ledger.RefundApproved)},
		refund("re_1", "", ledger.RefundFailed)) {
		t.Error("a claim's refund stands for a person's that failed")
	}
}
