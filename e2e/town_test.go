package e2e

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"doorstep"
	"doorstep/e2e/stage"
	"doorstep/internal/account"
	"doorstep/internal/flow"
	"doorstep/internal/id"
)

// Who works in the shop.
const (
	owner   = "owner@shop.example"
	manager = "manager@shop.example"
	support = "support@shop.example"
	reader  = "reader@shop.example"
)

// town is a furnished shop whose orders wait for hands: nobody packs unless a test does.
var town struct {
	sync.Once
	*stage.Town
	pottery stage.Maker
	orders  []flow.Placed // paid, and held because only people talk to the pottery
	butter  []flow.Placed // paid, and held until somebody releases the mail to the dairy
	after   afterTown     // whose parcels come, and who says what about them
	glass   glassTown     // whose jugs come broken, or not at all
	taken   int
	mu      sync.Mutex
	err     error
}

// singles is how many orders wait in the town for the pottery, one to a test.
const singles = 24

// shop is the town, which tests share.
func shop(t *testing.T) *stage.Town {
	t.Helper()
	town.Do(func() {
		town.Town, town.err = stage.Open(context.WithoutCancel(t.Context()), stage.TownOptions{
			Binary: suite.binary, Database: filepath.Join(suite.dir, "town.db"), Speed: demoSpeed, Idle: true,
			Staff:    map[string]account.Role{owner: account.Owner, manager: account.Manager, support: account.Support, reader: account.Reader},
			Settings: map[string]string{"claim.return_to": "Harbour Street 1\\nBremen", "claim.keep_below": "100.00", "goodwill.late_percent": "10"},
			Before:   stock,
		})
	})
	if town.err != nil {
		t.Fatal(town.err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the shop said last:\n%s", town.Said())
		}
	})
	return town.Town
}

// stock brings in the pottery and the orders for it.
func stock(ctx context.Context, p *doorstep.Program) (err error) {
	if town.pottery, err = stage.AddPottery(ctx, p); err != nil {
		return err
	}
	mill, err := stage.AddMill(ctx, p)
	if err != nil {
		return err
	}
	dairy, err := stage.AddDairy(ctx, p)
	if err != nil {
		return err
	}
	for i := range 2 {
		placed, err := dairy.Order(ctx, p, fmt.Sprintf("Churn %d", i), 1, true)
		if err != nil {
			return err
		}
		town.butter = append(town.butter, placed)
	}
	if err := town.after.stock(ctx, p); err != nil {
		return err
	}
	if err := town.glass.stock(ctx, p); err != nil {
		return err
	}
	town.orders = make([]flow.Placed, singles)
	var bakers []string
	for _, b := range batches() {
		for i := range b.many {
			bakers = append(bakers, fmt.Sprintf("%s %d", b.name, i))
		}
	}
	var group sync.WaitGroup
	errs := make(chan error, 8)
	for worker := range 8 { // many at once are one commit
		group.Go(func() {
			for i := worker; i < singles+len(bakers); i += 8 {
				var err error
				if i < singles {
					town.orders[i], err = town.pottery.Order(ctx, p, fmt.Sprintf("Single %d", i), 1, true)
				} else {
					_, err = mill.Order(ctx, p, bakers[i-singles], 1, true)
				}
				if err != nil {
					errs <- err
					return
				}
			}
		})
	}
	group.Wait()
	close(errs)
	return <-errs
}

// orderOfOnesOwn is a held order that no other test touches.
func orderOfOnesOwn(t *testing.T) flow.Placed {
	t.Helper()
	shop(t)
	town.mu.Lock()
	defer town.mu.Unlock()
	if town.taken == singles {
		t.Fatal("no order is left: raise singles")
	}
	town.taken++
	return town.orders[town.taken-1]
}

func stopTown() {
	if town.Town != nil {
		town.Close()
	}
}

// townButter is the order for the dairy that is there to get lost.
func townButter() flow.Placed { return town.butter[0] }

// firstOrder is an order to look at.
func firstOrder() id.Order { return town.orders[0].Order.OrderID }
