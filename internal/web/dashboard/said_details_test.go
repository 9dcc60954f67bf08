package dashboard

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/report"
)

// TestDetailsAreReadable: what an event carries is a list of names and values, without braces,
// without ids, and with sums and moments as people write them.
func TestDetailsAreReadable(t *testing.T) {
	t.Parallel()
	e := report.Event{Kind: "refund.failed", Subject: "rf_1", Actor: "staff:us_1", Data: json.RawMessage(`{
		"amount": {"amount": "12.90", "currency": "EUR"}, "captured_minor": 1290, "by": "us_1",
		"due": "2026-11-23T10:00:00Z", "never": null, "told": true, "empty": "", "purchase": "pur_01k0e3k8w4c2q7v5m9x1",
		"lines": [{"sku": "MUG", "units": 2}, {"sku": "BOWL", "units": 1}], "reasons": ["sold out", "too late"]}`)}
	v := &visit{zone: time.UTC}
	var told strings.Builder
	for _, d := range v.details(v.said(e, names{"us_1": "Mila"})) {
		fmt.Fprintf(&told, "%s: %s\n", d.Name, strings.Join(d.Values, " | "))
	}
	const want = `Amount: €12.90
By: Mila
Captured: €12.90
Due: 23 Nov 2026, 10:00 UTC
Lines: sku: MUG, units: 2 | sku: BOWL, units: 1
Reasons: sold out | too late
Told: yes
`
	if told.String() != want {
		t.Errorf("told:\n%s\nwant:\n%s", told.String(), want)
	}
	if raw := v.said(e, nil).Raw; !strings.Contains(raw, `"kind": "refund.failed"`) || !strings.Contains(raw, "pur_01k0e3k8w4c2q7v5m9x1") {
		t.Errorf("developers read:\n%s", raw)
	}
}

// TestDaysInTheTimeline: a moment among the words of an event is a day in the store's zone, and
// told once where nothing but the hour moved.
func TestDaysInTheTimeline(t *testing.T) {
	t.Parallel()
	v := &visit{zone: time.FixedZone("", 2*60*60), now: clock.Of(time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC))}
	for data, want := range map[string]string{
		`{"from":"2026-11-23T08:33:33.508575Z","to":"2026-11-25T23:00:00Z"}`: "23 Nov → 26 Nov",
		`{"from":"2026-11-23T08:33:33Z","to":"2026-11-23T09:00:00Z"}`:        "23 Nov",
		`{"from":"waiting","to":"2027-01-02T09:00:00Z"}`:                     "waiting → 2 Jan 2027",
	} {
		if got := v.said(report.Event{Kind: "order.expected", Data: json.RawMessage(data)}, nil).Words; got != want {
			t.Errorf("%s: %q, want %q", data, got, want)
		}
	}
}
