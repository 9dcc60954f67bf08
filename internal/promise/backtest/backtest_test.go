package backtest

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// history is half a year of made-up orders as a file. Handling depends on the seller, transit
// on the lane; the marketplace promises far too much time.
func history(t *testing.T) string {
	t.Helper()
	rng := rand.New(rand.NewPCG(3, 4))
	var b strings.Builder
	b.WriteString("order_id,purchase,carrier,delivered,estimated,ship_limit,seller_id,seller_state,customer_state,customer_zip,freight,weight_g\n")
	start := time.Date(2025, 1, 1, 8, 0, 0, 0, time.UTC)
	hours := func(days float64) time.Duration { return time.Duration(days * 24 * float64(time.Hour)) }
	for i := range 4000 {
		seller, lane := rng.IntN(20), rng.IntN(6)
		bought := start.Add(time.Duration(i) * time.Hour)
		handed := bought.Add(hours((0.5 + 0.3*float64(seller)) * math.Exp(0.3*rng.NormFloat64())))
		there := handed.Add(hours((3 + 3*float64(lane)) * math.Exp(0.3*rng.NormFloat64())))
		fmt.Fprintf(&b, "o%d,%s,%s,%s,%s,%s,s%d,SP,C%d,%05d,%.2f,%d\n", i, bought.Format(moment), handed.Format(moment), there.Format(moment),
			bought.AddDate(0, 0, 35).Format("2006-01-02 00:00:00"), bought.AddDate(0, 0, 5).Format(moment), seller, lane, 1000*lane, 5+float64(lane), 500)
	}
	return b.String()
}

func TestOursIsBetterThanTheBaselines(t *testing.T) {
	t.Parallel()
	orders, err := Read(strings.NewReader(history(t)))
	if err != nil || len(orders) != 4000 {
		t.Fatal(len(orders), err)
	}
	r, err := Run(orders, time.Date(2025, 5, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	if r.Orders == 0 || r.Trained == 0 || r.Trained > 2880 {
		t.Errorf("%d tested, %d trained", r.Orders, r.Trained)
	}
	for _, name := range []string{Marketplace, LaneMedian, Rolling} {
		if b := r.Baselines[name]; b.Orders != r.Orders || r.MAE >= b.MAE {
			t.Errorf("%s: %.2f days off, ours %.2f", name, b.MAE, r.MAE)
		}
	}
	if r.LateShare > 0.08 || r.LateShare < 0.02 || r.P90 < r.MAE {
		t.Errorf("%+v", r.Score)
	}
}

// TestNothingIsKnownBeforeItHappens: what becomes of later orders changes no forecast of
// earlier ones.
func TestNothingIsKnownBeforeItHappens(t *testing.T) {
	t.Parallel()
	orders, err := Read(strings.NewReader(history(t)))
	if err != nil {
		t.Fatal(err)
	}
	from, until := time.Date(2025, 4, 1, 0, 0, 0, 0, time.UTC), time.Date(2025, 4, 8, 0, 0, 0, 0, time.UTC)
	short := orders[:0:0]
	other := make([]Order, 0, len(orders))
	for _, o := range orders {
		if o.Ordered.Before(until) {
			short = append(short, o)
			other = append(other, o)
		}
	}
	late := orders[len(orders)-1]
	late.Ordered, late.Shipped, late.Delivered = until, until.AddDate(0, 0, 80), until.AddDate(0, 0, 90)
	for range 200 {
		other = append(other, late)
	}
	a, err := Run(short, from)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Run(other, from)
	if err != nil {
		t.Fatal(err)
	}
	week := float64(a.Orders)
	if sumA, sumB := a.MeanPromised*week, b.MeanPromised*float64(b.Orders); b.Orders != a.Orders+200 || sumB <= sumA {
		t.Errorf("%d and %d orders", a.Orders, b.Orders)
	}
	if got := b.MAE*float64(b.Orders) - 200*80; got > a.MAE*week+200*20 {
		t.Errorf("the first week's forecasts changed: %.1f, %.1f", got, a.MAE*week)
	}
}

// TestACutFile: a file of which the orders under way are missing where the test begins is
// noticed, and makes no promise that cannot be kept.
func TestACutFile(t *testing.T) {
	t.Parallel()
	orders, err := Read(strings.NewReader(history(t)))
	if err != nil {
		t.Fatal(err)
	}
	from := time.Date(2025, 5, 1, 0, 0, 0, 0, time.UTC)
	whole, cut := orders[:0:0], orders[:0:0]
	for _, o := range orders {
		if !o.Ordered.Before(from.AddDate(0, 0, 15)) {
			break
		}
		whole = append(whole, o)
		if !o.Ordered.Before(from) || o.Delivered.Before(from) {
			cut = append(cut, o)
		}
	}
	if isCut(whole, from) || !isCut(cut, from) {
		t.Errorf("%d orders, %d after the cut", len(whole), len(cut))
	}
	a, err := Run(whole, from)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Run(cut, from)
	if err != nil || b.Orders != a.Orders || b.LateShare > a.LateShare+0.02 || b.MAE > 1.1*a.MAE {
		t.Errorf("%+v of the cut file, %+v of the whole, %v", b.Score, a.Score, err)
	}
}

func TestReading(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                          "the file is empty",
		"purchase\n":                `there is no column "delivered"`,
		"purchase,delivered\nx,y\n": "line 2: purchase: \"x\" is no time",
		"purchase,delivered\n,2025-01-02 00:00:00\n":                                  "line 2: it has no time of purchase",
		"purchase,delivered,freight\n2025-01-01 00:00:00,2025-01-02 00:00:00,cheap\n": `freight: "cheap" is no number`,
	} {
		if _, err := Read(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, not %s", text, err, want)
		}
	}
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	fmt.Fprint(w, "\ufeffpurchase,delivered\n2025-01-02 00:00:00,2025-01-05 12:00:00\n2025-01-01 00:00:00,\n2025-01-01 00:00:00,2025-01-02 00:00:00\n")
	w.Close()
	orders, err := Read(&z)
	if err != nil || len(orders) != 2 || orders[1].Days() != 3.5 {
		t.Errorf("%v, %v", orders, err)
	}
	if _, err := Run(orders, time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)); err == nil {
		t.Error("a test without orders is no error")
	}
	if _, err := ReadFile("no such file"); err == nil {
		t.Error("a missing file is no error")
	}
}

