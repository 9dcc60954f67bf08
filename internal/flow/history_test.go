package flow_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"doorstep/internal/claim"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/discount"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/store"
)

// A history is what happens to one customer's orders in nine weeks, drawn from its seed: what
// people, banks, suppliers and carriers do and say, in any order, and when workers die. Fifty
// live side by side in one shop, then the next fifty.
const (
	historiesAtOnce  = 50
	historyDays      = 21 // one round of steps on each
	historyWeeks     = 6  // … and after that one in each
	historiesUsually = 240
	mostBroken       = 20 // then it is enough
)

// houses are the rules under which the shop lives, one after the other.
var houses = []string{
	"claim.keep_below=100.00 claim.auto_below=0 claim.freight_by=customer tax.rate=0 tax.included=true payment.capture=now forwarding=automatic",
	"claim.keep_below=0 claim.auto_below=50.00 claim.freight_by=merchant tax.rate=19 tax.included=true payment.capture=now forwarding=automatic",
	"claim.keep_below=25.00 claim.auto_below=25.00 claim.freight_by=merchant tax.rate=7.5 tax.included=false payment.capture=authorise forwarding=automatic",
	"claim.keep_below=0 claim.auto_below=0 claim.freight_by=customer tax.rate=19 tax.included=false payment.capture=now forwarding=manual",
}

// TestHistories lives histories and wants every order's books, stock, claims and demands to agree
// whenever somebody looks, no money and no goods to leave twice, and the whole audit to be clean at the
// end. DOORSTEP_HISTORIES says how many; DOORSTEP_SEED lives one alone, in as few steps as break it.
func TestHistories(t *testing.T) {
	t.Parallel()
	if text, alone := os.LookupEnv("DOORSTEP_SEED"); alone {
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatal("DOORSTEP_SEED: ", err)
		}
		shrink(t, seed)
		return
	}
	n := historiesUsually
	if text, set := os.LookupEnv("DOORSTEP_HISTORIES"); set {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatal("DOORSTEP_HISTORIES: ", err)
		}
	}
	shops := 1
	if n > 20*historiesUsually {
		shops = runtime.GOMAXPROCS(0)
	}
	lived := &report{did: map[string]int{}, began: time.Now()}
	t.Cleanup(func() { lived.print(t) })
	each := (n/shops + historiesAtOnce - 1) / historiesAtOnce * historiesAtOnce
	for first := 0; first < n; first += each {
		t.Run(fmt.Sprintf("sqlite from %d", first), func(t *testing.T) {
			t.Parallel()
			liveAll(t, dbtest.Path(t), first, min(first+each, n), lived)
		})
	}
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		liveAll(t, dbtest.URL(t), 0, max(n/20, 1), lived)
	})
}

// liveAll lives the histories of some seeds in one shop and looks at all of it at the end.
func liveAll(t *testing.T, dsn string, from, to int, lived *report) {
	t.Helper()
	h, broken := newHouse(t, dsn), []*life(nil)
	for first := from; first < to && len(broken) < mostBroken; first += historiesAtOnce {
		lives := make([]*life, 0, historiesAtOnce)
		for seed := first; seed < min(first+historiesAtOnce, to); seed++ {
			lives = append(lives, h.begin(uint64(seed), false, nil))
		}
		h.live(first/historiesAtOnce, lives)
		for _, l := range lives {
			if l.broken != nil {
				t.Errorf("history %d: %v", l.seed, l.broken)
				broken = append(broken, l)
			}
		}
	}
	h.inOrder()
	lived.add(h, to-from)
	seen := map[string]bool{}
	for _, l := range broken {
		if kind := kindOf(l.broken); !seen[kind] {
			seen[kind] = true
			shrink(t, l.seed)
		}
	}
}

// report is what was lived, in all shops.
type report struct {
	mutex                    sync.Mutex
	began                    time.Time
	histories, orders, steps int
	did                      map[string]int
}

func (r *report) add(h *house, histories int) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.histories, r.orders, r.steps = r.histories+histories, r.orders+h.orders, r.steps+h.steps
	for name, n := range h.did {
		r.did[name] += n
	}
}

func (r *report) print(t *testing.T) {
	t.Helper()
	t.Logf("%d histories, %d orders, %d steps in %s", r.histories, r.orders, r.steps, time.Since(r.began).Round(time.Second))
	for _, name := range slices.Sorted(maps.Keys(r.did)) {
		t.Logf("%8d %s", r.did[name], name)
	}
}

// house is a shop in which histories are lived, and what was counted.
type house struct {
	*shop

	did           map[string]int
	orders, steps int
}