// TestFewColumns: a history without lanes, sellers or promises is judged by its days alone.
func TestFewColumns(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("purchase,delivered\n")
	start := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 300 {
		fmt.Fprintf(&b, "%s,%s\n", start.Add(time.Duration(i)*6*time.Hour).Format(moment), start.Add(time.Duration(i+20+i%8)*6*time.Hour).Format(moment))
	}
	orders, err := Read(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	r, err := Run(orders, start.AddDate(0, 0, 50))
	if err != nil || r.MAE > 1 {
		t.Errorf("%+v, %v", r, err)
	}
	if _, has := r.Baselines[Marketplace]; has {
		t.Error("a marketplace that promised nothing is a baseline")
	}
	raw, err := json.Marshal(r)
	for _, key := range []string{`"mae_days"`, `"p90_days"`, `"late_share"`, `"mean_promised_days"`, `"orders"`, `"baselines"`} {
		if err != nil || !bytes.Contains(raw, []byte(key)) {
			t.Errorf("%s is not in %s, %v", key, raw, err)
		}
	}
}

// TestRealOrders runs on the real history where it is present, and on the made-up one else.
func TestRealOrders(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob(filepath.Join("..", "..", "..", "..", "shared", "data", "orders", "*.csv.gz"))
	if len(files) == 0 {
		name := filepath.Join(t.TempDir(), "history.csv")
		if err := os.WriteFile(name, []byte(history(t)), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, name)
	}
	for _, name := range files {
		orders, err := ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		last := orders[len(orders)-1].Ordered
		r, err := Run(orders, last.AddDate(0, -2, 0))
		if err != nil {
			t.Fatal(err)
		}
		for kind, b := range r.Baselines {
			if r.MAE >= b.MAE {
				t.Errorf("%s: %s is %.2f days off, ours %.2f", filepath.Base(name), kind, b.MAE, r.MAE)
			}
		}
	}
}