func newHouse(t *testing.T, dsn string) *house {
	t.Helper()
	c := clock.NewVirtual(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	h := &house{shop: &shop{DB: dbtest.Open(t, dsn, c.Now), t: t, clock: c, in: "EUR"}, did: map[string]int{}}
	h.build("claim.return_to=Mug_Street_1 claim.freight_most=6.00 goodwill.late_percent=10")
	for _, d := range []discount.Discount{
		{Code: "TENTH", Kind: discount.Percent, Value: 1000}, {Code: "THIRD", Kind: discount.Percent, Value: 3333},
		{Code: "FIVER", Kind: discount.Amount, Value: 501}, {Code: "PORTO", Kind: discount.Shipping},
	} {
		h.code(d)
	}
	h.do(func(ctx context.Context, tx *db.Tx) error {
		if err := flow.SetSupplierTerms(ctx, tx, claim.SupplierTerm{StoreID: h.store, SupplierID: h.ali.SupplierID, Days: 30, Accepts: "refund"}, me); err != nil {
			return err
		}
		return flow.SetSupplierTerms(ctx, tx, claim.SupplierTerm{StoreID: h.store, SupplierID: h.bert.SupplierID, Days: 10, Accepts: "refund,return", ReturnTo: "Bert"}, me)
	})
	return h
}

func (h *house) begin(seed uint64, alone bool, without []int) *life {
	return &life{house: h, seed: seed, alone: alone, without: without, email: fmt.Sprintf("h%d@shop.example", seed), books: map[string]bool{}, bank: map[string]bool{}}
}

// live lives histories side by side for nine weeks; the rules are those of their batch.
func (h *house) live(batch int, lives []*life) {
	h.t.Helper()
	h.do(func(ctx context.Context, tx *db.Tx) error {
		for pair := range strings.FieldsSeq(houses[batch%len(houses)]) {
			key, value, _ := strings.Cut(pair, "=")
			if err := store.Set(ctx, tx, h.store, key, value); err != nil {
				return err
			}
		}
		return nil
	})
	h.stockUp(batch)
	for round := range historyDays + historyWeeks {
		for _, l := range lives {
			l.round(round)
		}
		h.goesBy(round)
	}
	for _, l := range lives {
		if l.broken == nil {
			l.holds()
		}
	}
	h.forgets(lives)
}

// forgets wants nothing of the histories to be under way that nobody will move on.
func (h *house) forgets(lives []*life) {
	h.t.Helper()
	owner := map[id.Order]*life{}
	for _, l := range lives {
		for _, o := range l.orders {
			owner[o] = l
		}
	}
	h.must(h.View(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.QueryContext(ctx, lostOf)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var o, what string
			if err := rows.Scan(&o, &what); err != nil {
				return err
			}
			if l := owner[id.Order(o)]; l != nil {
				l.breaks("nobody moves it on: %s", what)
			}
		}
		return rows.Err()
	}))
}

// stockUp fills the suppliers' shelves; in some batches one of them lacks an article.
func (h *house) stockUp(batch int) {
	h.t.Helper()
	const plenty = 1_000_000
	h.offer(h.ali, h.mug, 500, plenty)
	h.offer(h.ali, h.bowl, 800, plenty)
	h.offer(h.bert, h.mug, 700, plenty)
	h.offer(h.bert, h.bowl, 900, plenty)
	if batch%3 == 1 {
		h.split()
		h.offer(h.ali, h.mug, 500, plenty)
		h.offer(h.bert, h.bowl, 900, plenty)
	}
}

// goesBy turns the clock and does what is done every hour.
func (h *house) goesBy(round int) {
	h.t.Helper()
	if round < historyDays {
		h.later(day)
	} else {
		h.later(7 * day)
	}
	h.do(func(ctx context.Context, tx *db.Tx) error {
		for {
			if n, err := flow.RunOutClaims(ctx, tx, h.store); err != nil || n == 0 {
				return err
			}
		}
	})
	if round != 15 && round != historyDays+historyWeeks-1 { // the others look at all that was ever left open
		return
	}
	h.owed()
	h.do(func(ctx context.Context, tx *db.Tx) error {
		list, err := flow.FindLate(ctx, tx, h.store)
		for _, l := range list {
			if err == nil {
				err = flow.SetLate(ctx, tx, h.store, l)
			}
		}
		return err
	})
}

// shrink lives one history alone, leaves out all steps without which it breaks the same, and
// says what is left.
func shrink(t *testing.T, seed uint64) {
	t.Helper()
	last := aloneWithout(t, seed, nil)
	if last.broken == nil {
		t.Logf("history %d holds when it is lived alone, in %d steps:\n  %s", seed, len(last.told), strings.Join(last.told, "\n  "))
		return
	}
	without := []int(nil)
	for step := last.step; step >= 0; step-- {
		if tried := aloneWithout(t, seed, append(slices.Clone(without), step)); tried.broken != nil && kindOf(tried.broken) == kindOf(last.broken) {
			without, last = append(without, step), tried
		}
	}
	t.Errorf("DOORSTEP_SEED=%d go test -run TestHistories ./internal/flow\n%v\nafter\n  %s", seed, last.broken, strings.Join(last.told, "\n  "))
}

func aloneWithout(t *testing.T, seed uint64, without []int) *life {
	t.Helper()
	h := newHouse(t, dbtest.Path(t))
	l := h.begin(seed, true, without)
	h.live(int(seed/historiesAtOnce), []*life{l})
	return l
}

// kindOf is what a break is about, without names and figures.
func kindOf(err error) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, strings.SplitN(err.Error(), ":", 2)[0])
}
